import type { Dims } from '#src/imaging/geometry';
import { outsideLargestComponent, smallComponents } from '#src/models/components';
import { cutBox } from './cut-box';
import { labelBox } from './label-box';

/** Pieces of a label that are to go. */
export interface Islands {
  /** Offsets of their voxels, i fastest. */
  readonly voxels: readonly number[];
  /** How many pieces they are. */
  readonly count: number;
}

/**
 * Everything of a label that does not hang together, face by face in three dimensions, with its largest piece; or every
 * piece that is too small.
 *
 * @param labels one label number per voxel, i fastest
 * @param fewer pieces of fewer voxels than this; absent: all but the largest
 */
export function islandsOf(labels: Uint8Array, dims: Dims, label: number, fewer?: number): Islands {
  const box = labelBox(labels, dims, label);
  if (box === null) return { voxels: [], count: 0 };
  const cut = cutBox(labels, dims, box, [0, 0, 0]);
  const { voxels, count } =
    fewer === undefined
      ? outsideLargestComponent(cut.labels, cut.dims, label)
      : smallComponents(cut.labels, cut.dims, label, fewer);
  return { count, voxels: voxels.map((at) => cut.offset(at)) };
}
