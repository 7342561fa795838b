import type { Dims, Vector3 } from '#src/imaging/geometry';
import type { Plane } from '#src/imaging/slices';
import type { Overwritable } from './paint-over';

/** How large the brush is, what it paints and what it may write over. */
export interface Brush {
  readonly radiusMm: number;
  /** Label to paint; 0 erases. */
  readonly label: number;
  /** Voxel spacing [x, y, z] in mm. */
  readonly spacing: Vector3;
  readonly plane: Plane;
  /** A ball reaches into neighbouring slices; otherwise the brush is a disc in its plane. */
  readonly ball: boolean;
  /** What may be painted over (see {@link overwritable}); absent: everything. */
  readonly over?: Overwritable;
  /** Only voxels whose sample lies in [low, high] are painted. */
  readonly range?: { readonly samples: ArrayLike<number>; readonly low: number; readonly high: number };
}

/** Inclusive box of voxel indices. */
export interface Box {
  readonly min: Vector3;
  readonly max: Vector3;
}

const AXES = [0, 1, 2] as const;

/**
 * The voxels that a capsule may touch: the box around both ends widened by the radius, cut to the grid; null when it
 * misses the grid.
 */
export function capsuleBox(dims: Dims, from: Vector3, to: Vector3, brush: Brush): Box | null {
  const flat = brush.ball ? null : AXES[2 - brush.plane];
  const min: [number, number, number] = [0, 0, 0];
  const max: [number, number, number] = [0, 0, 0];
  for (const axis of AXES) {
    const reach = axis === flat ? 0 : brush.radiusMm / brush.spacing[axis];
    const [low, high] = [Math.min(from[axis], to[axis]), Math.max(from[axis], to[axis])];
    // Rounding keeps the voxel under the pointer in the box when the brush is smaller than a voxel.
    min[axis] = Math.max(0, Math.min(Math.ceil(low - reach), Math.round(low)));
    max[axis] = Math.min(dims[axis] - 1, Math.max(Math.floor(high + reach), Math.round(high)));
    if (min[axis] > max[axis]) return null;
  }
  return { min, max };
}

/**
 * A test for "does this voxel belong to the capsule from `from` to `to`" (fractional voxel indices): its centre lies
 * within the radius of the segment, in millimetres, so the brush is round on anisotropic voxels. Every voxel that the
 * segment itself runs through belongs to it as well, so that a brush smaller than a voxel leaves no gaps.
 */
export function capsuleTest(
  from: Vector3,
  to: Vector3,
  brush: Brush,
): (i: number, j: number, k: number) => boolean {
  const [sx, sy, sz] = brush.spacing;
  const flat = brush.ball ? null : AXES[2 - brush.plane];
  const scale: Vector3 = [flat === 0 ? 0 : sx, flat === 1 ? 0 : sy, flat === 2 ? 0 : sz];
  const step: Vector3 = [
    (to[0] - from[0]) * scale[0],
    (to[1] - from[1]) * scale[1],
    (to[2] - from[2]) * scale[2],
  ];
  const lengthSquared = step[0] ** 2 + step[1] ** 2 + step[2] ** 2;
  const radiusSquared = brush.radiusMm ** 2;
  // A voxel that the segment runs through has its centre within half a diagonal of it.
  const isThin = radiusSquared < (scale[0] ** 2 + scale[1] ** 2 + scale[2] ** 2) / 4;
  return (i, j, k) => {
    const x = (i - from[0]) * scale[0];
    const y = (j - from[1]) * scale[1];
    const z = (k - from[2]) * scale[2];
    const along = lengthSquared === 0 ? 0 : (x * step[0] + y * step[1] + z * step[2]) / lengthSquared;
    const t = Math.min(1, Math.max(0, along));
    const distance = (x - t * step[0]) ** 2 + (y - t * step[1]) ** 2 + (z - t * step[2]) ** 2;
    return distance <= radiusSquared || (isThin && runsThrough(from, to, [i, j, k]));
  };
}

/** Whether a segment runs through a voxel, which spans half an index to each side: its low faces belong to it. */
function runsThrough(from: Vector3, to: Vector3, voxel: Vector3): boolean {
  let [first, last] = [0, 1];
  for (const axis of AXES) {
    const low = voxel[axis] - 0.5 - from[axis];
    const step = to[axis] - from[axis];
    if (step === 0) {
      if (low > 0 || low + 1 <= 0) return false;
      continue;
    }
    const [a, b] = [low / step, (low + 1) / step];
    first = Math.max(first, Math.min(a, b));
    last = Math.min(last, Math.max(a, b));
  }
  return first <= last;
}
