import type { SliceFacts } from './slice-facts';
import type { SlicePosition } from './slice-positions';

/**
 * The repetition to which each image belongs, from instance numbers alone. However a scanner nests slices, times and
 * kinds when it counts, the numbers of one place are those of another place with a constant added; a lost file leaves its
 * number out. Null when they are not, or when it cannot be told which number is missing.
 *
 * @returns for each place the 0-based repetition of each image, in the order of `positions`
 */
export function repetitionsByInstance(positions: readonly SlicePosition<SliceFacts>[]): number[][] | null {
  const rows = positions.map(({ slices }) => slices.map(({ instanceNumber }) => instanceNumber ?? NaN));
  const all = new Set(rows.flat());
  if (![...all].every(Number.isInteger) || all.size !== rows.flat().length) return null;
  const longest = rows.reduce((a, b) => (b.length > a.length ? b : a), []);
  const pattern = longest.toSorted((a, b) => a - b);
  const result: number[][] = [];
  for (const row of rows) {
    const shift = shiftOf(row, pattern, all);
    if (shift === null) return null;
    result.push(row.map((number) => pattern.indexOf(number - shift)));
  }
  return result;
}

/** The constant that makes `pattern` hold every number of `row`, or null when there is none or no telling which. */
function shiftOf(
  row: readonly number[],
  pattern: readonly number[],
  all: ReadonlySet<number>,
): number | null {
  const numbers = new Set(row);
  const patternSet = new Set(pattern);
  const [first = NaN] = row;
  const candidates = pattern
    .map((number) => first - number)
    .filter((shift) => row.every((number) => patternSet.has(number - shift)))
    .map((shift) => ({ shift, lost: pattern.map((number) => number + shift).filter((n) => !numbers.has(n)) }))
    .filter(({ lost }) => lost.every((number) => number >= 1 && !all.has(number)));
  const highest = [...all].reduce((a, b) => Math.max(a, b), 0);
  const inside = candidates.filter(({ lost }) => lost.every((number) => number <= highest));
  const likely = inside.length > 0 ? inside : candidates;
  return likely.length === 1 ? (likely[0]?.shift ?? null) : null;
}
