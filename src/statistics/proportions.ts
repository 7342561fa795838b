import { normalQuantile } from './distributions';
import { incompleteBeta, solve } from './special-functions';

/** A share of n with its 95 % interval; `rate` and `ci95` are null without anything to count. */
export interface Proportion {
  readonly k: number;
  readonly n: number;
  readonly rate: number | null;
  readonly ci95: readonly [number, number] | null;
}

/**
 * k of n as a share with its exact 95 % interval (Clopper and Pearson 1934).
 *
 * @param k 0 to n
 */
export function proportion(k: number, n: number): Proportion {
  if (n === 0) return { k, n, rate: null, ci95: null };
  const bound = (p: number, a: number, b: number) => solve((x) => incompleteBeta(x, a, b), p, 0, 1);
  const low = k === 0 ? 0 : bound(0.025, k, n - k + 1);
  const high = k === n ? 1 : bound(0.975, k + 1, n - k);
  return { k, n, rate: k / n, ci95: [low, high] };
}

/** 95 % score interval of k of n > 0 (Wilson 1927). */
function wilsonInterval(k: number, n: number): [number, number] {
  const z = normalQuantile(0.975);
  const centre = (k + (z * z) / 2) / (n + z * z);
  const half = (z * Math.sqrt((k * (n - k)) / n + (z * z) / 4)) / (n + z * z);
  // The bounds of nothing and of everything are exact; rounding must not move them.
  return [k === 0 ? 0 : centre - half, k === n ? 1 : centre + half];
}

/** Difference of two shares, first minus second, with its 95 % interval. */
export interface ProportionDifference {
  readonly value: number;
  readonly ci95: readonly [number, number];
}

/**
 * Difference of the shares of two independent groups with Newcombe's hybrid score interval (1998, method 10). Null when
 * a group is empty.
 */
export function proportionDifference(
  first: { readonly k: number; readonly n: number },
  second: { readonly k: number; readonly n: number },
): ProportionDifference | null {
  if (first.n === 0 || second.n === 0) return null;
  const [p, q] = [first.k / first.n, second.k / second.n];
  const [lowP, highP] = wilsonInterval(first.k, first.n);
  const [lowQ, highQ] = wilsonInterval(second.k, second.n);
  const value = p - q;
  return {
    value,
    ci95: [value - Math.hypot(p - lowP, highQ - q), value + Math.hypot(highP - p, q - lowQ)],
  };
}

/** Exact two-sided p of k of n under a share of one half (the sign test); 1 for n = 0. */
export function signTest(k: number, n: number): number {
  const fewer = Math.min(k, n - k);
  // P(X <= fewer) of a fair coin, as an incomplete beta integral; both tails are equal.
  return fewer * 2 >= n - 1 ? 1 : Math.min(1, 2 * incompleteBeta(0.5, n - fewer, fewer + 1));
}
