import type { Verdict } from '#src/contracts/documents/statistics';
import { normal, randomStream, type Random } from '#src/models/random';
import { equivalenceTest } from '../equivalence';
import { meanWithInterval } from '../paired-statistics';
import { verdictOf } from '../verdict';

/** How the differences between patients are spread; all have the mean and the standard deviation asked for. */
export const SHAPES = ['normal', 'skewed right', 'skewed left', 'heavy tails'] as const;
export type Shape = (typeof SHAPES)[number];

export interface Setting {
  readonly n: number;
  readonly shape: Shape;
  /** True mean of the differences. */
  readonly gap: number;
  readonly spread: number;
  readonly margin: number;
}

/** Share of the experiments that ended with each verdict; verdicts that none had lack. */
export type Rates = Partial<Record<Verdict['code'], number>>;

/** Purpose of the random streams. */
const SIMULATION = 41;

/** Simulates experiments and counts their verdicts. The same seed gives the same rates everywhere. */
export function verdictRates(setting: Setting, experiments: number, seed: number): Rates {
  const counts: Rates = {};
  for (let experiment = 0; experiment < experiments; experiment++) {
    const random = randomStream(SIMULATION, seed, experiment, setting.n, SHAPES.indexOf(setting.shape));
    const code = codeOf(differencesOf(setting, random), setting.margin);
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return Object.fromEntries(
    Object.entries(counts).map(([code, count]) => [code, count / experiments]),
  ) as Rates;
}

/** One value for each patient. */
export function differencesOf({ n, shape, gap, spread }: Setting, random: Random): number[] {
  const draw = {
    normal: () => normal(random),
    'skewed right': () => exponential(random) - 1,
    'skewed left': () => 1 - exponential(random),
    // Student's t with 5 degrees of freedom, whose variance is 5 / 3.
    'heavy tails': () => {
      const squares = [1, 2, 3, 4, 5].reduce((sum) => sum + normal(random) ** 2, 0);
      return normal(random) / Math.sqrt(squares / 5) / Math.sqrt(5 / 3);
    },
  }[shape];
  return Array.from({ length: n }, () => gap + spread * draw());
}

/**
 * The verdict of `statisticsOfDifferences` without the p values that stand beside it: they do not decide, and 100,000
 * sign flips for each of thousands of experiments take hours.
 */
export function codeOf(differences: readonly number[], margin: number): Verdict['code'] {
  return verdictOf({
    n: differences.length,
    gap: meanWithInterval(differences, 1),
    margin,
    equivalent: equivalenceTest(differences, margin)?.equivalent ?? false,
    signFlipP: null,
    wilcoxonP: null,
    smallestDetectableGap: null,
    patientsNeeded: null,
  }).code;
}

/** Share of experiments that claim inflation, small or not. */
export function claimed({ inflated = 0, 'inflated-small': small = 0 }: Rates): number {
  return inflated + small;
}

/** Share of experiments that claim that there is no gap larger than the margin. */
export function calledEquivalent({ equivalent = 0, 'inflated-small': small = 0 }: Rates): number {
  return equivalent + small;
}

function exponential(random: Random): number {
  return -Math.log(1 - random());
}
