import type { UnetLayout } from '#src/models/unet';
import type { NormalisedBatch, Ops } from './ops';
import type { Tensor } from './tensorflow-binding';

/** The parameters of one pass, by their names in the layout. */
export type Parameters = ReadonlyMap<string, Tensor>;

/** What one convolution, normalisation and activation leaves for its gradient. */
export interface UnitTape {
  readonly input: Tensor;
  /** Output of the convolution. */
  readonly convolved: Tensor;
  readonly norm: NormalisedBatch;
  /** Output of the activation. */
  readonly output: Tensor;
}

export interface BlockTape {
  readonly first: UnitTape;
  readonly second: UnitTape;
}

export interface ForwardTape {
  readonly encoders: readonly BlockTape[];
  /** Output of the pooling below each encoder but the last. */
  readonly pooled: readonly Tensor[];
  /** Decoder blocks from the deepest to the first, with what went into their transposed convolution. */
  readonly decoders: readonly { readonly level: number; readonly below: Tensor; readonly block: BlockTape }[];
  /** Input of the head. */
  readonly features: Tensor;
  /** [batch, height, width, classes] */
  readonly logits: Tensor;
}

export function parameter(parameters: Parameters, name: string): Tensor {
  const tensor = parameters.get(name);
  if (tensor === undefined) throw new Error(`the model has no parameter ${name}`);
  return tensor;
}

/** Training pass: normalises with the batch's statistics and keeps what the gradients need. */
export function forward(ops: Ops, layout: UnetLayout, parameters: Parameters, images: Tensor): ForwardTape {
  const unit = (name: string, index: 1 | 2, input: Tensor): UnitTape => {
    const convolved = ops.convolution(input, parameter(parameters, `${name}.convolution${index}`));
    const norm = ops.batchNorm(
      convolved,
      parameter(parameters, `${name}.scale${index}`),
      parameter(parameters, `${name}.offset${index}`),
    );
    const output = ops.leakyRelu(norm.output);
    // The activation's own output has the sign that its gradient needs.
    ops.free(norm.output);
    return { input, convolved, norm, output };
  };
  const block = (name: string, input: Tensor): BlockTape => {
    const first = unit(name, 1, input);
    return { first, second: unit(name, 2, first.output) };
  };

  const { depth } = layout.model;
  const encoders: BlockTape[] = [];
  const pooled: Tensor[] = [];
  let current = images;
  for (let level = 0; level <= depth; level++) {
    const tape = block(`encoder${level}`, current);
    encoders.push(tape);
    current = tape.second.output;
    if (level < depth) {
      current = ops.maxPool(current);
      pooled.push(current);
    }
  }
  const decoders: { level: number; below: Tensor; block: BlockTape }[] = [];
  for (let level = depth - 1; level >= 0; level--) {
    const skip = encoders[level]?.second.output;
    if (skip === undefined) throw new RangeError(`the model has no level ${level}`);
    const below = current;
    const up = ops.transposedConvolution(below, parameter(parameters, `up${level}`));
    const joined = ops.concatChannels(skip, up);
    ops.free(up);
    const tape = block(`decoder${level}`, joined);
    decoders.push({ level, below, block: tape });
    current = tape.second.output;
  }
  const logits = head(ops, parameters, current);
  return { encoders, pooled, decoders, features: current, logits };
}

/** Inference pass with stored statistics; keeps nothing but the logits [batch, height, width, classes]. */
export function infer(
  ops: Ops,
  layout: UnetLayout,
  parameters: Parameters,
  statistics: ReadonlyMap<string, readonly [mean: Tensor, variance: Tensor]>,
  images: Tensor,
): Tensor {
  const unit = (name: string, index: 1 | 2, input: Tensor, freeInput: boolean): Tensor => {
    const stored = statistics.get(`${name}.${index}`);
    if (stored === undefined) throw new Error(`the model has no statistics ${name}.${index}`);
    const convolved = ops.convolution(input, parameter(parameters, `${name}.convolution${index}`));
    if (freeInput) ops.free(input);
    const normalised = ops.batchNormStored(
      convolved,
      parameter(parameters, `${name}.scale${index}`),
      parameter(parameters, `${name}.offset${index}`),
      ...stored,
    );
    ops.free(convolved);
    const output = ops.leakyRelu(normalised);
    ops.free(normalised);
    return output;
  };
  const block = (name: string, input: Tensor, freeInput: boolean): Tensor =>
    unit(name, 2, unit(name, 1, input, freeInput), true);

  const skips: Tensor[] = [];
  let current = images;
  for (let level = 0; level < layout.model.depth; level++) {
    const skip = block(`encoder${level}`, current, level > 0);
    skips.push(skip);
    current = ops.maxPool(skip);
  }
  current = block(`encoder${layout.model.depth}`, current, true);
  for (let level = layout.model.depth - 1; level >= 0; level--) {
    const skip = skips.pop();
    if (skip === undefined) throw new RangeError(`the model has no level ${level}`);
    const up = ops.transposedConvolution(current, parameter(parameters, `up${level}`));
    const joined = ops.concatChannels(skip, up);
    ops.free(current, up, skip);
    current = block(`decoder${level}`, joined, true);
  }
  const logits = head(ops, parameters, current);
  ops.free(current);
  return logits;
}

function head(ops: Ops, parameters: Parameters, features: Tensor): Tensor {
  const convolved = ops.convolution(features, parameter(parameters, 'head'));
  const logits = ops.biasAdd(convolved, parameter(parameters, 'headOffset'));
  ops.free(convolved);
  return logits;
}

/** Batch means of all normalisations, then their variances, in layout order: [2 * statisticCount]. */
export function batchStatistics(ops: Ops, layout: UnetLayout, tape: ForwardTape): Tensor {
  const norms = new Map<string, NormalisedBatch>();
  const remember = (name: string, block: BlockTape) => {
    norms.set(`${name}.1`, block.first.norm);
    norms.set(`${name}.2`, block.second.norm);
  };
  tape.encoders.forEach((block, level) => {
    remember(`encoder${level}`, block);
  });
  for (const { level, block } of tape.decoders) remember(`decoder${level}`, block);
  const ordered = layout.normalisations.map(({ name }) => {
    const norm = norms.get(name);
    if (norm === undefined) throw new Error(`no statistics for ${name}`);
    return norm;
  });
  return ops.concatVectors([...ordered.map((norm) => norm.mean), ...ordered.map((norm) => norm.variance)]);
}
