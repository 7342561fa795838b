import { HeldoutError } from '#src/contracts/failure';
import { mean, standardDeviation } from './summary';
import { randomStream } from '#src/models/random';

const EXACT_LIMIT = 16;
const FLIPS = 10_000;

/**
 * Sign-flip p values adjusted for looking at several labels at once: each label's |t| is compared with the largest |t| of
 * all labels under the same flips of whole patients (max-T, Westfall and Young 1993). Exact to 16 patients, above that
 * 10,000 seeded flips and (b + 1) / (m + 1).
 *
 * @param labels differences by label; the same patients in the same order
 * @throws HeldoutError `usage` when labels have different numbers of patients
 */
export function maxTTest(
  labels: Readonly<Record<string, readonly number[]>>,
  seed: number,
): Record<string, number> {
  const entries = Object.entries(labels);
  const n = entries[0]?.[1].length ?? 0;
  if (entries.some(([, values]) => values.length !== n))
    throw new HeldoutError('usage', 'max-T needs every label for the same patients.');
  const statistic = (values: readonly number[], signs: readonly number[]) => {
    const flipped = values.map((value, at) => value * (signs[at] ?? 1));
    const sd = standardDeviation(flipped);
    const centre = Math.abs(mean(flipped));
    return sd === 0 ? (centre === 0 ? 0 : Infinity) : (centre / sd) * Math.sqrt(n);
  };
  const unflipped = Array<number>(n).fill(1);
  const observed = entries.map(([, values]) => statistic(values, unflipped));
  const isExact = n <= EXACT_LIMIT;
  const flips = isExact ? 2 ** n : FLIPS;
  const random = randomStream(seed);
  const asLarge = entries.map(() => 0);
  for (let flip = 0; flip < flips; flip += 1) {
    const signs = unflipped.map((_, at) => (isExact ? ((flip >> at) & 1 ? -1 : 1) : random() < 0.5 ? 1 : -1));
    const largest = Math.max(...entries.map(([, values]) => statistic(values, signs)));
    observed.forEach((value, at) => {
      if (largest >= value * (1 - 1e-12)) asLarge[at] = (asLarge[at] ?? 0) + 1;
    });
  }
  return Object.fromEntries(
    entries.map(([label], at) => {
      const count = asLarge[at] ?? 0;
      return [label, isExact ? count / flips : (count + 1) / (flips + 1)];
    }),
  );
}
