import { describe, expect, it } from 'vitest';
import { answersTo, type HiddenCase, type ReadingAnswer } from './reading';
import { readingResults } from './reading-results';

/** A case as text: `P1 seen agree`, `P1 seen|heldOut left`, with `again 3` for a repeat; `-` for no answer. */
function readingOf(lines: readonly string[]) {
  const cases: HiddenCase[] = [];
  const answers: { number: number; answer: ReadingAnswer }[] = [];
  for (const [at, line] of lines.entries()) {
    const [patient = '', sides = '', answer = '-', , repeats] = line.split(' ');
    const shown = sides.split('|').map((each) => {
      const [side, run = side] = each.split('@');
      return { side: side === 'seen' ? ('seen' as const) : ('heldOut' as const), run: run ?? '' };
    });
    cases.push({
      ...{ number: at + 1, patient, scan: `${patient}.${at}`, shown },
      question: shown.length === 1 ? 'acceptable' : 'better',
      repeats: repeats === undefined ? null : Number(repeats),
    });
    if (answer !== '-') answers.push({ number: at + 1, answer: answer as ReadingAnswer });
  }
  return readingResults(cases, answers);
}

describe('what a reading came to', () => {
  it.each([
    ['nobody read', ['A seen -', 'B heldOut -'], [0, 0], [0, 0]],
    ['one each', ['A seen agree', 'B heldOut wrong'], [1, 1], [0, 1]],
    ['acceptable counts', ['A seen acceptable', 'B seen wrong', 'C heldOut acceptable'], [1, 2], [1, 1]],
    [
      'half of a patient is not accepted',
      ['A seen agree', 'A seen wrong', 'B heldOut agree'],
      [0, 1],
      [1, 1],
    ],
    [
      'two of three are',
      ['A seen agree', 'A seen wrong', 'A seen acceptable', 'B heldOut -'],
      [1, 1],
      [0, 0],
    ],
    ['repeats do not count', ['A seen wrong', 'B heldOut agree', 'A seen agree again 1'], [0, 1], [1, 1]],
  ])('accepted patients: %s', (_, lines, seen, heldOut) => {
    const { acceptance } = readingOf(lines);
    expect([acceptance?.seen.k, acceptance?.seen.n]).toEqual(seen);
    expect([acceptance?.heldOut.k, acceptance?.heldOut.n]).toEqual(heldOut);
    expect(acceptance?.difference === null).toBe(seen[1] === 0 || heldOut[1] === 0);
  });

  it('marks are counted in cases, shares in patients, with interval and difference', () => {
    const { acceptance, answered, cases } = readingOf([
      ...['A seen agree', 'B seen acceptable', 'C seen wrong', 'D seen agree', 'E seen agree'],
      ...['F heldOut wrong', 'G heldOut wrong', 'H heldOut agree', 'I heldOut wrong', 'J heldOut -'],
    ]);
    expect([cases, answered]).toEqual([10, 9]);
    expect(acceptance?.seen.marks).toEqual({ agree: 3, acceptable: 1, wrong: 1 });
    // scipy: binomtest(4, 5).proportion_ci(method="exact")
    expect(acceptance?.seen.ci95?.map((bound) => bound.toFixed(4))).toEqual(['0.2836', '0.9949']);
    // statsmodels: confint_proportions_2indep(4, 5, 1, 4, compare="diff", method="newcomb")
    expect(acceptance?.difference?.value).toBeCloseTo(0.55, 12);
    expect(acceptance?.difference?.ci95.map((bound) => bound.toFixed(4))).toEqual(['-0.0681', '0.8119']);
  });

  it.each([
    [
      'seen on either side',
      ['A seen|heldOut left', 'B heldOut|seen right', 'C heldOut|seen left'],
      [2, 3, 0],
      1,
    ],
    ['no difference is a tie', ['A seen|heldOut same', 'B seen|heldOut left'], [1, 1, 1], 1],
    [
      'a patient counts once',
      ['A seen|heldOut left', 'A seen|heldOut left', 'A seen|heldOut right'],
      [1, 1, 0],
      1,
    ],
    ['a patient may be undecided', ['A seen|heldOut left', 'A seen|heldOut right'], [0, 0, 1], 1],
    ['six of six', [...'ABCDEF'].map((name) => `${name} heldOut|seen right`), [6, 6, 0], 2 / 64],
  ])('preference: %s', (_, lines, counts, p) => {
    const [seen] = readingOf(lines).preferences;
    expect(seen).toMatchObject({ first: 'seen', second: 'held-out' });
    expect([seen?.k, seen?.n, seen?.ties]).toEqual(counts);
    expect(seen?.pTwoSided).toBeCloseTo(p, 12);
  });

  it('two runs are compared by name as well, also where both held the patient out', () => {
    const { preferences } = readingOf([
      'A seen@one|heldOut@two left',
      'B heldOut@two|heldOut@one left',
      'C heldOut@one|heldOut@two right',
    ]);
    expect(preferences.map(({ first, second, k, n }) => [first, second, k, n])).toEqual([
      ['seen', 'held-out', 1, 1],
      ['one', 'two', 1, 3],
    ]);
  });

  it('agreement between two showings knows which prediction was meant, not which side', () => {
    const { consistency } = readingOf([
      'A seen@one|heldOut@two left',
      'B seen@one|heldOut@two right',
      'A heldOut@two|seen@one right again 1',
      'B heldOut@two|seen@one right again 2',
    ]);
    expect(consistency).toMatchObject([{ question: 'better', n: 2, patients: 2, agreement: 0.5, kappa: 0 }]);
  });

  it('a repeat counts only when both showings were answered', () => {
    const { consistency } = readingOf([
      'A seen agree',
      'B heldOut -',
      'A seen agree again 1',
      'B heldOut wrong again 2',
    ]);
    expect(consistency).toMatchObject([{ question: 'acceptable', n: 1, agreement: 1, kappa: null }]);
  });

  it('says when patients were read more than once', () => {
    expect(readingOf(['A seen agree', 'B heldOut agree', 'A seen agree again 1']).several).toBeNull();
    expect(readingOf(['A seen agree', 'A seen agree', 'B heldOut agree']).several).toContain(
      '3 cases of 2 patients were read, up to 2 of one patient',
    );
  });
});

it('every question has three keys', () => {
  expect(answersTo('acceptable')).toEqual(['agree', 'acceptable', 'wrong']);
  expect(answersTo('better')).toEqual(['left', 'right', 'same']);
});
