import { cohenKappa, type Kappa } from '#src/statistics/kappa';
import {
  proportion,
  proportionDifference,
  signTest,
  type Proportion,
  type ProportionDifference,
} from '#src/statistics/proportions';
import {
  type GivenAnswer,
  type HiddenCase,
  type Mark,
  type Question,
  type ReadingAnswer,
  type ReadingSide,
} from './reading';

/** Patients of one side whose predictions were accepted, of those that were read; `marks` counts cases. */
export interface Acceptance extends Proportion {
  readonly marks: Readonly<Record<Mark, number>>;
}

/** How often the first of two kinds of predictions was called the better one; k and n are patients, ties left out. */
export interface PreferenceResult extends Proportion {
  readonly first: string;
  readonly second: string;
  /** Patients with as many answers for one as for the other, or none for either. */
  readonly ties: number;
  /** Exact binomial test against one half. */
  readonly pTwoSided: number;
}

/** Agreement of a reader's two answers to the same case; n counts repeated cases. */
export interface Consistency extends Kappa {
  readonly question: Question;
  /** Patients whom the repeated cases belong to. */
  readonly patients: number;
}

/** What a reading came to once it is unblinded. Repeats count for the consistency only. */
export interface ReadingResults {
  readonly cases: number;
  readonly answered: number;
  /** Null when the question was not asked. */
  readonly acceptance: {
    readonly seen: Acceptance;
    readonly heldOut: Acceptance;
    /** Seen minus held-out; null when nobody was read on one side. */
    readonly difference: ProportionDifference | null;
  } | null;
  readonly preferences: readonly PreferenceResult[];
  readonly consistency: readonly Consistency[];
  /** Said when patients were read more than once, and how they were counted; null otherwise. */
  readonly several: string | null;
}

interface ReadCase extends HiddenCase {
  readonly answer: ReadingAnswer;
}

/**
 * Acceptance on both sides, preference, and how far the reader's own answers agree. The unit is the patient: one with
 * several first showings is accepted when more than half of them are, and prefers what more of them prefer. Cases
 * without an answer are left out.
 *
 * @param answers at most one for each case
 */
export function readingResults(
  cases: readonly HiddenCase[],
  answers: readonly GivenAnswer[],
): ReadingResults {
  const answerOf = new Map(answers.map(({ number, answer }) => [number, answer]));
  const read = cases.flatMap((each): ReadCase[] => {
    const answer = answerOf.get(each.number);
    return answer === undefined ? [] : [{ ...each, answer }];
  });
  const first = read.filter(({ repeats }) => repeats === null);
  const singles = first.filter(({ question }) => question === 'acceptable');
  const pairs = first.filter(({ question }) => question === 'better');
  const asked = (question: Question) => cases.some((each) => each.question === question);
  return {
    cases: cases.length,
    answered: read.length,
    acceptance: asked('acceptable') ? acceptanceOf(singles) : null,
    preferences: asked('better') ? preferencesOf(pairs, cases) : [],
    consistency: (['acceptable', 'better'] as const).flatMap((question) =>
      cases.some((each) => each.question === question && each.repeats !== null)
        ? [consistencyOf(question, read)]
        : [],
    ),
    several: severalOf(singles, pairs),
  };
}

function acceptanceOf(singles: readonly ReadCase[]): ReadingResults['acceptance'] {
  const of = (side: ReadingSide): Acceptance => {
    const own = singles.filter(({ shown }) => shown[0]?.side === side);
    const patients = [...byPatient(own).values()];
    const accepted = patients.filter(
      (answers) => 2 * answers.filter(({ answer }) => answer !== 'wrong').length > answers.length,
    );
    const count = (mark: Mark) => own.filter(({ answer }) => answer === mark).length;
    return {
      ...proportion(accepted.length, patients.length),
      marks: { agree: count('agree'), acceptable: count('acceptable'), wrong: count('wrong') },
    };
  };
  const [seen, heldOut] = [of('seen'), of('heldOut')];
  return { seen, heldOut, difference: proportionDifference(seen, heldOut) };
}

function preferencesOf(pairs: readonly ReadCase[], cases: readonly HiddenCase[]): PreferenceResult[] {
  const results: PreferenceResult[] = [];
  const crossed = pairs.filter(({ shown }) => shown[0]?.side !== shown[1]?.side);
  if (crossed.length > 0)
    results.push(preferenceOf('seen', 'held-out', crossed, ({ side }) => (side === 'seen' ? 1 : -1)));
  const runs = [
    ...new Set(
      cases.flatMap(({ question, shown }) => (question === 'better' ? shown.map(({ run }) => run) : [])),
    ),
  ].sort();
  const [one, other] = runs;
  if (one !== undefined && other !== undefined && runs.length === 2)
    results.push(preferenceOf(one, other, pairs, ({ run }) => (run === one ? 1 : -1)));
  return results;
}

function preferenceOf(
  first: string,
  second: string,
  pairs: readonly ReadCase[],
  signOf: (shown: HiddenCase['shown'][number]) => number,
): PreferenceResult {
  const balances = [...byPatient(pairs).values()].map((own) =>
    own.reduce((sum, { shown, answer }) => {
      const chosen = answer === 'left' ? shown[0] : answer === 'right' ? shown[1] : undefined;
      return sum + (chosen === undefined ? 0 : signOf(chosen));
    }, 0),
  );
  const [wins, losses] = [balances.filter((sum) => sum > 0), balances.filter((sum) => sum < 0)];
  const n = wins.length + losses.length;
  return {
    first,
    second,
    ...proportion(wins.length, n),
    ties: balances.length - n,
    pTwoSided: signTest(wins.length, n),
  };
}

function consistencyOf(question: Question, read: readonly ReadCase[]): Consistency {
  const byNumber = new Map(read.map((each) => [each.number, each]));
  const patients = new Set<string>();
  const pairs = read.flatMap((again): (readonly [string, string])[] => {
    const first = again.repeats === null ? undefined : byNumber.get(again.repeats);
    if (first === undefined || again.question !== question) return [];
    patients.add(again.patient);
    return [[meantBy(first), meantBy(again)]];
  });
  return { question, patients: patients.size, ...cohenKappa(pairs) };
}

/** What was said, whatever stood on the left: two showings of a pair may be turned. */
function meantBy({ answer, shown }: ReadCase): string {
  return answer === 'left' || answer === 'right' ? (shown[answer === 'left' ? 0 : 1]?.run ?? '') : answer;
}

function severalOf(singles: readonly ReadCase[], pairs: readonly ReadCase[]): string | null {
  const most = Math.max(
    0,
    ...[...byPatient(singles).values(), ...byPatient(pairs).values()].map((own) => own.length),
  );
  if (most < 2) return null;
  const patients = new Set([...singles, ...pairs].map(({ patient }) => patient)).size;
  return (
    `${singles.length + pairs.length} cases of ${patients} patients were read, up to ${most} of one patient for a question. ` +
    'A patient counts once: accepted when more than half of its cases are, preferring what more of its cases prefer.'
  );
}

function byPatient(cases: readonly ReadCase[]): Map<string, ReadCase[]> {
  const found = new Map<string, ReadCase[]>();
  for (const each of cases) found.set(each.patient, [...(found.get(each.patient) ?? []), each]);
  return found;
}
