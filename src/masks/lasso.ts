import type { Dims } from '#src/imaging/geometry';
import { sliceLayout, type Plane } from '#src/imaging/slices';
import { fillOutlines } from './scan-lines';

/** A point of a slice in fractional voxel indices: the centre of voxel (0, 0) is (0, 0). */
export type SlicePoint = readonly [u: number, v: number];

/**
 * The voxels of a slice whose centres lie inside a closed outline, by the even-odd rule: where it crosses itself, what is
 * surrounded twice is outside.
 *
 * @returns their offsets, i fastest; none for fewer than three points
 */
export function lassoVoxels(
  points: readonly SlicePoint[],
  dims: Dims,
  plane: Plane,
  slice: number,
): number[] {
  const { width, height, strideU, strideV, strideW } = sliceLayout(dims, plane);
  const voxels: number[] = [];
  fillOutlines([Float64Array.from(points.flat())], width, height, (row, first, end) => {
    const start = slice * strideW + row * strideV;
    for (let column = first; column < end; column += 1) voxels.push(start + column * strideU);
  });
  return voxels;
}

/**
 * Leaves out the points of a line without which it stays within `tolerance` of what it was; both ends stay. Method:
 * Ramer 1972, Douglas and Peucker 1973.
 *
 * @param scale lengths of one voxel along u and v, in the units of `tolerance`
 */
export function simplifiedLine(
  points: readonly SlicePoint[],
  scale: SlicePoint,
  tolerance: number,
): SlicePoint[] {
  const kept = points.map((_, n) => n === 0 || n === points.length - 1);
  const parts: (readonly [first: number, last: number])[] = [[0, points.length - 1]];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const [first, last] = part;
    let farthest = -1;
    let most = tolerance;
    for (let n = first + 1; n < last; n += 1) {
      const off = offLine(points[n] ?? [0, 0], points[first] ?? [0, 0], points[last] ?? [0, 0], scale);
      if (off <= most) continue;
      most = off;
      farthest = n;
    }
    if (farthest < 0) continue;
    kept[farthest] = true;
    parts.push([first, farthest], [farthest, last]);
  }
  return points.filter((_, n) => kept[n]);
}

/** Distance of a point from a segment. */
function offLine(point: SlicePoint, from: SlicePoint, to: SlicePoint, scale: SlicePoint): number {
  const [stepX, stepY] = [(to[0] - from[0]) * scale[0], (to[1] - from[1]) * scale[1]];
  const [x, y] = [(point[0] - from[0]) * scale[0], (point[1] - from[1]) * scale[1]];
  const squared = stepX ** 2 + stepY ** 2;
  const t = squared === 0 ? 0 : Math.min(1, Math.max(0, (x * stepX + y * stepY) / squared));
  return Math.hypot(x - t * stepX, y - t * stepY);
}
