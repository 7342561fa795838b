import type { Dims, Vector3 } from '#src/imaging/geometry';
import { squaredDistances } from '#src/metrics/distance-transform';
import type { Box } from './brush';
import { labelBox } from './label-box';
import type { Overwritable } from './paint-over';

/** What a label would have in the slices between those that have it. */
export interface Filling {
  /** Offsets of voxels that get it, i fastest. */
  readonly voxels: readonly number[];
  /** How many slices get something. */
  readonly slices: number;
}

/**
 * Fills the acquired slices (along k) that lie between two with a label: the signed distances to its edge in the two are
 * mixed by the distance of the slices, and what is inside the mixture belongs to it. Slices that have the label stay as
 * they are, and so does what may not be written over. Method: Raya and Udupa 1990, "Shape-based interpolation of
 * multidimensional objects".
 *
 * @param labels one label number per voxel, i fastest
 * @param spacing millimetres along i, j, k
 * @param over what may be written over
 */
export function fillBetween(
  labels: Uint8Array,
  dims: Dims,
  spacing: Vector3,
  label: number,
  over: Overwritable,
): Filling {
  const box = labelBox(labels, dims, label);
  if (box === null) return { voxels: [], slices: 0 };
  const size = dims[0] * dims[1];
  const voxels: number[] = [];
  let slices = 0;
  let below: { readonly k: number; readonly distances: Float64Array } | null = null;
  for (let k = box.min[2]; k <= box.max[2]; k += 1) {
    if (!labels.subarray(k * size, (k + 1) * size).includes(label)) continue;
    const isNextBeside =
      k + 1 > box.max[2] || labels.subarray((k + 1) * size, (k + 2) * size).includes(label);
    const needed: boolean = !isNextBeside || (below !== null && k - below.k > 1);
    const distances: Float64Array = needed
      ? signedDistances(labels, dims, spacing, label, box, k)
      : new Float64Array();
    if (below !== null)
      for (let between = below.k + 1; between < k; between += 1) {
        const before = voxels.length;
        mix(below.distances, distances, (between - below.k) / (k - below.k), (i, j) => {
          const at = between * size + (box.min[1] + j) * dims[0] + box.min[0] + i;
          if (over[labels[at] ?? 0] === 1) voxels.push(at);
        });
        if (voxels.length > before) slices += 1;
      }
    below = { k, distances };
  }
  return { voxels, slices };

  function mix(
    a: Float64Array,
    b: Float64Array,
    share: number,
    inside: (i: number, j: number) => void,
  ): void {
    if (box === null) return;
    const [width, height] = widened(box);
    for (let j = 1; j < height - 1; j += 1)
      for (let i = 1; i < width - 1; i += 1) {
        const at = j * width + i;
        if ((1 - share) * (a[at] ?? 0) + share * (b[at] ?? 0) < 0) inside(i - 1, j - 1);
      }
  }
}

/** Width and height of a box's slices with one voxel of margin on each side: there is always an outside. */
function widened({ min, max }: Box): readonly [width: number, height: number] {
  return [max[0] - min[0] + 3, max[1] - min[1] + 3];
}

/** Millimetres to the label's edge in slice `k` over the widened box: negative inside. */
function signedDistances(
  labels: Uint8Array,
  [nx, ny]: Dims,
  spacing: Vector3,
  label: number,
  box: Box,
  k: number,
): Float64Array {
  const [width, height] = widened(box);
  const inside = new Uint8Array(width * height);
  for (let j = box.min[1]; j <= box.max[1]; j += 1)
    for (let i = box.min[0]; i <= box.max[0]; i += 1)
      if (labels[(k * ny + j) * nx + i] === label)
        inside[(j - box.min[1] + 1) * width + (i - box.min[0] + 1)] = 1;
  const dims = [width, height, 1] as const;
  const toInside = squaredDistances(inside, dims, spacing);
  const toOutside = squaredDistances(
    inside.map((value) => 1 - value),
    dims,
    spacing,
  );
  return toInside.map((value, at) => Math.sqrt(value) - Math.sqrt(toOutside[at] ?? 0));
}
