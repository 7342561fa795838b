import { describe, expect, it } from 'vitest';
import { voteOf } from './vote';

const of = (...labels: number[]) => Uint8Array.from(labels);

describe('the vote of several models', () => {
  it('goes to the majority, and says how many see it otherwise', () => {
    const { labels, disagreement } = voteOf([of(0, 1, 2, 1), of(0, 1, 1, 2), of(0, 2, 1, 3)]);
    expect([...labels]).toEqual([0, 1, 1, 1]);
    expect([...disagreement].map((share) => share.toFixed(3))).toEqual(['0.000', '0.333', '0.333', '0.667']);
  });

  it('goes to the earlier model where as many stand against each other', () => {
    expect([...voteOf([of(2, 0), of(1, 3)]).labels]).toEqual([2, 0]);
    expect([...voteOf([of(5), of(1), of(1), of(5)]).labels]).toEqual([5]);
    expect([...voteOf([of(3), of(1), of(2), of(2), of(1)]).labels]).toEqual([1]);
  });

  it('of one model is what it says', () => {
    const alone = of(0, 4, 2);
    const { labels, disagreement } = voteOf([alone]);
    expect([...labels]).toEqual([0, 4, 2]);
    expect([...disagreement]).toEqual([0, 0, 0]);
    expect(labels).not.toBe(alone);
  });

  it('refuses what does not fit together', () => {
    expect(() => voteOf([])).toThrow(RangeError);
    expect(() => voteOf([of(1), of(1, 2)])).toThrow(RangeError);
  });
});
