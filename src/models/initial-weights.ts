import { normal, randomStream } from './random';
import type { UnetLayout } from './unet';

/** Distinguishes this use of the seed from the data order and the augmentation. */
const PURPOSE = 1;

/**
 * Start values of all parameters in one flat vector: kernels normal with variance 2 / fan-in (He et al. 2015),
 * scales 1, offsets 0. Same seed and layout, same values, on every machine.
 */
export function initialWeights(layout: UnetLayout, seed: number): Float32Array {
  const weights = new Float32Array(layout.parameterCount);
  layout.parameters.forEach((parameter, index) => {
    const values = weights.subarray(parameter.offset, parameter.offset + parameter.size);
    if (parameter.fanIn === 0) {
      values.fill(parameter.fill);
      return;
    }
    const random = randomStream(seed, PURPOSE, index);
    const deviation = Math.sqrt(2 / parameter.fanIn);
    for (let i = 0; i < values.length; i++) values[i] = normal(random) * deviation;
  });
  return weights;
}

/** Running means 0, then running variances 1. */
export function initialStatistics(layout: UnetLayout): Float32Array {
  return new Float32Array(2 * layout.statisticCount).fill(1, layout.statisticCount);
}
