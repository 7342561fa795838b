import { randomStream } from '#src/models/random';

export interface SignFlip {
  pTwoSided: number;
  smallestPossibleP: number;
  exact: boolean;
}

/** Up to this many patients all sign patterns are tried. */
const EXACT_LIMIT = 20;
const FLIPS = 100_000;

/**
 * Sign-flip test of the mean difference: under no effect each patient's difference is as likely to have the other sign.
 * Exact to n = 20; above, 100,000 seeded flips and p = (b + 1) / (m + 1) (Phipson and Smyth 2010). Two-sided.
 */
export function signFlipTest(differences: readonly number[], seed: number): SignFlip {
  const n = differences.length;
  const observed = Math.abs(differences.reduce((sum, value) => sum + value, 0));
  // Sums of the same numbers in another order differ by rounding, and such a tie must count.
  const limit = observed - 1e-12 * differences.reduce((sum, value) => sum + Math.abs(value), 0);
  if (n <= EXACT_LIMIT) {
    const patterns = 2 ** n;
    let asLarge = 0;
    forEachSum(differences, (sum) => {
      if (Math.abs(sum) >= limit) asLarge += 1;
    });
    return { pTwoSided: asLarge / patterns, smallestPossibleP: Math.min(1, 2 / patterns), exact: true };
  }
  const random = randomStream(seed);
  let asLarge = 0;
  for (let flip = 0; flip < FLIPS; flip += 1) {
    let sum = 0;
    for (const value of differences) sum += random() < 0.5 ? value : -value;
    if (Math.abs(sum) >= limit) asLarge += 1;
  }
  return { pTwoSided: (asLarge + 1) / (FLIPS + 1), smallestPossibleP: 1 / (FLIPS + 1), exact: false };
}

/** Calls `use` with the sum under each of the 2^n sign patterns; a Gray code changes one sign at a time. */
function forEachSum(differences: readonly number[], use: (sum: number) => void): void {
  const signs = differences.map(() => 1);
  let sum = differences.reduce((total, value) => total + value, 0);
  use(sum);
  for (let pattern = 1; pattern < 2 ** differences.length; pattern += 1) {
    const at = Math.log2(pattern & -pattern);
    const sign = -(signs[at] ?? 1);
    signs[at] = sign;
    sum += 2 * sign * (differences[at] ?? 0);
    use(sum);
  }
}
