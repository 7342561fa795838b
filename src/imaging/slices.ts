import type { Dims } from './geometry';

/** A slice of the acquisition grid: 0 = k fixed (the native slice), 1 = j fixed, 2 = i fixed. */
export type Plane = 0 | 1 | 2;

type Axis = 0 | 1 | 2;

/** How a plane's slices lie in memory: `u` runs across, `v` down, `w` through; strides and counts in voxels. */
export interface SliceLayout {
  readonly u: Axis;
  readonly v: Axis;
  readonly w: Axis;
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly strideU: number;
  readonly strideV: number;
  readonly strideW: number;
}

/** Layout of the slices of a plane in an i-fastest volume. */
export function sliceLayout(dims: Dims, plane: Plane): SliceLayout {
  const strides = [1, dims[0], dims[0] * dims[1]] as const;
  const u: Axis = plane === 2 ? 1 : 0;
  const v: Axis = plane === 0 ? 1 : 2;
  const w: Axis = plane === 0 ? 2 : plane === 1 ? 1 : 0;
  return {
    ...{ u, v, w, width: dims[u], height: dims[v], count: dims[w] },
    ...{ strideU: strides[u], strideV: strides[v], strideW: strides[w] },
  };
}
