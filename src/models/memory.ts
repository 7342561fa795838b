import type { ModelConfig } from '#src/contracts/documents/run';
import { channelsAt, unetLayout } from './unet';

/** The library itself with its thread pools and scratch space, measured after the first step. */
const LIBRARY_BYTES = 330e6;
/** Measured peak over counted activations: workspaces of the convolutions and the gradient in flight. */
const WORKSPACE = 1.45;

/**
 * Bytes that a training process needs, apart from the voxels of the data set.
 *
 * Counts what the forward pass keeps for its gradient (two arrays for each convolution, the joined input of each
 * decoder, the pooled maps), four copies of the parameters (weights, gradient, two moments) and the library.
 */
export function trainingBytes(model: ModelConfig, batch: number, patch: readonly [number, number]): number {
  const { channels, parameterCount } = unetLayout(model);
  let values = 0;
  for (let level = 0; level <= model.depth; level++) {
    const pixels = (batch * patch[0] * patch[1]) / 4 ** level;
    const width = channelsAt(channels, level);
    const kept = level < model.depth ? 4 + 4 + 2 + 0.25 : 4;
    values += pixels * width * kept;
  }
  // One-hot classes, probabilities and their gradients live at once at the top.
  values += batch * patch[0] * patch[1] * model.classes * 6;
  return LIBRARY_BYTES + 4 * (values * WORKSPACE + 4 * parameterCount);
}

/**
 * The largest batch of at most `wanted` that fits into `available` bytes; null when not even a batch of two does (batch
 * normalisation needs more than one).
 */
export function fittingBatch(
  model: ModelConfig,
  wanted: number,
  patch: readonly [number, number],
  available: number,
): number | null {
  for (let batch = wanted; batch >= 2; batch--)
    if (trainingBytes(model, batch, patch) <= available) return batch;
  return null;
}
