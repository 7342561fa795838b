import { HeldoutError } from '#src/contracts/failure';
import { integerBelow, permutation, randomStream, type Random } from '#src/models/random';
import { compareText } from '#src/splits/units';
import type { Candidate, HiddenCase, Question, ReadingSide } from './reading';

/** What a session is dealt from. */
export interface SessionPlan {
  readonly candidates: readonly Candidate[];
  readonly questions: readonly Question[];
  /** First showings for each question, at most. */
  readonly count: number;
  /** Share of the first showings that come a second time, 0 to 0.5. */
  readonly repeatShare: number;
  /** Seeds of the shuffle: the one that people see and a secret one, so that the first does not give the order away. */
  readonly seed: number;
  readonly salt: number;
}

/** A case without its place. */
type Deal = Omit<HiddenCase, 'number' | 'repeats'>;

/** A repeat comes at least so many cases after its first showing, where there are twice as many. */
const FAR = 10;

/**
 * Deals a session: who is shown in which order, from which run, on which side of the screen.
 *
 * `acceptable`: every patient stands on one side only and gives one case before any gives a second one (of another
 * scan); as many seen as held-out cases, to one. `better`: two predictions of a scan, by a model that had seen the
 * patient and by one that had not, or by the two runs where there are no others; the first of them is on the left as
 * often as on the right, to one. The questions follow each other in blocks. The same plan gives the same session, in
 * whatever order the candidates come.
 *
 * @returns cases numbered from 1; fewer than asked for where there are not enough patients
 * @throws HeldoutError `usage` when a question has nothing to show
 */
export function dealSession(plan: SessionPlan): HiddenCase[] {
  const candidates = [...plan.candidates].sort(
    (a, b) => compareText(a.scan, b.scan) || compareText(a.run, b.run),
  );
  const cases: HiddenCase[] = [];
  for (const question of plan.questions) {
    const random = randomStream(plan.seed, plan.salt, question === 'acceptable' ? 1 : 2);
    const deals =
      question === 'acceptable'
        ? dealSingles(random, candidates, plan.count)
        : dealPairs(random, candidates, plan.count);
    if (deals.length === 0) throw new HeldoutError('usage', NOTHING[question]);
    const order = withRepeats(random, deals, plan.repeatShare);
    const offset = cases.length;
    const turned = question === 'better' ? halfOf(random, order.length) : null;
    cases.push(
      ...order.map(({ deal, first }, at) => ({
        ...deal,
        number: offset + at + 1,
        shown: turned?.[at] === true ? deal.shown.toReversed() : deal.shown,
        repeats: first === null ? null : offset + first + 1,
      })),
    );
  }
  return cases;
}

const NOTHING: Readonly<Record<Question, string>> = {
  acceptable:
    'There are no held-out and seen patients to read: choose a run that held patients out and has seen others that have a mask.',
  better:
    'There are no two predictions of a scan to compare: choose two runs of which one has trained on patients that the other held out.',
};

function dealSingles(random: Random, candidates: readonly Candidate[], count: number): Deal[] {
  const byPatient = shuffled(
    random,
    groups(candidates, ({ patient }) => patient),
  );
  const standing = (side: ReadingSide, own: readonly Candidate[]) => own.some((each) => each.side === side);
  const rows: Record<ReadingSide, Candidate[][]> = { seen: [], heldOut: [] };
  // Those who can only stand on one side first; the others then fill the smaller one.
  const isFree = (own: readonly Candidate[]) => standing('seen', own) && standing('heldOut', own);
  for (const own of byPatient.toSorted((a, b) => Number(isFree(a)) - Number(isFree(b)))) {
    const side: ReadingSide = isFree(own)
      ? rows.seen.length < rows.heldOut.length
        ? 'seen'
        : 'heldOut'
      : standing('seen', own)
        ? 'seen'
        : 'heldOut';
    // One run for each scan: the same picture twice would not be a new case.
    const scans = groups(
      own.filter((each) => each.side === side),
      ({ scan }) => scan,
    );
    rows[side].push(shuffled(random, scans).map((runs) => oneOf(random, runs)));
  }
  const [seen, heldOut] = [roundRobin(rows.seen), roundRobin(rows.heldOut)];
  const half = Math.min(Math.floor(count / 2), seen.length, heldOut.length);
  const odd = count > 2 * half && half > 0 ? 1 : 0;
  // An odd one out goes to the side that has more to show; a coin when both have.
  const seenToo = seen.length > half && (heldOut.length <= half || random() < 0.5);
  return [
    ...seen.slice(0, half + (odd === 1 && seenToo ? 1 : 0)),
    ...heldOut.slice(0, half + (odd === 1 && !seenToo ? 1 : 0)),
  ].map(({ patient, scan, run, side }) => ({
    question: 'acceptable',
    patient,
    scan,
    shown: [{ run, side }],
  }));
}

