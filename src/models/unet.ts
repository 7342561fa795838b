import type { ModelConfig } from '#src/contracts/documents/run';

/** One trainable array within the flat parameter vector. Shapes are TensorFlow's: kernels are [h, w, in, out]. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
  /** Inputs that each output sums over; 0 for scales and offsets, which start at a constant. */
  readonly fanIn: number;
  /** Start value where `fanIn` is 0. */
  readonly fill: number;
}

/** One batch normalisation: where its running mean (then variance) lies in the flat vector of statistics. */
export interface Normalisation {
  readonly name: string;
  readonly channels: number;
  readonly offset: number;
}

/** Everything about a U-Net that follows from its plain description. */
export interface UnetLayout {
  readonly model: ModelConfig;
  /** Channels at each depth, the bottleneck last. */
  readonly channels: readonly number[];
  readonly parameters: readonly Parameter[];
  readonly parameterCount: number;
  readonly normalisations: readonly Normalisation[];
  /** Means of all normalisations; the variances follow in a second half of the same length. */
  readonly statisticCount: number;
}

/**
 * The parameters of a 2-D U-Net (Ronneberger et al. 2015) with two 3x3 convolutions, batch normalisation and leaky
 * ReLU at each depth, 2x2 max pooling down and 2x2 transposed convolution up.
 *
 * The order of the parameters is the order in the flat vector and therefore part of the checkpoint format.
 */
export function unetLayout(model: ModelConfig): UnetLayout {
  const channels = Array.from({ length: model.depth + 1 }, (_, level) => model.base << level);
  const parameters: Parameter[] = [];
  const normalisations: Normalisation[] = [];
  let parameterCount = 0;
  let statisticCount = 0;

  const add = (name: string, shape: readonly number[], fanIn: number, fill = 0) => {
    const size = shape.reduce((product, n) => product * n, 1);
    parameters.push({ name, shape, offset: parameterCount, size, fanIn, fill });
    parameterCount += size;
  };
  const block = (name: string, inputs: number, outputs: number) => {
    for (const [convolution, from] of [
      [1, inputs],
      [2, outputs],
    ] as const) {
      add(`${name}.convolution${convolution}`, [3, 3, from, outputs], 9 * from);
      add(`${name}.scale${convolution}`, [outputs], 0, 1);
      add(`${name}.offset${convolution}`, [outputs], 0, 0);
      normalisations.push({ name: `${name}.${convolution}`, channels: outputs, offset: statisticCount });
      statisticCount += outputs;
    }
  };

  let previous: number = model.inChannels;
  channels.forEach((width, level) => {
    block(`encoder${level}`, previous, width);
    previous = width;
  });
  for (let level = model.depth - 1; level >= 0; level--) {
    const width = channelsAt(channels, level);
    const below = channelsAt(channels, level + 1);
    // TensorFlow's transposed convolution takes [h, w, out, in].
    add(`up${level}`, [2, 2, width, below], below);
    block(`decoder${level}`, 2 * width, width);
  }
  add('head', [1, 1, model.base, model.classes], model.base);
  add('headOffset', [model.classes], 0, 0);
  return { model, channels, parameters, parameterCount, normalisations, statisticCount };
}

/** Channels at `level`; throws a RangeError for a level that the model does not have. */
export function channelsAt(channels: readonly number[], level: number): number {
  const width = channels[level];
  if (width === undefined) throw new RangeError(`the model has no level ${level}`);
  return width;
}

/** Height and width must be multiples of this, so that every pooling halves exactly. */
export function sizeMultiple(model: ModelConfig): number {
  return 1 << model.depth;
}
