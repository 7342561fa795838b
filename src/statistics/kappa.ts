import { normalQuantile } from './distributions';

/** How far two rounds of answers agree beyond chance. */
export interface Kappa {
  /** Pairs of answers. */
  readonly n: number;
  /** Share of pairs with the same answer; null without pairs. */
  readonly agreement: number | null;
  /** Null without pairs, and when chance alone would give full agreement (one answer throughout). */
  readonly kappa: number | null;
  /**
   * 95 %, from the large-sample standard error, cut to -1 … 1. Null without kappa, and where that error is zero (all
   * pairs agree): an interval without width would claim that a few pairs had settled it.
   */
  readonly ci95: readonly [number, number] | null;
}

/**
 * Cohen's kappa of pairs of answers in unordered categories (Cohen 1960), with the standard error of Fleiss, Cohen and
 * Everitt (1969) for its interval.
 */
export function cohenKappa<T>(pairs: readonly (readonly [first: T, second: T])[]): Kappa {
  const n = pairs.length;
  if (n === 0) return { n, agreement: null, kappa: null, ci95: null };
  const categories = [...new Set(pairs.flat() as T[])];
  const share = (isMeant: (pair: readonly [T, T]) => boolean) => pairs.filter(isMeant).length / n;
  const rows = categories.map((category) => share(([first]) => first === category));
  const columns = categories.map((category) => share(([, second]) => second === category));
  const agreement = share(([first, second]) => first === second);
  const chance = rows.reduce((sum, row, at) => sum + row * (columns[at] ?? 0), 0);
  if (categories.length === 1) return { n, agreement, kappa: null, ci95: null };
  const kappa = (agreement - chance) / (1 - chance);
  let variance = -((kappa - chance * (1 - kappa)) ** 2);
  for (const [row, first] of categories.entries())
    for (const [column, second] of categories.entries()) {
      const here = share((pair) => pair[0] === first && pair[1] === second);
      const [own, other] = [columns[row] ?? 0, rows[column] ?? 0];
      variance +=
        row === column
          ? here * (1 - ((rows[row] ?? 0) + own) * (1 - kappa)) ** 2
          : here * (1 - kappa) ** 2 * (own + other) ** 2;
    }
  if (variance < 1e-12) return { n, agreement, kappa, ci95: null };
  const se = Math.sqrt(variance / n) / (1 - chance);
  const half = normalQuantile(0.975) * se;
  return { n, agreement, kappa, ci95: [Math.max(-1, kappa - half), Math.min(1, kappa + half)] };
}
