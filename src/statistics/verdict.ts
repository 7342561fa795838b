import type { GapEstimate, Verdict } from '#src/contracts/documents/statistics';

/** Fewest patients with which an exact test can reach .05 (two-sided: 2 / 2^6 = .03). */
const FEWEST_PATIENTS = 6;

/** What a verdict rests on. The interval decides; the tests stand beside it, and a disagreement is said. */
export interface VerdictInput {
  readonly n: number;
  readonly gap: GapEstimate;
  readonly equivalent: boolean;
  readonly margin: number;
  readonly signFlipP: number | null;
  readonly wilcoxonP: number | null;
  /** Gap that n patients can show (two-sided .05, power .80). */
  readonly smallestDetectableGap: number | null;
  /** How many patients would show a gap as large as the one found; null when the gap is zero. */
  readonly patientsNeeded: number | null;
  /** What leaks, when the claim rests on a split whose audit failed. */
  readonly leak?: string;
}

const number = (value: number) => (Object.is(value, -0) ? 0 : value).toFixed(3);

/**
 * The verdict: the first rule that applies, in the order of the codes `leak`, `too-few`, `inflated-small`, `inflated`,
 * `reversed`, `equivalent`, `inconclusive`. It never says that a model does not overfit.
 */
export function verdictOf(input: VerdictInput): Verdict {
  const { n, gap, margin } = input;
  if (input.leak !== undefined)
    return {
      code: 'leak',
      sentence: `${input.leak} The score means nothing yet: split by patient and train again.`,
    };
  if (n < FEWEST_PATIENTS || gap.mean === null || gap.ci95 === null) return tooFew(input);
  const [low, high] = gap.ci95;
  const found = `${number(gap.mean)} (95 % interval ${number(low)} to ${number(high)}, n = ${n} patients)`;
  const say = (code: Verdict['code'], sentence: string): Verdict => ({
    code,
    sentence: sentence + disagreement(input, low, high),
  });
  if (low > 0 && input.equivalent)
    return say(
      'inflated-small',
      `Knowing the patient helps by ${found}, less than the margin of ${number(margin)}.`,
    );
  if (low > 0) return say('inflated', `Knowing the patient inflates the score by ${found}.`);
  if (high < 0)
    return say('reversed', `Held-out scores are higher than seen ones: the gap is ${found}. Check the data.`);
  if (input.equivalent)
    return say(
      'equivalent',
      `No inflation larger than the margin of ${number(margin)}: the gap is ${found}.`,
    );
  return say('inconclusive', `Cannot tell: the gap is ${found}.${detectable(input)}`);
}

function tooFew({ n, gap }: VerdictInput): Verdict {
  const interval =
    gap.ci95 === null ? '' : ` (95 % interval ${number(gap.ci95[0])} to ${number(gap.ci95[1])})`;
  const found =
    gap.mean === null
      ? ''
      : ` The gap found is ${number(gap.mean)}${interval}, n = ${n} ${n === 1 ? 'patient' : 'patients'}.`;
  const smallest =
    n > 0
      ? ` With ${n} the smallest p value of an exact test is ${(2 / 2 ** n).toFixed(n > 4 ? 4 : 3)}, so .05 cannot be reached.`
      : '';
  return {
    code: 'too-few',
    sentence: `Cannot tell: ${n === 1 ? '1 patient is' : `${n} patients are`} too few; at least ${FEWEST_PATIENTS} are needed.${smallest}${found}`,
  };
}

function detectable({ n, smallestDetectableGap, patientsNeeded }: VerdictInput): string {
  if (smallestDetectableGap === null) return '';
  const needed =
    patientsNeeded === null
      ? ''
      : ` About ${patientsNeeded} patients would show a gap as large as the one found.`;
  return ` ${n} patients can show gaps from ${number(smallestDetectableGap)} up (two-sided .05, power .80).${needed}`;
}

function disagreement({ signFlipP, wilcoxonP }: VerdictInput, low: number, high: number): string {
  const excludesZero = low > 0 || high < 0;
  const others = [
    ['sign-flip test', signFlipP],
    ['Wilcoxon test', wilcoxonP],
  ] as const;
  const opposed = others.filter(([, p]) => p !== null && p < 0.05 !== excludesZero);
  if (opposed.length === 0) return '';
  const list = opposed.map(([name, p]) => `the ${name} (p = ${(p ?? 0).toFixed(3)})`).join(' and ');
  return ` ${list.charAt(0).toUpperCase()}${list.slice(1)} ${opposed.length === 1 ? 'disagrees' : 'disagree'}.`;
}
