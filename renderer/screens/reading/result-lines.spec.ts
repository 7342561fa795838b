import { describe, expect, it } from 'vitest';
import { readingResults } from '#src/readers/reading-results';
import type { HiddenCase, ReadingAnswer } from '#src/readers/reading';
import { differenceLine, shareLines } from './result-lines';

const single = (number: number, side: 'seen' | 'heldOut'): HiddenCase => ({
  ...{ number, question: 'acceptable', patient: `P${number}`, scan: `P${number}.1`, repeats: null },
  shown: [{ run: 'one', side }],
});
const results = (answers: readonly ReadingAnswer[]) =>
  readingResults(
    [single(1, 'seen'), single(2, 'seen'), single(3, 'heldOut'), single(4, 'heldOut')],
    answers.map((answer, at) => ({ number: at + 1, answer })),
  );

describe('what a reading came to, in words', () => {
  it('has an n and an interval with every share', () => {
    const lines = shareLines(results(['agree', 'acceptable', 'agree', 'wrong']));
    expect(lines.map(({ name, text }) => [name, text])).toEqual([
      ['accepted, held-out', '1 of 2: 50 % (1 to 99)'],
      ['accepted, seen', '2 of 2: 100 % (16 to 100)'],
    ]);
    expect(differenceLine(results(['agree', 'agree', 'wrong', 'wrong']))).toMatchObject({
      ...{ rate: 1, text: '+100 % (+7 to +100)' },
    });
    expect(differenceLine(results(['wrong', 'wrong', 'agree', 'agree']))?.text).toBe('−100 % (−100 to −7)');
  });

  it('says when there is nothing to tell', () => {
    expect(shareLines(results(['agree']))[0]?.text).toBe('n = 0');
    expect(differenceLine(results(['agree']))).toMatchObject({ rate: null, text: 'nobody read on one side' });
    expect(differenceLine(readingResults([], []))).toBeNull();
  });
});
