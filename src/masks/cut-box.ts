import type { Dims, Vector3 } from '#src/imaging/geometry';
import type { Box } from './brush';

/** A part of a label array. */
export interface Cut {
  /** One label number per voxel of the part, i fastest. */
  readonly labels: Uint8Array;
  readonly dims: Dims;
  /** Offset in the whole array of a voxel of the part. */
  offset(at: number): number;
}

/** Copies a box of a label array, widened by so many voxels on each side as far as the grid goes. */
export function cutBox(labels: Uint8Array, dims: Dims, { min, max }: Box, wider: Vector3): Cut {
  const low = ([0, 1, 2] as const).map((axis) => Math.max(0, min[axis] - wider[axis]));
  const [i0 = 0, j0 = 0, k0 = 0] = low;
  const size = (axis: 0 | 1 | 2) => Math.min(dims[axis] - 1, max[axis] + wider[axis]) - (low[axis] ?? 0) + 1;
  const [nx, ny, nz] = [size(0), size(1), size(2)];
  const start = (j: number, k: number) => ((k0 + k) * dims[1] + j0 + j) * dims[0] + i0;
  const cut = new Uint8Array(nx * ny * nz);
  for (let k = 0; k < nz; k += 1)
    for (let j = 0; j < ny; j += 1) {
      const from = start(j, k);
      cut.set(labels.subarray(from, from + nx), (k * ny + j) * nx);
    }
  return {
    labels: cut,
    dims: [nx, ny, nz],
    offset: (at) => {
      const row = Math.floor(at / nx);
      return start(row % ny, Math.floor(row / ny)) + (at % nx);
    },
  };
}
