import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cohenKappa } from './kappa';
import { proportion, proportionDifference, signTest } from './proportions';

/** As make_proportions.py wrote it. */
const oracle = JSON.parse(readFileSync('src/statistics/fixtures/proportions.json', 'utf8')) as {
  exact: { k: number; n: number; exact: number[]; p: number }[];
  differences: { first: [number, number]; second: [number, number]; ci95: number[] }[];
  kappas: { table: number[][]; kappa: number; ci95: number[] | null }[];
};

const close = (actual: readonly number[] | null, expected: readonly number[]) => {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, at) => expect(actual?.[at]).toBeCloseTo(value, 9));
};

describe('shares of patients', () => {
  it.each(oracle.exact)('$k of $n as scipy has it', ({ k, n, exact, p }) => {
    const { rate, ci95 } = proportion(k, n);
    expect(rate).toBe(k / n);
    close(ci95, exact);
    expect(signTest(k, n)).toBeCloseTo(p, 10);
  });

  it('nothing to count is no share and no evidence', () => {
    expect(proportion(0, 0)).toEqual({ k: 0, n: 0, rate: null, ci95: null });
    expect(signTest(0, 0)).toBe(1);
    expect(proportionDifference({ k: 0, n: 0 }, { k: 1, n: 2 })).toBeNull();
  });

  it.each(oracle.differences)('$first against $second as statsmodels has it', ({ first, second, ci95 }) => {
    const [k, n] = first;
    const [l, m] = second;
    const difference = proportionDifference({ k, n }, { k: l, n: m });
    expect(difference?.value).toBeCloseTo(k / n - l / m, 12);
    close(difference?.ci95 ?? null, ci95);
  });

  it('an example of Newcombe: 56 of 70 against 48 of 80', () => {
    const ci95 = proportionDifference({ k: 56, n: 70 }, { k: 48, n: 80 })?.ci95;
    expect(ci95?.map((bound) => bound.toFixed(4))).toEqual(['0.0524', '0.3339']);
  });
});

describe('how often the intervals hold the truth, counted over every outcome', () => {
  /** P(X = k) of a binomial, for all k. */
  const binomial = (n: number, p: number) => {
    let term = (1 - p) ** n;
    return Array.from({ length: n + 1 }, (_, k) => {
      if (k > 0) term *= ((n - k + 1) / k) * (p / (1 - p));
      return term;
    });
  };
  const SHARES = [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95];

  it.each([5, 12, 30])('a share of %i patients: at least 95 %%', (n) => {
    const intervals = Array.from({ length: n + 1 }, (_, k) => proportion(k, n).ci95 ?? [1, 0]);
    for (const p of SHARES) {
      const held = binomial(n, p).reduce((sum, chance, k) => {
        const [low, high] = intervals[k] ?? [1, 0];
        return sum + (low <= p && p <= high ? chance : 0);
      }, 0);
      expect(held).toBeGreaterThanOrEqual(0.95);
    }
  });

  it.each([
    [10, 10],
    [8, 20],
    [30, 30],
  ])('a difference of %i and %i patients: 95 %% on average, never under 92 %%', (n, m) => {
    let mean = 0;
    let least = 1;
    for (const p of SHARES)
      for (const q of SHARES) {
        const [first, second] = [binomial(n, p), binomial(m, q)];
        let held = 0;
        for (let k = 0; k <= n; k += 1)
          for (let l = 0; l <= m; l += 1) {
            const [low, high] = proportionDifference({ k, n }, { k: l, n: m })?.ci95 ?? [1, -1];
            if (low <= p - q && p - q <= high) held += (first[k] ?? 0) * (second[l] ?? 0);
          }
        least = Math.min(least, held);
        mean += held / SHARES.length ** 2;
      }
    expect(mean).toBeGreaterThan(0.95);
    expect(least).toBeGreaterThan(0.92);
  });
});

describe('kappa', () => {
  const pairsOf = (table: readonly (readonly number[])[]) =>
    table.flatMap((row, first) =>
      row.flatMap((count, second) => Array.from({ length: count }, () => [first, second] as const)),
    );

  it.each(oracle.kappas)('of $table as statsmodels has it', ({ table, kappa, ci95 }) => {
    const result = cohenKappa(pairsOf(table));
    expect(result.n).toBe(table.flat().reduce((sum, count) => sum + count, 0));
    expect(result.kappa).toBeCloseTo(kappa, 10);
    if (ci95 === null) expect(result.ci95).toBeNull();
    else
      close(
        result.ci95,
        ci95.map((bound) => Math.min(1, Math.max(-1, bound))),
      );
  });

  it('is not defined when one answer was given throughout, nor without answers', () => {
    expect(cohenKappa([['a', 'a'] as const, ['a', 'a'] as const])).toEqual({
      ...{ n: 2, agreement: 1, kappa: null, ci95: null },
    });
    expect(cohenKappa([])).toEqual({ n: 0, agreement: null, kappa: null, ci95: null });
  });

  it('one answer in the first round and another one in the second is no agreement', () => {
    expect(cohenKappa([['a', 'b'] as const, ['a', 'b'] as const]).kappa).toBe(0);
  });
});
