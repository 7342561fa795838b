import type { PairedEstimate } from '#src/contracts/documents/experiment';
import type { GapEstimate, StatisticsDocument, Verdict } from '#src/contracts/documents/statistics';
import { detectableNoncentrality } from '#src/statistics/distributions';
import { meanWithInterval, statisticsOfDifferences } from '#src/statistics/paired-statistics';
import { welchGap } from '#src/statistics/welch';
import { groupVerdict } from './group-verdict';
import { definedValues, type PatientValues } from './score-table';

/** Between-patient spread of differences in Dice that a forecast assumes when nothing has been measured yet. */
export const ASSUMED_SPREAD = 0.05;

interface EstimateOptions {
  readonly margin: number;
  readonly seed: number;
  /** Whether every training that it rests on is scored; a verdict is given only then. */
  readonly complete: boolean;
  /** What leaks, in a sentence, when one person is known to stand on two sides. */
  readonly leak?: string | undefined;
}

/**
 * The smallest gap that n patients can show (two-sided .05, power .80) when their differences spread by `spread`; null
 * under two patients.
 */
export function foreseenGap(n: number, spread = ASSUMED_SPREAD): number | null {
  return n < 2 ? null : (detectableNoncentrality(n - 1) * spread) / Math.sqrt(n);
}

/**
 * Inflation of an arm: its claim of each patient minus the patient arm's claim on the same slices, paired by patient.
 *
 * @param arm, patientArm claimed values by patient
 */
export function inflationOf(
  arm: PatientValues,
  patientArm: PatientValues,
  options: EstimateOptions,
): PairedEstimate {
  return estimateOf(differences(arm, patientArm), options, ({ verdict }) => verdict.sentence);
}

/**
 * Harm of the patient split: the score of an arm's models on the locked patients minus that of the patient arm's models,
 * paired by locked patient. Positive: keeping patients together costs accuracy on new patients.
 */
export function harmOf(
  arm: PatientValues,
  patientArm: PatientValues,
  options: EstimateOptions,
): PairedEstimate {
  return estimateOf(differences(arm, patientArm), options, harmSentence);
}

/**
 * Honesty of an arm: its claimed mean minus its mean on the locked set. Two groups of patients: Welch's interval, and the
 * verdict rules of two groups with words of their own. Expected 0 for the patient arm. Null verdict until complete.
 */
export function honestyOf(
  claimed: PatientValues,
  locked: PatientValues,
  { margin, complete, leak }: EstimateOptions,
): { n: [number, number]; gap: GapEstimate | null; verdict: Verdict | null } {
  const [claims, truths] = [definedValues(claimed), definedValues(locked)];
  const n: [number, number] = [claims.length, truths.length];
  if (claims.length === 0 || truths.length === 0) return { n, gap: null, verdict: null };
  const gap = welchGap(claims, truths);
  if (!complete) return { n, gap, verdict: null };
  const { code, sentence } = groupVerdict(claims, truths, leak ?? null, margin);
  if (code === 'leak') return { n, gap, verdict: { code, sentence } };
  return { n, gap, verdict: { code, sentence: honestySentence(code, gap, n, margin) } };
}

/** Mean difference of pairs with its tests; without pairs only a sentence. */
export function estimateOf(
  paired: readonly number[],
  { margin, seed, complete, leak }: EstimateOptions,
  sentenceOf: (statistics: StatisticsDocument) => string,
): PairedEstimate {
  const n = paired.length;
  if (n === 0)
    return {
      complete,
      ...{ n, gap: null, statistics: null },
      sentence: complete ? 'No patient has both values.' : 'Nothing yet.',
    };
  const gap = meanWithInterval(paired, seed);
  if (!complete)
    return {
      complete,
      n,
      gap,
      statistics: null,
      sentence: `So far ${found(gap, n)}; the verdict comes last.`,
    };
  const statistics = statisticsOfDifferences(paired, {
    ...{ margin, seed },
    ...(leak === undefined ? {} : { leak }),
  });
  const sentence = leak === undefined ? sentenceOf(statistics) : statistics.verdict.sentence;
  return { complete, n, gap: statistics.gap, statistics, sentence };
}

/** First minus second value of each patient that has both. */
export function differences(first: PatientValues, second: PatientValues): number[] {
  return pairs(first, second).map((pair) => pair.first - pair.second);
}

/** The patients that have both values. */
export function pairs(
  first: PatientValues,
  second: PatientValues,
): { patient: string; first: number; second: number }[] {
  return [...first].flatMap(([patient, value]) => {
    const other = second.get(patient) ?? null;
    return value === null || other === null ? [] : [{ patient, first: value, second: other }];
  });
}

function harmSentence({ verdict, gap, n, equivalence, smallestDetectableGap }: StatisticsDocument): string {
  const said = found(gap, n);
  switch (verdict.code) {
    case 'inflated':
    case 'inflated-small':
      return `On the locked set the patient arm's models score lower by ${said}: that is what keeping patients together costs here.`;
    case 'reversed':
      return `On the locked set the patient arm's models score higher (difference ${said}): keeping patients together costs nothing here.`;
    case 'equivalent':
      return `On the locked set the two do not differ by more than the margin of ${decimal(equivalence?.margin ?? 0)}: ${said}.`;
    case 'too-few':
      return verdict.sentence;
    default:
      return (
        `Cannot tell what keeping patients together costs: ${said}.` +
        (smallestDetectableGap === null
          ? ''
          : ` ${n} locked patients can show differences from ${decimal(smallestDetectableGap)} up (two-sided .05, power .80).`)
      );
  }
}

function honestySentence(
  code: Verdict['code'],
  gap: GapEstimate,
  [claims, truths]: readonly [number, number],
  margin: number,
): string {
  const by = `${decimal(gap.mean ?? 0)}${interval(gap)}, n = ${claims} claimed and ${truths} locked patients`;
  switch (code) {
    case 'too-few':
      return `Cannot tell: ${claims} and ${truths} patients are too few to compare the claim with the locked set (difference ${by}).`;
    case 'inflated':
    case 'inflated-small':
      return `The claim is higher than the truth on the locked set by ${by}. Part of it may be difficulty: these are different patients.`;
    case 'reversed':
      return `The claim is lower than the truth on the locked set (difference ${by}): the locked patients may be easier.`;
    case 'equivalent':
      return `The claim agrees with the locked set within ${decimal(margin)}: difference ${by}.`;
    default:
      return `Cannot tell whether the claim agrees with the locked set: difference ${by}.`;
  }
}

function found(gap: GapEstimate, n: number): string {
  return `${decimal(gap.mean ?? 0)}${interval(gap)}, n = ${n} ${n === 1 ? 'patient' : 'patients'}`;
}

function interval({ ci95 }: GapEstimate): string {
  return ci95 === null ? '' : ` (95 % interval ${decimal(ci95[0])} to ${decimal(ci95[1])})`;
}

function decimal(value: number): string {
  return (Object.is(value, -0) ? 0 : value).toFixed(3);
}