function dealPairs(random: Random, candidates: readonly Candidate[], count: number): Deal[] {
  const runs = new Set(candidates.map(({ run }) => run));
  const scans = shuffled(
    random,
    groups(candidates, ({ patient }) => patient),
  ).map((own) =>
    shuffled(
      random,
      groups(own, ({ scan }) => scan),
    ),
  );
  const rowsOf = (pairOf: (scan: readonly Candidate[]) => readonly Candidate[]) =>
    scans.map((own) =>
      own.flatMap((each): Deal[] => {
        const pair = pairOf(each);
        const [first] = pair;
        if (first === undefined || pair.length !== 2) return [];
        const { patient, scan } = first;
        return [{ question: 'better', patient, scan, shown: pair.map(({ run, side }) => ({ run, side })) }];
      }),
    );
  const crossed = rowsOf((each) => {
    const seen = each.filter(({ side }) => side === 'seen');
    const heldOut = each.filter(({ side }) => side === 'heldOut');
    return seen.length > 0 && heldOut.length > 0 ? [oneOf(random, seen), oneOf(random, heldOut)] : [];
  });
  // Of more than two runs, which one is better is a question of its own for each two of them.
  const rows = crossed.some((row) => row.length > 0) || runs.size !== 2 ? crossed : rowsOf((each) => each);
  return roundRobin(rows).slice(0, count);
}

/** First showings in random order, some of them again, far behind; `first`: index of the first showing. */
function withRepeats(
  random: Random,
  deals: readonly Deal[],
  share: number,
): { readonly deal: Deal; readonly first: number | null }[] {
  const order = shuffled(random, deals);
  const far = Math.min(FAR, Math.floor(order.length / 2));
  const wanted = Math.min(Math.round(share * order.length), Math.floor(order.length / 2));
  // What is shown too late cannot come again at that distance.
  const early = shuffled(random, order.slice(0, order.length - far + (far > 0 ? 1 : 0)));
  const bySide = groups(early, ({ shown }) => (shown.length === 1 ? (shown[0]?.side ?? '') : ''));
  const sequence = order.map((deal) => ({ deal, isRepeat: false }));
  for (const deal of roundRobin(bySide).slice(0, wanted)) {
    const place = sequence.findIndex((entry) => entry.deal === deal && !entry.isRepeat);
    const from = place + Math.max(1, far);
    // What is put between others only moves them further apart, so earlier repeats keep their distance.
    sequence.splice(from + integerBelow(random, sequence.length - from + 1), 0, { deal, isRepeat: true });
  }
  return sequence.map(({ deal, isRepeat }) => ({
    deal,
    first: isRepeat ? sequence.findIndex((entry) => entry.deal === deal) : null,
  }));
}

/** The first of every row, then the second of every row, and so on. */
function roundRobin<T>(rows: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: longest }, (_, round) =>
    rows.flatMap((row) => row.slice(round, round + 1)),
  ).flat();
}

/** true for half of `count` places (a coin decides about an odd one), at random. */
function halfOf(random: Random, count: number): boolean[] {
  const coin = integerBelow(random, 2);
  return Array.from(permutation(random, count), (place) => (place + coin) % 2 === 0);
}

function groups<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    found.set(key, [...(found.get(key) ?? []), item]);
  }
  return [...found.values()];
}

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  return Array.from(permutation(random, items.length)).flatMap((at) => items.slice(at, at + 1));
}

function oneOf<T>(random: Random, items: readonly [T, ...T[]] | readonly T[]): T {
  const item = items[integerBelow(random, items.length)];
  if (item === undefined) throw new HeldoutError('internal', 'Nothing to choose from.');
  return item;
}
