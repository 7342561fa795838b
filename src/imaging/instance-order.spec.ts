import { describe, expect, it } from 'vitest';
import { repetitionsByInstance } from './instance-order';
import { sliceAt } from './testing/slice';

const places = (...numbers: (number | null)[][]) =>
  numbers.map((row, k) => ({
    distance: k,
    slices: row.map((instanceNumber) => sliceAt(k, { instanceNumber })),
  }));

describe('the repetition of an image, by instance numbers', () => {
  it('is found in series written volume by volume, in any order of slices', () => {
    expect(repetitionsByInstance(places([1, 4, 7], [3, 6, 9], [2, 5, 8]))).toEqual([
      [0, 1, 2],
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });

  it('is found in series written place by place', () => {
    expect(repetitionsByInstance(places([4, 5, 6], [1, 3, 2]))).toEqual([
      [0, 1, 2],
      [0, 2, 1],
    ]);
  });

  it('does not shift when files are lost, the first one included', () => {
    expect(repetitionsByInstance(places([1, 7, 10], [2, 5, 8, 11], [3, 6, 9, 12]))).toEqual([
      [0, 2, 3],
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
    expect(repetitionsByInstance(places([4, 7], [2, 5, 8], [3, 6, 9]))).toEqual([
      [1, 2],
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });

  it('counts from the first number of the series, whichever that is', () => {
    expect(repetitionsByInstance(places([101, 103, 105], [102, 104, 106]))).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });

  it.each<[string, (number | null)[][]]>([
    [
      'are all 1',
      [
        [1, 1],
        [1, 1],
      ],
    ],
    ['are missing', [[null, null]]],
    [
      'follow no pattern',
      [
        [1, 4, 5],
        [2, 3, 6],
      ],
    ],
    [
      'leave the pattern once',
      [
        [1, 3, 5],
        [2, 4, 60],
      ],
    ],
  ])('is not guessed when the numbers %s', (_, numbers) => {
    expect(repetitionsByInstance(places(...numbers))).toBeNull();
  });
});
