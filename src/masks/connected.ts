import type { Dims } from '#src/imaging/geometry';
import { sliceLayout, type Plane } from '#src/imaging/slices';

/** What hangs together with a voxel. */
export interface Region {
  /** Offsets of its voxels, i fastest, the ones with the shortest way to the seed first. */
  readonly voxels: readonly number[];
  /** More would belong to it than was allowed. */
  readonly isCut: boolean;
  /** It reaches the edge of the slice, or of the volume. */
  readonly reachesEdge: boolean;
}

/**
 * The voxels that hang together with a seed face by face (4 neighbours in a slice, 6 in the volume). Breadth first, so
 * that a region that is cut off is still a round one about its seed.
 *
 * @param seed offset of the voxel to begin with; the region is empty when it does not belong itself
 * @param plane the slice of this plane through the seed alone; null for the whole volume
 * @param most voxels after which no more are taken
 * @param belongs whether the voxel at an offset may be a part of it
 */
export function connectedRegion(
  seed: number,
  dims: Dims,
  plane: Plane | null,
  most: number,
  belongs: (at: number) => boolean,
): Region {
  const strides = [1, dims[0], dims[0] * dims[1]] as const;
  const across = plane === null ? null : sliceLayout(dims, plane).w;
  const axes = ([0, 1, 2] as const).filter((axis) => axis !== across);
  // One bit for each voxel: large volumes have hundreds of millions.
  const seen = new Uint8Array((dims[0] * dims[1] * dims[2] + 7) >> 3);
  const voxels: number[] = [];
  let isCut = false;
  let reachesEdge = false;
  const visit = (at: number) => {
    const bit = 1 << (at & 7);
    const byte = seen[at >> 3] ?? 0;
    if ((byte & bit) !== 0) return;
    seen[at >> 3] = byte | bit;
    if (!belongs(at)) return;
    if (voxels.length < most) voxels.push(at);
    else isCut = true;
  };
  visit(seed);
  // The list of what was found is the queue as well.
  for (let n = 0; n < voxels.length && !isCut; n += 1) {
    const at = voxels[n] ?? 0;
    for (const axis of axes) {
      const place = Math.floor(at / strides[axis]) % dims[axis];
      if (place > 0) visit(at - strides[axis]);
      else reachesEdge = true;
      if (place < dims[axis] - 1) visit(at + strides[axis]);
      else reachesEdge = true;
    }
  }
  return { voxels, isCut, reachesEdge };
}
