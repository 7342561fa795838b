/**
 * Ranks images in time inside each place of a cine. Times of a segmented acquisition differ from slice to slice
 * (each is another heartbeat), so they are compared inside a place only.
 *
 * @param times for each place the times of its images, ascending, distinct; ms
 * @returns for each place the phase (0-based) of each image. Where a place has fewer images than the others, its
 *   times are matched in order to the usual ones (scaled to its own heart rate), so that the phase that is missing
 *   stays empty instead of shifting the rest
 */
export function rankTimes(times: readonly (readonly number[])[]): number[][] {
  const phases = Math.max(0, ...times.map((row) => row.length));
  const complete = times.filter((row) => row.length === phases);
  const usual = Array.from({ length: phases }, (_, phase) => median(complete.map((row) => row[phase] ?? 0)));
  return times.map((row) =>
    row.length === phases ? row.map((_, rank) => rank) : alignInOrder(stretchTo(row, usual), usual),
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Scales the times of a place by its usual step over everybody's: the median ignores the one hole. */
function stretchTo(row: readonly number[], usual: readonly number[]): number[] {
  const step = (values: readonly number[]) =>
    median(values.slice(1).map((value, n) => value - (values[n] ?? 0)));
  if (row.length < 3) return [...row];
  const scale = step(usual) / step(row);
  return Number.isFinite(scale) && scale > 0.5 && scale < 2 ? row.map((time) => time * scale) : [...row];
}

/** The ascending choice of `usual` indices with the smallest sum of distances (dynamic programming). */
function alignInOrder(row: readonly number[], usual: readonly number[]): number[] {
  const slack = usual.length - row.length;
  // cost[n][s]: best cost of placing images 0..n with image n at index n + s or earlier.
  const best: { cost: number; at: number }[][] = [];
  for (const [n, time] of row.entries()) {
    const line: { cost: number; at: number }[] = [];
    for (let s = 0; s <= slack; s++) {
      const before = n === 0 ? 0 : (best[n - 1]?.[s]?.cost ?? Infinity);
      const here = { cost: before + Math.abs(time - (usual[n + s] ?? Infinity)), at: s };
      const earlier = line[s - 1];
      line.push(earlier !== undefined && earlier.cost <= here.cost ? earlier : here);
    }
    best.push(line);
  }
  const phases: number[] = [];
  let s = slack;
  for (let n = row.length - 1; n >= 0; n--) {
    s = best[n]?.[s]?.at ?? 0;
    phases.unshift(n + s);
  }
  return phases;
}
