import { studentCdf } from './distributions';
import { mean, standardDeviation } from './summary';

export interface Equivalence {
  margin: number;
  p: number;
  equivalent: boolean;
}

/**
 * Two one-sided t tests (TOST, Schuirmann 1987): is the mean difference within ± margin? p is the larger of the two;
 * equivalent when p < .05. Null with fewer than two differences.
 */
export function equivalenceTest(differences: readonly number[], margin: number): Equivalence | null {
  const n = differences.length;
  if (n < 2) return null;
  const centre = mean(differences);
  const se = standardDeviation(differences) / Math.sqrt(n);
  if (se === 0) {
    const isInside = Math.abs(centre) < margin;
    return { margin, p: isInside ? 0 : 1, equivalent: isInside };
  }
  const p = Math.max(
    1 - studentCdf((centre + margin) / se, n - 1),
    studentCdf((centre - margin) / se, n - 1),
  );
  return { margin, p, equivalent: p < 0.05 };
}
