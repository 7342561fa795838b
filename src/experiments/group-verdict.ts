import type { GapEstimate, Verdict } from '#src/contracts/documents/statistics';
import { detectableNoncentrality, studentCdf } from '#src/statistics/distributions';
import { mean as meanOf, standardDeviation } from '#src/statistics/summary';
import { verdictOf } from '#src/statistics/verdict';
import { welchGap } from '#src/statistics/welch';

const MARGIN = 0.02;

/** Who made the predictions: a training here, a model from elsewhere, or one from elsewhere that met no patient. */
export type PredictionSource = 'trained' | 'imported' | 'met nobody';

/** How each patient comes to be compared with themselves. */
const REMEDY: Readonly<Record<PredictionSource, string>> = {
  trained: 'Train every fold',
  imported: 'Import what every fold’s model predicts of every patient',
  'met nobody': 'Import what a model predicts of the patients that trained it',
};

/**
 * Verdict of one run, which compares two different groups of patients: the rules of `verdictOf` in the same order, with
 * Welch's interval and a Welch TOST in place of the paired ones. Its sentences say that the groups may differ in
 * difficulty. Too few: no interval (under two patients on a side), or no exact permutation test of the two groups can
 * reach .05.
 *
 * @param seen one value for each seen patient, `heldOut` likewise
 * @param leak sentence that says what leaks, when the split's audit failed; null otherwise
 * @param source whether the predictions are of a training here: what to do next differs
 */
export function groupVerdict(
  seen: readonly number[],
  heldOut: readonly number[],
  leak: string | null,
  margin = MARGIN,
  source: PredictionSource = 'trained',
): Verdict {
  const gap = welchGap(seen, heldOut);
  const remedy = REMEDY[source];
  if (leak !== null) return leakVerdict(leak, seen.length + heldOut.length, gap, margin);
  if (source !== 'trained' && seen.length === 0) return heldOutOnly(heldOut, source);
  const groups = `${seen.length} seen and ${heldOut.length} held-out ${heldOut.length === 1 ? 'patient' : 'patients'}`;
  const { mean, ci95, se } = gap;
  if (mean === null || ci95 === null || se === null || smallestP(seen.length, heldOut.length) > 0.05)
    return {
      code: 'too-few',
      sentence:
        `Cannot tell: ${groups} are too few to compare two groups.` +
        `${mean === null ? '' : ` The gap found is ${number(mean)}${ci95 ? ` (95 % interval ${number(ci95[0])} to ${number(ci95[1])})` : ''}.`} ` +
        `${remedy}: then each patient is compared with themselves.`,
    };
  const [low, high] = ci95;
  const found = `${number(mean)} (95 % interval ${number(low)} to ${number(high)}; ${groups})`;
  const caution = `These are different patients: part of it may be difficulty. ${remedy} to tell.`;
  const df = welchDegrees(seen, heldOut);
  const isEquivalent = equivalent(mean, se, df, margin);
  if (low > 0 && isEquivalent)
    return {
      code: 'inflated-small',
      sentence: `Seen patients score higher than held-out ones by ${found}, less than the margin of ${number(margin)}.`,
    };
  if (low > 0)
    return {
      code: 'inflated',
      sentence: `Seen patients score higher than held-out ones by ${found}. ${caution}`,
    };
  if (high < 0)
    return {
      code: 'reversed',
      sentence: `Held-out patients score higher than seen ones: the gap is ${found}. Check the data. ${caution}`,
    };
  if (isEquivalent)
    return {
      code: 'equivalent',
      sentence: `No gap larger than the margin of ${number(margin)}: it is ${found}.`,
    };
  return {
    code: 'inconclusive',
    sentence:
      `Cannot tell: the gap is ${found}. Two such groups can show gaps from ` +
      `${number(detectableNoncentrality(df) * se)} up (two-sided .05, power .80).`,
  };
}

/** Predictions from elsewhere often are of held-out patients only, as in the validation folders of nnU-Net. */
function heldOutOnly(heldOut: readonly number[], source: PredictionSource): Verdict {
  const scored =
    heldOut.length === 0
      ? ''
      : ` Held-out patients: mean Dice ${number(meanOf(heldOut))}, n = ${heldOut.length}.`;
  return {
    code: 'too-few',
    sentence:
      source === 'met nobody'
        ? `Cannot tell: the model has met none of these patients, so there is nothing to compare held-out ones with.${scored}`
        : `Cannot tell: there are no predictions of patients that the model trained on, so held-out ones cannot be compared with ` +
          `them.${scored} Let the same model predict its training patients, and import those predictions too.`,
  };
}

function leakVerdict(leak: string, n: number, gap: GapEstimate, margin: number): Verdict {
  return verdictOf({
    n,
    gap,
    margin,
    leak,
    equivalent: false,
    signFlipP: null,
    wilcoxonP: null,
    smallestDetectableGap: null,
    patientsNeeded: null,
  });
}

/** Smallest p value that a permutation of the two groups can give (two-sided when they are equally large). */
function smallestP(a: number, b: number): number {
  let ways = 1;
  for (let index = 1; index <= Math.min(a, b); index++) ways *= (Math.max(a, b) + index) / index;
  return (a === b ? 2 : 1) / ways;
}

/** Degrees of freedom of Welch and Satterthwaite. */
function welchDegrees(seen: readonly number[], heldOut: readonly number[]): number {
  const parts = [seen, heldOut].map((group) => ({
    variance: standardDeviation(group) ** 2 / group.length,
    df: group.length - 1,
  }));
  const total = parts.reduce((sum, part) => sum + part.variance, 0);
  if (total === 0) return seen.length + heldOut.length - 2;
  return total ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.df, 0);
}

/** Two one-sided Welch t tests at .05. */
function equivalent(mean: number, se: number, df: number, margin: number): boolean {
  if (se === 0) return Math.abs(mean) < margin;
  return 1 - studentCdf((mean + margin) / se, df) < 0.05 && studentCdf((mean - margin) / se, df) < 0.05;
}

function number(value: number): string {
  return (Object.is(value, -0) ? 0 : value).toFixed(3);
}
