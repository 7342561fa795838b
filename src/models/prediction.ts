import { centredTransform, type PatchSize } from './slice-sampler';

/** Size of the network's input for one slice: the whole slice at the target spacing, rounded up to `multiple`. */
export function inputSize(
  slice: PatchSize,
  spacing: readonly [number, number],
  target: readonly [number, number],
  multiple: number,
): PatchSize {
  const along = (size: number, from: number, to: number) =>
    Math.max(multiple, Math.ceil((size * from) / to / multiple - 1e-6) * multiple);
  return {
    width: along(slice.width, spacing[0], target[0]),
    height: along(slice.height, spacing[1], target[1]),
  };
}

/**
 * Brings the class probabilities of one slice back to its own grid (linear) and writes the label number of the most
 * probable class of each pixel.
 *
 * @param probabilities [height, width, classes] of the network's input grid, from `from`
 * @param labels label numbers of the classes 1, 2, …
 * @param out receives slice.width * slice.height label numbers at `at`
 */
export function labelsFromProbabilities(
  probabilities: Float32Array,
  from: number,
  input: PatchSize,
  classes: number,
  slice: PatchSize,
  spacing: readonly [number, number],
  target: readonly [number, number],
  labels: readonly number[],
  out: Uint8Array,
  at: number,
): void {
  const back = centredTransform(input, target, slice, spacing);
  for (let j = 0; j < slice.height; j++) {
    const v = Math.min(input.height - 1, Math.max(0, back.e * j + back.f));
    const top = v | 0;
    const fv = v - top;
    const below = top < input.height - 1 ? input.width * classes : 0;
    for (let i = 0; i < slice.width; i++) {
      const u = Math.min(input.width - 1, Math.max(0, back.a * i + back.c));
      const left = u | 0;
      const fu = u - left;
      const right = left < input.width - 1 ? classes : 0;
      const corner = from + (top * input.width + left) * classes;
      let best = 0;
      let bestValue = -1;
      for (let c = 0; c < classes; c++) {
        const p = corner + c;
        const upper = (probabilities[p] ?? 0) * (1 - fu) + (probabilities[p + right] ?? 0) * fu;
        const lower =
          (probabilities[p + below] ?? 0) * (1 - fu) + (probabilities[p + below + right] ?? 0) * fu;
        const value = upper * (1 - fv) + lower * fv;
        if (value > bestValue) {
          bestValue = value;
          best = c;
        }
      }
      out[at + j * slice.width + i] = best === 0 ? 0 : (labels[best - 1] ?? 0);
    }
  }
}
