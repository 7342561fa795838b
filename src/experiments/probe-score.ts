import { confusionOf } from '#src/metrics/confusion';
import type { ConfusionMatrix } from '#src/contracts/documents/metrics';
import type { Dims } from '#src/imaging/geometry';

/**
 * The voxels of some slices (0-based, along k), one slice after another: what a score "pooled over slices" is taken
 * over. `labels` has one number per voxel, i fastest.
 */
export function voxelsOfSlices(labels: Uint8Array, dims: Dims, slices: readonly number[]): Uint8Array {
  const size = dims[0] * dims[1];
  const pooled = new Uint8Array(size * slices.length);
  slices.forEach((slice, index) =>
    pooled.set(labels.subarray(slice * size, (slice + 1) * size), index * size),
  );
  return pooled;
}

/** A copy in which all other slices are background: one side of a scan that a split cuts apart, in its place. */
export function onlySlices(labels: Uint8Array, dims: Dims, slices: readonly number[]): Uint8Array {
  const size = dims[0] * dims[1];
  const kept = new Uint8Array(labels.length);
  for (const slice of slices) kept.set(labels.subarray(slice * size, (slice + 1) * size), slice * size);
  return kept;
}

/**
 * Mean over the labels of the Dice of two sets of voxels, each label's Dice taken over all of them at once. Labels that
 * neither holds are left out of the mean; null when neither holds any. Voxels of labels that are not asked for count as
 * background, as in the counts of an experiment.
 */
export function pooledDice(
  reference: Uint8Array,
  prediction: Uint8Array,
  labels: readonly number[],
): number | null {
  const confusion = confusionOf(reference, prediction, [0, ...labels]);
  return meanDefined(labels.map((label) => diceOf(confusion, label)));
}

/** Dice of a label from voxel counts; null when neither mask holds it. */
export function diceOf({ labels, counts }: ConfusionMatrix, label: number): number | null {
  const index = labels.indexOf(label);
  if (index < 0) return null;
  const inReference = (counts[index] ?? []).reduce((sum, count) => sum + count, 0);
  const inPrediction = counts.reduce((sum, row) => sum + (row[index] ?? 0), 0);
  if (inReference + inPrediction === 0) return null;
  return (2 * (counts[index]?.[index] ?? 0)) / (inReference + inPrediction);
}

/** Mean of what is not null; null when nothing is. */
export function meanDefined(values: readonly (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  if (defined.length === 0) return null;
  return defined.reduce((sum, value) => sum + value, 0) / defined.length;
}
