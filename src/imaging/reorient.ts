import { affineFromColumns, axisStep, sameGrid, type Dims, type Geometry, type Vector3 } from './geometry';
import { scaled } from './vectors';

/** How the axes of one grid become those of another: new axis a is old axis `from[a]`, backwards where `flip[a]`. */
export interface AxisOrder {
  readonly from: readonly [Axis, Axis, Axis];
  readonly flip: readonly [boolean, boolean, boolean];
}

type Axis = 0 | 1 | 2;

const PERMUTATIONS: readonly (readonly [Axis, Axis, Axis])[] = [
  [0, 1, 2],
  [1, 0, 2],
  [0, 2, 1],
  [2, 1, 0],
  [1, 2, 0],
  [2, 0, 1],
];
const FLIPS = Array.from({ length: 8 }, (_, bits): readonly [boolean, boolean, boolean] => [
  (bits & 1) !== 0,
  (bits & 2) !== 0,
  (bits & 4) !== 0,
]);

/** All 48 ways to name and direct the three axes, the unchanged one first. */
export const AXIS_ORDERS: readonly AxisOrder[] = PERMUTATIONS.flatMap((from) =>
  FLIPS.map((flip) => ({ from, flip })),
);

/**
 * The reordering of `grid`'s axes that makes it the grid `target` (the same voxel centres within `toleranceMm`), or null
 * when the two grids are different places. Programs store the same image with rows flipped or axes exchanged.
 */
export function axisOrderTo(grid: Geometry, target: Geometry, toleranceMm = 0.1): AxisOrder | null {
  const sizes = (geometry: Geometry) => geometry.dims.toSorted((a, b) => a - b).join(' ');
  if (sizes(grid) !== sizes(target)) return null;
  return AXIS_ORDERS.find((order) => sameGrid(reorderedGeometry(grid, order), target, toleranceMm)) ?? null;
}

/** The same voxels seen along other axes. */
export function reorderedGeometry(geometry: Geometry, { from, flip }: AxisOrder): Geometry {
  const { dims, affine } = geometry;
  const origin = [affine[3] ?? 0, affine[7] ?? 0, affine[11] ?? 0];
  const column = (axis: Axis): Vector3 => {
    const step = axisStep(geometry, from[axis]);
    if (!flip[axis]) return step;
    const last = dims[from[axis]] - 1;
    step.forEach((mm, row) => {
      origin[row] = (origin[row] ?? 0) + mm * last;
    });
    return scaled(step, -1);
  };
  const columns = [column(0), column(1), column(2)] as const;
  return {
    ...geometry,
    dims: [dims[from[0]], dims[from[1]], dims[from[2]]],
    affine: affineFromColumns(...columns, [origin[0] ?? 0, origin[1] ?? 0, origin[2] ?? 0]),
  };
}

/** Copies labels (i fastest) into the other order of axes. */
export function reorderedLabels(labels: Uint8Array, dims: Dims, { from, flip }: AxisOrder): Uint8Array {
  const strides = [1, dims[0], dims[0] * dims[1]] as const;
  const size = [dims[from[0]], dims[from[1]], dims[from[2]]] as const;
  const step = (axis: Axis) => (flip[axis] ? -strides[from[axis]] : strides[from[axis]]);
  const start = ([0, 1, 2] as const).reduce<number>(
    (sum, axis) => sum + (flip[axis] ? strides[from[axis]] * (size[axis] - 1) : 0),
    0,
  );
  const [stepI, stepJ, stepK] = [step(0), step(1), step(2)];
  const result = new Uint8Array(labels.length);
  let out = 0;
  for (let k = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++) {
      let at = start + k * stepK + j * stepJ;
      if (stepI === 1) {
        result.set(labels.subarray(at, at + size[0]), out);
        out += size[0];
        continue;
      }
      for (let i = 0; i < size[0]; i++, at += stepI) result[out++] = labels[at] ?? 0;
    }
  return result;
}
