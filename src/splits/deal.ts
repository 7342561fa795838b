import { keyedHash } from './keyed-hash';
import { compareText, type SplitUnit } from './units';

/**
 * Deals `units` into `folds` folds like cards: stratum after stratum, in the order of their keyed hash. Sizes differ
 * by at most one, over all units and within every stratum. Returns the fold of each unit by name.
 */
export function deal(units: readonly SplitUnit[], folds: number, seed: number): Map<string, number> {
  return new Map(shuffled(units, seed, 'fold').map((unit, index) => [unit.name, index % folds]));
}

/**
 * Draws round(share x n) units without replacement, spread over the strata in proportion (to within one). `purpose`
 * keeps draws of the same seed independent of each other. Returns the names drawn.
 */
export function draw(
  units: readonly SplitUnit[],
  share: number,
  seed: number,
  purpose: 'held-out' | 'locked',
): Set<string> {
  // Systematic sampling along the shuffled list. The small addend forgives shares such as 0.15 x 10 = 1.4999….
  const taken = (count: number) => Math.floor(count * share + 0.5 + 1e-9);
  return new Set(
    shuffled(units, seed, purpose)
      .filter((_, index) => taken(index + 1) > taken(index))
      .map((unit) => unit.name),
  );
}

function shuffled(units: readonly SplitUnit[], seed: number, purpose: string): SplitUnit[] {
  return units
    .map((unit) => ({ unit, hash: keyedHash(seed, `${purpose}\u0000${unit.name}`) }))
    .sort(
      (a, b) =>
        compareText(a.unit.stratum, b.unit.stratum) ||
        a.hash - b.hash ||
        compareText(a.unit.name, b.unit.name),
    )
    .map((entry) => entry.unit);
}
