import { describe, expect, it } from 'vitest';
import type { SessionState } from './session';
import { answersThatCount, hasCome, nextCase, stateAfter, type SessionAction } from './session-state';

describe('the way through a session', () => {
  it.each<[SessionState, SessionAction, SessionState | RegExp]>([
    ['reading', 'read', 'reading'],
    ['reading', 'pause', 'paused'],
    ['reading', 'resume', 'reading'],
    ['reading', 'finish', 'finished'],
    ['paused', 'read', /is paused: resume it/u],
    ['paused', 'pause', 'paused'],
    ['paused', 'resume', 'reading'],
    ['paused', 'finish', 'finished'],
    ['finished', 'read', /is finished and unblinded/u],
    ['finished', 'pause', /is finished and unblinded/u],
    ['finished', 'resume', /is finished and unblinded/u],
    ['finished', 'finish', 'finished'],
  ])('%s, then %s: %s', (state, action, expected) => {
    if (typeof expected === 'string') expect(stateAfter(1, state, action)).toBe(expected);
    else expect(() => stateAfter(1, state, action)).toThrow(expected);
  });

  it.each([
    [3, [], 1],
    [3, [1], 2],
    [3, [2, 3], 1],
    [3, [1, 2, 3], null],
    [0, [], null],
  ])('of %i cases with answers to %j the next is %s', (count, answered, expected) => {
    expect(nextCase(count, new Set(answered))).toBe(expected);
  });

  it.each([
    [[], 0, [1]],
    [[], 1, [1, 2]],
    [[1, 2], 0, [1, 2, 3]],
    [[1, 2], 1, [1, 2, 3, 4]],
    [[1, 2, 3, 4], 1, [1, 2, 3, 4]],
    // An answer given out of turn opens nothing.
    [[3], 0, [1]],
  ])('of four cases with answers to %j, and %i ahead, %j have come', (answered, ahead, expected) => {
    const numbers = [-1, 0, 1, 2, 3, 4, 5, 1.5 + 10];
    expect(numbers.filter((number) => hasCome(number, 4, new Set(answered), ahead))).toEqual(expected);
  });

  it('the last answer to a case counts', () => {
    const given = (number: number, answer: 'agree' | 'wrong') => ({
      number,
      answer,
      at: '',
      seconds: 1,
      note: '',
    });
    const counting = answersThatCount([given(1, 'wrong'), given(2, 'wrong'), given(1, 'agree')]);
    expect([...counting].map(([number, { answer }]) => [number, answer])).toEqual([
      [1, 'agree'],
      [2, 'wrong'],
    ]);
  });
});
