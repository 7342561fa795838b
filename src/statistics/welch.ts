import type { GapEstimate } from '#src/contracts/documents/statistics';
import { studentQuantile } from './distributions';
import { mean, standardDeviation } from './summary';

/**
 * Gap between two groups of patients, seen minus held-out, with Welch's interval (unequal variances, Welch 1947).
 * `sd` is the pooled spread sqrt((s1^2 + s2^2) / 2). With fewer than two patients on a side there is no interval.
 */
export function welchGap(seen: readonly number[], heldOut: readonly number[]): GapEstimate {
  if (seen.length === 0 || heldOut.length === 0)
    return { mean: null, sd: null, se: null, ci95: null, method: 'welch' };
  const gap = mean(seen) - mean(heldOut);
  if (seen.length < 2 || heldOut.length < 2)
    return { mean: gap, sd: null, se: null, ci95: null, method: 'welch' };
  const parts = [seen, heldOut].map((group) => ({
    variance: standardDeviation(group) ** 2 / group.length,
    df: group.length - 1,
    spread: standardDeviation(group) ** 2,
  }));
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  const se = Math.sqrt(variance);
  const sd = Math.sqrt(parts.reduce((sum, part) => sum + part.spread, 0) / 2);
  if (se === 0) return { mean: gap, sd: 0, se: 0, ci95: [gap, gap], method: 'welch' };
  const df = variance ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.df, 0);
  const half = studentQuantile(0.975, df) * se;
  return { mean: gap, sd, se, ci95: [gap - half, gap + half], method: 'welch' };
}
