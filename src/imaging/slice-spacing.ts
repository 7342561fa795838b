/**
 * The regular grid behind a sorted list of places along the normal.
 *
 * `index[n]` is the grid index of place n, so that a missing slice leaves a number out; `step` is the distance of
 * neighbours in mm; `irregularMm` holds the smallest and largest distance when they follow no common step.
 */
export interface SliceSpacing {
  readonly step: number;
  readonly index: readonly number[];
  readonly irregularMm: readonly [number, number] | null;
}

/** A distance counts as a whole multiple of the step when it is within this share of it. */
const STEP_TOLERANCE = 0.1;

/** @param distances ascending, mm; at least one */
export function spacingAlongNormal(distances: readonly number[]): SliceSpacing {
  const gaps = distances.slice(1).map((distance, n) => distance - (distances[n] ?? distance));
  if (gaps.length === 0) return { step: 0, index: [0], irregularMm: null };
  const sorted = gaps.toSorted((a, b) => a - b);
  const usual = usualGap(gaps);
  const multiples = gaps.map((gap) => Math.round(gap / usual));
  const isRegular = gaps.every((gap, n) => {
    const multiple = multiples[n] ?? 0;
    return multiple >= 1 && Math.abs(gap / usual - multiple) <= STEP_TOLERANCE;
  });
  const total = (distances.at(-1) ?? 0) - (distances[0] ?? 0);
  if (!isRegular)
    return {
      step: total / gaps.length,
      index: distances.map((_, n) => n),
      irregularMm: [sorted[0] ?? 0, sorted.at(-1) ?? 0],
    };
  const index = [0];
  for (const multiple of multiples) index.push((index.at(-1) ?? 0) + multiple);
  return { step: total / (index.at(-1) ?? 1), index, irregularMm: null };
}

/**
 * Cuts a sorted list of places where so much is missing that it is no longer one stack: wherever the gaps of a stack
 * would hold more slices than there are. Returns runs [first, last] of places.
 */
export function stacksOf(distances: readonly number[]): [number, number][] {
  const whole: [number, number][] = [[0, distances.length - 1]];
  const gaps = distances.slice(1).map((distance, n) => distance - (distances[n] ?? distance));
  if (gaps.length === 0) return whole;
  const missing = Math.round(gaps.reduce((sum, gap) => sum + gap, 0) / usualGap(gaps)) - gaps.length;
  if (missing <= distances.length) return whole;
  const cut = gaps.indexOf(Math.max(...gaps)) + 1;
  const after = stacksOf(distances.slice(cut));
  return [
    ...stacksOf(distances.slice(0, cut)),
    ...after.map(([first, last]): [number, number] => [first + cut, last + cut]),
  ];
}

/** The lower median: in [8, 16] the 16 is the gap of a missing slice. */
function usualGap(gaps: readonly number[]): number {
  return gaps.toSorted((a, b) => a - b)[(gaps.length - 1) >> 1] ?? 0;
}
