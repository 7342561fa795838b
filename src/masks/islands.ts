import type { Dims } from '#src/imaging/geometry';
import { outsideLargestComponent } from '#src/models/components';
import { labelBox } from './label-box';

/** What lies apart from the largest piece of a label. */
export interface Islands {
  /** Offsets of their voxels, i fastest. */
  readonly voxels: readonly number[];
  /** How many pieces they are. */
  readonly count: number;
}

/**
 * Everything of a label that does not hang together, face by face in three dimensions, with its largest piece.
 *
 * @param labels one label number per voxel, i fastest
 */
export function islandsOf(labels: Uint8Array, dims: Dims, label: number): Islands {
  const box = labelBox(labels, dims, label);
  if (box === null) return { voxels: [], count: 0 };
  const [nx, ny] = dims;
  const [i0, j0, k0] = box.min;
  const size = [box.max[0] - i0 + 1, box.max[1] - j0 + 1, box.max[2] - k0 + 1] as const;
  const offset = (j: number, k: number) => ((k0 + k) * ny + j0 + j) * nx + i0;
  const cut = new Uint8Array(size[0] * size[1] * size[2]);
  for (let k = 0; k < size[2]; k += 1)
    for (let j = 0; j < size[1]; j += 1) {
      const from = offset(j, k);
      cut.set(labels.subarray(from, from + size[0]), (k * size[1] + j) * size[0]);
    }
  const { voxels, count } = outsideLargestComponent(cut, size, label);
  return {
    count,
    voxels: voxels.map((at) => {
      const row = Math.floor(at / size[0]);
      return offset(row % size[1], Math.floor(row / size[1])) + (at % size[0]);
    }),
  };
}
