import type { Dims, Vector3 } from '#src/imaging/geometry';
import { squaredDistances } from '#src/metrics/distance-transform';
import { cutBox, type Cut } from './cut-box';
import { labelBox } from './label-box';

/**
 * The voxels that a label gets when it grows by a margin, or loses when it shrinks: those whose centres lie within the
 * margin of the centre of a voxel of the other side, in millimetres. The edge of the volume is no side: a label that is
 * cut off there does not shrink from it.
 *
 * @param labels one label number per voxel, i fastest
 * @param spacing millimetres along i, j, k
 * @param margin millimetres; negative shrinks
 * @param inVolume also along k; otherwise every acquired slice is on its own
 * @returns offsets of the voxels, i fastest
 */
export function marginVoxels(
  labels: Uint8Array,
  dims: Dims,
  spacing: Vector3,
  label: number,
  margin: number,
  inVolume: boolean,
): number[] {
  const box = labelBox(labels, dims, label);
  if (box === null || margin === 0) return [];
  const reach = spacing.map((step, axis) =>
    axis === 2 && !inVolume ? 0 : margin < 0 ? 1 : Math.ceil(margin / step),
  ) as unknown as Vector3;
  const cut = cutBox(labels, dims, box, reach);
  // What a voxel is measured from: the label when it grows, everything else when it shrinks.
  const from = cut.labels.map((value) => ((value === label) === margin > 0 ? 1 : 0));
  const distances = distancesOf(from, cut, spacing, inVolume);
  const limit = margin ** 2 + 1e-9;
  const voxels: number[] = [];
  distances.forEach((distance, at) => {
    if (from[at] === 0 && distance <= limit) voxels.push(cut.offset(at));
  });
  return voxels;
}

function distancesOf(from: Uint8Array, { dims }: Cut, spacing: Vector3, inVolume: boolean): Float64Array {
  if (inVolume) return squaredDistances(from, dims, spacing);
  const size = dims[0] * dims[1];
  const all = new Float64Array(from.length);
  for (let k = 0; k < dims[2]; k += 1)
    all.set(
      squaredDistances(from.subarray(k * size, (k + 1) * size), [dims[0], dims[1], 1], spacing),
      k * size,
    );
  return all;
}
