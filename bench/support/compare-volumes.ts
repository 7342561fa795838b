import type { Geometry } from '#src/imaging/geometry';
import { AXIS_ORDERS, reorderedGeometry, type AxisOrder } from '#src/imaging/reorient';
import type { Samples, Volume } from '#src/imaging/volume';

/** One order of another program's axes. */
export interface Alignment {
  readonly order: AxisOrder;
  /** Largest difference of an element of the affines, mm. */
  readonly affineMm: number;
}

/** Voxels that differ, of how many, and the largest difference. */
export interface VoxelComparison {
  readonly differing: number;
  readonly voxels: number;
  readonly largest: number;
}

const RELATIVE_TOLERANCE = 1e-5;
/** Of the largest value: scaled floating-point values near zero have no digits to spare. */
export const RANGE_TOLERANCE = 1e-6;

/** The orders of `theirs`' axes that give `ours`' size, the closest affine first; none when the sizes differ. */
export function alignmentsOf(ours: Geometry, theirs: Geometry): Alignment[] {
  const alignments: Alignment[] = [];
  for (const order of AXIS_ORDERS) {
    const { dims, affine } = reorderedGeometry(theirs, order);
    if (dims.some((count, axis) => count !== ours.dims[axis])) continue;
    const affineMm = Math.max(...affine.map((value, n) => Math.abs(value - (ours.affine[n] ?? NaN))));
    alignments.push({ order, affineMm });
  }
  return alignments.toSorted((a, b) => a.affineMm - b.affineMm);
}

/** Compares the voxels of two volumes whose axes are in the given order. */
export function compareVoxels(ours: Volume, theirs: Volume, { from, flip }: AxisOrder): VoxelComparison {
  const { dims } = theirs.geometry;
  const strides = [1, dims[0], dims[0] * dims[1]] as const;
  const step = (axis: 0 | 1 | 2) => (flip[axis] ? -strides[from[axis]] : strides[from[axis]]);
  const [stepI, stepJ, stepK] = [step(0), step(1), step(2)];
  const start = ([0, 1, 2] as const).reduce<number>(
    (sum, axis) => sum + (flip[axis] ? strides[from[axis]] * (dims[from[axis]] - 1) : 0),
    0,
  );
  const [nx, ny, nz] = ours.geometry.dims;
  const small = RANGE_TOLERANCE * largestOf(theirs.samples);
  let differing = 0;
  let largest = 0;
  let n = 0;
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++) {
      let at = start + k * stepK + j * stepJ;
      for (let i = 0; i < nx; i++, at += stepI, n++) {
        const a = ours.samples[n] ?? NaN;
        const b = theirs.samples[at] ?? NaN;
        const difference = Math.abs(a - b);
        if (difference <= RELATIVE_TOLERANCE * Math.abs(b) + small || Object.is(a, b)) continue;
        differing++;
        largest = Math.max(largest, difference);
      }
    }
  return { differing, voxels: n, largest };
}

/** The largest absolute value; 0 when there is none or it is infinite. */
export function largestOf(samples: Samples): number {
  let largest = 0;
  for (const value of samples) largest = Math.max(largest, Math.abs(value));
  return Number.isFinite(largest) ? largest : 0;
}
