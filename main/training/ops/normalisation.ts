import type { Tensor } from '../tensorflow-binding';
import type { Arena } from './arena';

/** Batch normalisation as TensorFlow's fused kernel returns it; statistics are float32 whatever the input is. */
export interface NormalisedBatch {
  readonly output: Tensor;
  readonly mean: Tensor;
  /** Unbiased, for the running statistics. */
  readonly variance: Tensor;
  /** What the gradient kernel wants back. */
  readonly reserved: readonly [Tensor, Tensor, Tensor];
}

/**
 * Normalises each channel with the batch's own mean and variance (Ioffe and Szegedy 2015).
 *
 * @param input [n, h, w, c]
 * @param scale float32 [c]
 * @param offset float32 [c]
 */
export function batchNorm(arena: Arena, input: Tensor, scale: Tensor, offset: Tensor): NormalisedBatch {
  const empty = arena.constant('empty', () => arena.floats([0], new Float32Array(0)));
  const inputs = [input, scale, offset, empty, empty];
  const [output, mean, variance, a, b, c] = arena.run(
    'FusedBatchNormV3',
    arena.attributes(input.dtype).batchNorm,
    6,
    inputs,
  );
  if (!output || !mean || !variance || !a || !b || !c) throw new Error('FusedBatchNormV3 gave too little');
  return { output, mean, variance, reserved: [a, b, c] };
}

/** Gradients of `batchNorm` by its input, scale and offset; the latter two are float32. */
export function batchNormGradient(
  arena: Arena,
  gradient: Tensor,
  input: Tensor,
  scale: Tensor,
  reserved: NormalisedBatch['reserved'],
): readonly [Tensor, Tensor, Tensor] {
  const [dInput, dScale, dOffset, ...rest] = arena.run(
    'FusedBatchNormGradV3',
    arena.attributes(input.dtype).batchNormGradient,
    5,
    [gradient, input, scale, ...reserved],
  );
  if (!dInput || !dScale || !dOffset) throw new Error('FusedBatchNormGradV3 gave too little');
  arena.free(...rest);
  return [dInput, dScale, dOffset];
}
