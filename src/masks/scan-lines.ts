/**
 * Fills outlines of one slice by the even-odd rule. A pixel is inside when its centre is: pixel (column, row) has its
 * centre at (column, row). A centre on the outline itself counts as inside on the low sides only, so that neighbours
 * share no pixel. Every outline is closed by the line from its last point to its first.
 *
 * @param outlines x and y of one point after the other, in pixels; parts beside the slice are cut off
 * @param width columns of the slice
 * @param height rows of the slice
 * @param span called for the pixels of a row from `first` to before `end`, row by row in any order
 */
export function fillOutlines(
  outlines: readonly Float64Array[],
  width: number,
  height: number,
  span: (row: number, first: number, end: number) => void,
): void {
  for (const [row, found] of crossingsOf(outlines, height)) {
    found.sort((a, b) => a - b);
    for (let n = 0; n + 1 < found.length; n += 2) {
      const first = Math.max(0, Math.ceil(found[n] ?? 0));
      const end = Math.min(width, Math.ceil(found[n + 1] ?? 0));
      if (first < end) span(row, first, end);
    }
  }
}

/** Where the edges cross the middle of each row of voxels. */
function crossingsOf(outlines: readonly Float64Array[], rows: number): Map<number, number[]> {
  const crossings = new Map<number, number[]>();
  for (const outline of outlines) {
    const count = outline.length / 2;
    for (let n = 0; n < count; n++) {
      const next = (n + 1) % count;
      let [x1, y1] = [outline[2 * n] ?? 0, outline[2 * n + 1] ?? 0];
      let [x2, y2] = [outline[2 * next] ?? 0, outline[2 * next + 1] ?? 0];
      // Always upwards: the way to a hole and the way back then cross at the very same number.
      if (y1 > y2) [x1, y1, x2, y2] = [x2, y2, x1, y1];
      const end = Math.min(rows, Math.ceil(y2));
      for (let row = Math.max(0, Math.ceil(y1)); row < end; row++) {
        const at = x1 + ((row - y1) * (x2 - x1)) / (y2 - y1);
        const found = crossings.get(row);
        if (found === undefined) crossings.set(row, [at]);
        else found.push(at);
      }
    }
  }
  return crossings;
}
