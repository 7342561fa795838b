import type { Parameter, UnetLayout } from './unet';

/** Added to variances before their root is taken; as in PyTorch. */
export const NORM_EPSILON = 1e-5;
/** Slope of the leaky ReLU below 0; nnU-Net's (Isensee et al. 2021). */
export const LEAK = 0.01;

/** A kernel [h, w, in, out] of a convolution, or [h, w, out, in] of a transposed one, and what is added to each output. */
export interface FoldedLayer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kernel: Float32Array;
  readonly offset: Float32Array | null;
}

/**
 * Every batch normalisation folded into the convolution before it (Jacob et al. 2018): what is left for inference are
 * kernels and offsets.
 *
 * @param weights all parameters in layout order
 * @param statistics running means, then running variances
 */
export function foldedWeights(
  layout: UnetLayout,
  weights: Float32Array,
  statistics: Float32Array,
): ReadonlyMap<string, FoldedLayer> {
  const parameters = new Map(layout.parameters.map((parameter) => [parameter.name, parameter]));
  const found = (name: string): Parameter => {
    const parameter = parameters.get(name);
    if (parameter === undefined) throw new Error(`the model has no parameter ${name}`);
    return parameter;
  };
  const valuesOf = (name: string) => {
    const { offset, size } = found(name);
    return weights.subarray(offset, offset + size);
  };
  const layers = new Map<string, FoldedLayer>();
  for (const { name, channels, offset } of layout.normalisations) {
    const [block = '', index = ''] = name.split('.');
    const scale = valuesOf(`${block}.scale${index}`);
    const shift = valuesOf(`${block}.offset${index}`);
    const factor = Float64Array.from({ length: channels }, (_, channel) => {
      const variance = statistics[layout.statisticCount + offset + channel] ?? 0;
      return (scale[channel] ?? 0) / Math.sqrt(variance + NORM_EPSILON);
    });
    const kernel = `${block}.convolution${index}`;
    layers.set(kernel, {
      name: kernel,
      shape: found(kernel).shape,
      // The last axis is the output channel.
      kernel: valuesOf(kernel).map((value, at) => value * (factor[at % channels] ?? 0)),
      offset: Float32Array.from(
        shift,
        (value, channel) => value - (statistics[offset + channel] ?? 0) * (factor[channel] ?? 0),
      ),
    });
  }
  for (const { name, shape } of layout.parameters)
    if (/^up\d+$/u.test(name))
      layers.set(name, { name, shape, kernel: valuesOf(name).slice(), offset: null });
  layers.set('head', {
    name: 'head',
    shape: found('head').shape,
    kernel: valuesOf('head').slice(),
    offset: valuesOf('headOffset').slice(),
  });
  return layers;
}
