import { describe, expect, it } from 'vitest';
import { repetitionsByInstance } from './instance-order';
import { sliceAt } from './testing/slice';

const places = (...numbers: (number | null)[][]) =>
  numbers.map((row, k) => ({
    distance: k,
    slices: row.map((instanceNumber) => sliceAt(k, { instanceNumber })),
  }));

describe('the repetition of an image, by instance numbers', () => {
  it.each<[string, number[][], number[][]]>([
    [
      'volume by volume, in any order of slices',
      [
        [1, 4, 7],
        [3, 6, 9],
        [2, 5, 8],
      ],
      [
        [0, 1, 2],
        [0, 1, 2],
        [0, 1, 2],
      ],
    ],
    [
      'place by place',
      [
        [4, 5, 6],
        [1, 3, 2],
      ],
      [
        [0, 1, 2],
        [0, 2, 1],
      ],
    ],
    [
      'two times of each slice, then the next slice, then all of it again',
      [
        [1, 2, 7, 8],
        [3, 4, 9, 10],
        [5, 6, 11, 12],
      ],
      [
        [0, 1, 2, 3],
        [0, 1, 2, 3],
        [0, 1, 2, 3],
      ],
    ],
    [
      'with other images in between',
      [
        [12, 13, 17],
        [22, 23, 27],
      ],
      [
        [0, 1, 2],
        [0, 1, 2],
      ],
    ],
  ])('is found when they are numbered %s', (_, numbers, repetitions) => {
    expect(repetitionsByInstance(places(...numbers))).toEqual(repetitions);
  });

  it.each<[string, number[][], number[][]]>([
    [
      'in the middle',
      [
        [1, 4, 7],
        [2, 8],
        [3, 6, 9],
      ],
      [
        [0, 1, 2],
        [0, 2],
        [0, 1, 2],
      ],
    ],
    [
      'the first',
      [
        [4, 7],
        [2, 5, 8],
        [3, 6, 9],
      ],
      [
        [1, 2],
        [0, 1, 2],
        [0, 1, 2],
      ],
    ],
    [
      'the last',
      [
        [1, 4, 7],
        [2, 5, 8],
        [3, 6],
      ],
      [
        [0, 1, 2],
        [0, 1, 2],
        [0, 1],
      ],
    ],
    [
      'of a place by place series',
      [
        [1, 2, 3],
        [5, 6],
        [7, 8, 9],
      ],
      [
        [0, 1, 2],
        [1, 2],
        [0, 1, 2],
      ],
    ],
  ])('does not shift when a file is lost: %s', (_, numbers, repetitions) => {
    expect(repetitionsByInstance(places(...numbers))).toEqual(repetitions);
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
    ['do not say which of two files is lost', [[11, 13, 15], [12]]],
  ])('is not guessed when the numbers %s', (_, numbers) => {
    expect(repetitionsByInstance(places(...numbers))).toBeNull();
  });
});
