import type { Dims, Vector3 } from '#src/imaging/geometry';
import { cutBox, type Cut } from './cut-box';
import { labelBox } from './label-box';
import type { Overwritable } from './paint-over';

/** 0.3 / 0.1 is a little less than 3: a voxel on the ball is in it. */
const TINY = 1e-9;

/** What smoothing a label changes. */
export interface Smoothing {
  /** Offsets of the voxels that it gets, and of those that it loses, i fastest. */
  readonly gained: readonly number[];
  readonly lost: readonly number[];
}

/**
 * Smooths a label by the share of it in the ball about every voxel, and keeps its size: as many voxels as it has, those
 * with the largest shares. A majority (binary median) filter takes the voxels with a share of a half or more and so eats
 * away what is convex; with the number of voxels as the threshold the volume stays exactly as it was, in every slice when
 * slices are smoothed each on its own. Of voxels with equal shares, those that have the label keep it.
 *
 * @param labels one label number per voxel, i fastest
 * @param spacing millimetres along i, j, k
 * @param radius of the ball, millimetres
 * @param inVolume also along k; otherwise every acquired slice is on its own, and the ball is a disc
 * @param over what the label may be painted over; no other voxel is gained
 */
export function smoothedLabel(
  labels: Uint8Array,
  dims: Dims,
  spacing: Vector3,
  label: number,
  radius: number,
  inVolume: boolean,
  over: Overwritable,
): Smoothing {
  const gained: number[] = [];
  const lost: number[] = [];
  const box = labelBox(labels, dims, label);
  if (box === null) return { gained, lost };
  const reach = spacing.map((step, axis) =>
    axis === 2 && !inVolume ? 0 : Math.floor(radius / step + TINY),
  ) as unknown as Vector3;
  const cut = cutBox(labels, dims, box, reach);
  const shares = sharesOf(cut, spacing, label, radius, reach);
  const size = inVolume ? cut.labels.length : cut.dims[0] * cut.dims[1];
  for (let start = 0; start < cut.labels.length; start += size) {
    const places: number[] = [];
    let count = 0;
    for (let at = start; at < start + size; at += 1) {
      const present = cut.labels[at] ?? 0;
      if (present === label) count += 1;
      if (present === label || (over[present] === 1 && (shares[at] ?? 0) > 0)) places.push(at);
    }
    const has = (at: number) => (cut.labels[at] === label ? 1 : 0);
    places.sort((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0) || has(b) - has(a) || a - b);
    places.forEach((at, rank) => {
      if (rank < count && has(at) === 0) gained.push(cut.offset(at));
      if (rank >= count && has(at) === 1) lost.push(cut.offset(at));
    });
  }
  return { gained, lost };
}

/** How many voxels of the label lie within the radius of every voxel, for each one that does. */
function sharesOf(
  { labels, dims: [nx, ny, nz] }: Cut,
  spacing: Vector3,
  label: number,
  radius: number,
  reach: Vector3,
): Float32Array {
  // Running sums along i make a row of the ball one subtraction.
  const sums = new Uint32Array((nx + 1) * ny * nz);
  for (let row = 0; row < ny * nz; row += 1)
    for (let i = 0; i < nx; i += 1)
      sums[row * (nx + 1) + i + 1] =
        (sums[row * (nx + 1) + i] ?? 0) + (labels[row * nx + i] === label ? 1 : 0);
  const shares = new Float32Array(labels.length);
  const rows: (readonly [dj: number, dk: number, half: number])[] = [];
  for (let dk = -reach[2]; dk <= reach[2]; dk += 1)
    for (let dj = -reach[1]; dj <= reach[1]; dj += 1) {
      const rest = radius ** 2 - (dj * spacing[1]) ** 2 - (dk * spacing[2]) ** 2;
      if (rest >= -TINY) rows.push([dj, dk, Math.floor(Math.sqrt(Math.max(0, rest)) / spacing[0] + TINY)]);
    }
  for (let k = 0; k < nz; k += 1)
    for (let j = 0; j < ny; j += 1)
      for (const [dj, dk, half] of rows) {
        if (j + dj < 0 || j + dj >= ny || k + dk < 0 || k + dk >= nz) continue;
        const from = ((k + dk) * ny + j + dj) * (nx + 1);
        const to = (k * ny + j) * nx;
        for (let i = 0; i < nx; i += 1)
          shares[to + i] =
            (shares[to + i] ?? 0) +
            (sums[from + Math.min(nx, i + half + 1)] ?? 0) -
            (sums[from + Math.max(0, i - half)] ?? 0);
      }
  return shares;
}
