import { describe, expect, it } from 'vitest';
import { estimateOf, foreseenGap, harmOf, honestyOf, inflationOf, pairs } from './experiment-estimates';
import type { PatientValues } from './score-table';

const values = (list: readonly (number | null)[]): PatientValues =>
  new Map(list.map((value, index) => [`P${index}`, value]));
const spread = [0.01, -0.01, 0.004, -0.006, 0.008, -0.002, 0.003, -0.007, 0.002, -0.001];
const around = (centre: number) => values(spread.map((value) => centre + value));
const options = { margin: 0.02, seed: 1, complete: true };

describe('the forecast', () => {
  it('is the gap that n patients can show', () => {
    // Power of a t test (scipy): 30 patients, sd .05.
    expect(foreseenGap(30)).toBeCloseTo(0.0265, 3);
    expect(foreseenGap(30, 0.1)).toBeCloseTo(2 * (foreseenGap(30) ?? NaN), 9);
    expect(foreseenGap(1)).toBeNull();
  });
});

describe('the three estimates', () => {
  it('inflation pairs by patient and leaves out those without both values', () => {
    const found = inflationOf(values([0.9, 0.8, null, 0.7]), values([0.8, 0.8, 0.5, null]), options);
    expect(found).toMatchObject({ n: 2, complete: true, statistics: { verdict: { code: 'too-few' } } });
    expect(found.gap?.mean).toBeCloseTo(0.05, 12);
    expect(pairs(values([1]), new Map())).toEqual([]);
  });

  it.each([
    [0.05, 'inflated', /score lower by 0\.050.*keeping patients together costs/u],
    [-0.05, 'reversed', /costs nothing here/u],
    [0, 'equivalent', /do not differ by more than the margin of 0\.020/u],
  ])('harm of %s is %s', (difference, code, sentence) => {
    const found = harmOf(
      values(spread.map((value) => 0.8 + difference + value / 2)),
      values(spread.map(() => 0.8)),
      options,
    );
    expect(found.statistics?.verdict.code).toBe(code);
    expect(found.sentence).toMatch(sentence);
  });

  it.each([
    [0.05, 'inflated', /claim is higher than the truth.*different patients/u],
    [-0.05, 'reversed', /claim is lower/u],
    [0, 'equivalent', /agrees with the locked set within 0\.020/u],
  ])('honesty off by %s is %s', (difference, code, sentence) => {
    const { verdict, n } = honestyOf(around(0.8 + difference), around(0.8), options);
    expect(n).toEqual([10, 10]);
    expect(verdict?.code).toBe(code);
    expect(verdict?.sentence).toMatch(sentence);
  });

  it('say that they cannot tell', () => {
    const wide = values(spread.map((value) => 0.8 + 10 * value));
    expect(harmOf(wide, around(0.78), options).sentence).toMatch(/^Cannot tell.*locked patients can show/u);
    expect(honestyOf(wide, around(0.78), options).verdict?.sentence).toMatch(/^Cannot tell whether/u);
    expect(honestyOf(values([0.8, 0.9]), values([0.8]), options).verdict?.sentence).toMatch(/too few/u);
    expect(harmOf(values([0.8, 0.9]), values([0.7, 0.9]), options).sentence).toMatch(/too few/u);
  });

  it('give no verdict before everything is trained', () => {
    expect(estimateOf([0.1, 0.2, 0.3], { ...options, complete: false }, () => 'never')).toMatchObject({
      statistics: null,
      sentence: expect.stringMatching(/^So far 0\.200 .*n = 3 patients/u) as string,
    });
    expect(estimateOf([], { ...options, complete: false }, () => 'never').sentence).toBe('Nothing yet.');
    expect(estimateOf([], options, () => 'never').sentence).toMatch(/No patient/u);
    expect(honestyOf(values([0.8]), values([]), options)).toEqual({ n: [1, 0], gap: null, verdict: null });
    expect(honestyOf(around(0.8), around(0.8), { ...options, complete: false }).verdict).toBeNull();
  });
});
