import type { GapEstimate, StatisticsDocument } from '#src/contracts/documents/statistics';
import { HeldoutError } from '#src/contracts/failure';
import { bcaInterval } from './bootstrap';
import { detectableNoncentrality, studentQuantile } from './distributions';
import { equivalenceTest } from './equivalence';
import { signFlipTest } from './sign-flip';
import { mean, standardDeviation } from './summary';
import { verdictOf } from './verdict';
import { wilcoxonTest } from './wilcoxon';

/** One patient under both conditions. */
export interface PairedValue {
  readonly patient: string;
  readonly seen: number;
  readonly heldOut: number;
}

export interface StatisticsOptions {
  /** Margin of equivalence, in units of the metric. */
  readonly margin?: number;
  readonly seed?: number;
  /** Sentence that says what leaks, when the split's audit failed. */
  readonly leak?: string;
}

const DEFAULT_MARGIN = 0.02;
/** From this many patients on the interval is bootstrapped. */
const BOOTSTRAP_FROM = 30;

/** Gap, interval, tests and verdict for patients scored under both conditions. @throws usage without patients */
export function pairedStatistics(
  values: readonly PairedValue[],
  options: StatisticsOptions = {},
): StatisticsDocument {
  return statisticsOfDifferences(
    values.map(({ seen, heldOut }) => seen - heldOut),
    options,
  );
}

/**
 * Statistics of per-patient differences (seen minus held-out): t interval for n < 30, BCa bootstrap from 30; exact
 * sign-flip test; Wilcoxon signed rank; equivalence; smallest detectable gap; verdict.
 *
 * @throws HeldoutError `usage` when there is no patient or a value is not finite
 */
export function statisticsOfDifferences(
  differences: readonly number[],
  options: StatisticsOptions = {},
): StatisticsDocument {
  const n = differences.length;
  if (n === 0) throw new HeldoutError('usage', 'There is no patient with both a seen and a held-out value.');
  if (!differences.every(Number.isFinite))
    throw new HeldoutError('usage', 'Every value must be a finite number.');
  const margin = options.margin ?? DEFAULT_MARGIN;
  const seed = options.seed ?? 1;
  const gap = meanWithInterval(differences, seed);
  const signFlip = signFlipTest(differences, seed);
  const wilcoxon = wilcoxonTest(differences);
  const equivalence = equivalenceTest(differences, margin);
  const smallestDetectableGap = gap.se === null ? null : detectableNoncentrality(n - 1) * gap.se;
  return {
    schema: 'heldout.statistics/1',
    n,
    gap,
    signFlip,
    wilcoxon,
    equivalence,
    smallestDetectableGap,
    verdict: verdictOf({
      n,
      gap,
      margin,
      equivalent: equivalence?.equivalent ?? false,
      signFlipP: signFlip.pTwoSided,
      wilcoxonP: wilcoxon?.pTwoSided ?? null,
      smallestDetectableGap,
      patientsNeeded: patientsNeeded(gap),
      ...(options.leak === undefined ? {} : { leak: options.leak }),
    }),
  };
}

/**
 * Mean of one value for each patient with its 95 % interval: Student's t for n < 30, BCa bootstrap from 30.
 *
 * @param differences at least one; any value of which the mean is asked for
 */
export function meanWithInterval(differences: readonly number[], seed = 1): GapEstimate {
  const n = differences.length;
  const centre = mean(differences);
  if (n < 2) return { mean: centre, sd: null, se: null, ci95: null, method: 't' };
  const sd = standardDeviation(differences);
  const se = sd / Math.sqrt(n);
  if (sd === 0) return { mean: centre, sd, se, ci95: [centre, centre], method: 't' };
  if (n >= BOOTSTRAP_FROM)
    return { mean: centre, sd, se, ci95: bcaInterval(differences, seed), method: 'bca' };
  const half = studentQuantile(0.975, n - 1) * se;
  return { mean: centre, sd, se, ci95: [centre - half, centre + half], method: 't' };
}

/** Smallest n with which a gap of this mean and spread is found with power .80. */
function patientsNeeded({ mean: centre, sd }: GapEstimate): number | null {
  if (centre === null || sd === null || centre === 0 || sd === 0) return null;
  const enough = (n: number) => (detectableNoncentrality(n - 1) * sd) / Math.sqrt(n) <= Math.abs(centre);
  let high = 6;
  while (!enough(high)) {
    high *= 2;
    // Beyond a million patients the sentence helps nobody.
    if (high > 1e6) return null;
  }
  let low = 6;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}
