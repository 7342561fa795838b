import type { LabelCounts, ScanCounts } from '#src/contracts/documents/training-scores';
import type { Dims } from '#src/imaging/geometry';
import { meanDefined } from './probe-score';

/**
 * Counts, slice by slice and label by label, the voxels of reference, prediction and both. Labels that are not asked for
 * count as background.
 *
 * @param reference one label number per voxel, i fastest; `prediction` on the same grid
 * @throws RangeError when the two or the grid differ in size
 */
export function countSlices(
  reference: Uint8Array,
  prediction: Uint8Array,
  dims: Dims,
  labels: readonly number[],
): ScanCounts {
  const [nx, ny, nz] = dims;
  const size = nx * ny;
  if (reference.length !== size * nz || prediction.length !== size * nz)
    throw new RangeError(`two masks of ${size * nz} voxels are needed`);
  const indexOf = new Int16Array(256).fill(-1);
  labels.forEach((label, index) => {
    indexOf[label] = index;
  });
  return Array.from({ length: nz }, (_, k) => {
    const counts = labels.map((): LabelCounts => [0, 0, 0]);
    for (let voxel = k * size; voxel < (k + 1) * size; voxel++) {
      const inReference = indexOf[reference[voxel] ?? 0] ?? -1;
      const inPrediction = indexOf[prediction[voxel] ?? 0] ?? -1;
      const a = counts[inReference];
      if (a !== undefined) a[1] += 1;
      const b = counts[inPrediction];
      if (b !== undefined) {
        b[2] += 1;
        if (inReference === inPrediction) b[0] += 1;
      }
    }
    return counts;
  });
}

/**
 * Dice pooled over slices, mean over the labels; labels that neither mask holds are left out, null when neither holds
 * any.
 */
export function diceOfSlices(slices: readonly (readonly LabelCounts[])[]): number | null {
  const labels = slices[0]?.length ?? 0;
  return meanDefined(
    Array.from({ length: labels }, (_, label) => {
      let [both, either] = [0, 0];
      for (const slice of slices) {
        const counts = slice[label] ?? [0, 0, 0];
        both += counts[0];
        either += counts[1] + counts[2];
      }
      return either === 0 ? null : (2 * both) / either;
    }),
  );
}
