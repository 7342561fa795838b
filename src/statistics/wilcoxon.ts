import { normalCdf } from './distributions';

export interface Wilcoxon {
  /** The smaller of the two rank sums. */
  w: number;
  pTwoSided: number;
}

const EXACT_LIMIT = 50;

/**
 * Wilcoxon signed-rank test, two-sided. Differences of zero are dropped (Wilcoxon's own rule). Exact to 50 differences
 * without ties; otherwise the normal approximation with tie correction and without continuity correction, as scipy's
 * `wilcoxon(method='asymptotic')`. Null when every difference is zero.
 */
export function wilcoxonTest(differences: readonly number[]): Wilcoxon | null {
  const used = differences.filter((value) => value !== 0);
  const n = used.length;
  if (n === 0) return null;
  const order = used
    .map((value) => ({ size: Math.abs(value), positive: value > 0 }))
    .sort((a, b) => a.size - b.size);
  let positive = 0;
  let tieTerm = 0;
  for (let from = 0; from < n;) {
    let to = from;
    while (to < n && order[to]?.size === order[from]?.size) to += 1;
    const rank = (from + 1 + to) / 2;
    for (let at = from; at < to; at += 1) if (order[at]?.positive === true) positive += rank;
    tieTerm += (to - from) ** 3 - (to - from);
    from = to;
  }
  const total = (n * (n + 1)) / 2;
  const w = Math.min(positive, total - positive);
  const isExact = n <= EXACT_LIMIT && tieTerm === 0 && n === differences.length;
  if (isExact) return { w, pTwoSided: exactP(w, n) };
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - tieTerm / 48;
  return { w, pTwoSided: Math.min(1, 2 * normalCdf((w - total / 2) / Math.sqrt(variance))) };
}

/** 2 P(W <= w), where W sums a random subset of the ranks 1 to n. */
function exactP(w: number, n: number): number {
  const total = (n * (n + 1)) / 2;
  const ways = new Float64Array(total + 1);
  ways[0] = 1;
  for (let rank = 1; rank <= n; rank += 1)
    for (let sum = total; sum >= rank; sum -= 1) ways[sum] = (ways[sum] ?? 0) + (ways[sum - rank] ?? 0);
  let below = 0;
  for (let sum = 0; sum <= w; sum += 1) below += ways[sum] ?? 0;
  return Math.min(1, (2 * below) / 2 ** n);
}
