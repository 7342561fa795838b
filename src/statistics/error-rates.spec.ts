/** A smaller copy of bench/verdict-error-rates.ts: the same simulation with fewer experiments. */
import { describe, expect, it } from 'vitest';
import { randomStream } from '#src/models/random';
import { statisticsOfDifferences } from './paired-statistics';
import {
  calledEquivalent,
  claimed,
  codeOf,
  differencesOf,
  SHAPES,
  verdictRates,
} from './testing/simulated-verdicts';

const base = { spread: 0.05, margin: 0.02 } as const;
/** Three standard errors of a rate of 5 % in this many experiments are allowed for chance. */
const allowed = (experiments: number) => 0.05 + 3 * Math.sqrt((0.05 * 0.95) / experiments);

describe('how often verdicts are wrong', () => {
  it('five patients never claim anything', () => {
    for (const shape of SHAPES)
      expect(verdictRates({ ...base, n: 5, shape, gap: 0.3 }, 50, 1)).toEqual({ 'too-few': 1 });
  });

  it.each([
    [10, 1000],
    [30, 150],
  ])('without an effect, n = %i, inflation is rarely claimed', (n, experiments) => {
    for (const shape of ['normal', 'skewed right', 'heavy tails'] as const)
      expect(claimed(verdictRates({ ...base, n, shape, gap: 0 }, experiments, 1))).toBeLessThan(
        allowed(experiments),
      );
  });

  it('a planted gap of .05 is found in 30 patients', () => {
    for (const shape of SHAPES)
      expect(claimed(verdictRates({ ...base, n: 30, shape, gap: 0.05 }, 100, 1))).toBeGreaterThanOrEqual(0.9);
  });

  it('at a true gap of the margin, equivalence is rarely claimed', () => {
    for (const n of [10, 30])
      expect(
        calledEquivalent(verdictRates({ ...base, n, shape: 'normal', spread: 0.02, gap: 0.02 }, 150, 1)),
      ).toBeLessThan(allowed(150));
  });
});

it('the verdicts simulated are those that a person gets', () => {
  for (const [index, gap] of [0, 0.01, 0.05, -0.05].entries())
    for (const n of [4, 12, 31]) {
      const random = randomStream(9, index, n);
      const differences = differencesOf({ ...base, n, shape: 'skewed right', gap }, random);
      expect(codeOf(differences, 0.02)).toBe(statisticsOfDifferences(differences, { seed: 1 }).verdict.code);
    }
});
