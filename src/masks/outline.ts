import type { Dims } from '#src/imaging/geometry';
import { sliceLayout, type Plane } from '#src/imaging/slices';

/**
 * Outlines of every label of one slice along voxel edges, all labels in one pass, collinear edges joined.
 *
 * @returns label to [x0, y0, x1, y1, …] in voxel-edge coordinates of the plane (u across, v down; voxel (0, 0) spans
 *   0 to 1); background has no outline
 */
export function traceOutlines(
  labels: Uint8Array,
  dims: Dims,
  plane: Plane,
  slice: number,
): Map<number, number[]> {
  const { width, height, strideU, strideV, strideW } = sliceLayout(dims, plane);
  const offset = slice * strideW;
  const outlines = new Map<number, number[]>();
  const edge = (label: number, x0: number, y0: number, x1: number, y1: number) => {
    if (label === 0) return;
    const known = outlines.get(label);
    if (known === undefined) outlines.set(label, [x0, y0, x1, y1]);
    else known.push(x0, y0, x1, y1);
  };
  /** Walks every line between two rows of voxels; `put` draws the part of it from `from` to `to`. */
  const walk = (
    lines: number,
    length: number,
    strideAcross: number,
    strideAlong: number,
    put: (label: number, line: number, from: number, to: number) => void,
  ) => {
    for (let line = 0; line <= lines; line += 1) {
      let [first, second, from] = [0, 0, 0];
      for (let at = 0; at <= length; at += 1) {
        const index = offset + line * strideAcross + at * strideAlong;
        const a = at < length && line > 0 ? (labels[index - strideAcross] ?? 0) : 0;
        const b = at < length && line < lines ? (labels[index] ?? 0) : 0;
        if (a === first && b === second) continue;
        if (first !== second) {
          put(first, line, from, at);
          put(second, line, from, at);
        }
        [first, second, from] = [a, b, at];
      }
    }
  };
  walk(height, width, strideV, strideU, (label, line, from, to) => edge(label, from, line, to, line));
  walk(width, height, strideU, strideV, (label, line, from, to) => edge(label, line, from, line, to));
  return outlines;
}
