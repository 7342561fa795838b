import { expect, it } from 'vitest';
import { MOST_LANDMARKS, NO_OCTANT, otherWordsOf } from './landmarks';
import type { Volume } from '../volume';
import { pictureOf, volumeOf } from './testing/picture';
import { studyOf } from './relief';

const landmarksOf = (volume: Volume) => studyOf(volume).landmarks;

const picture = pictureOf(4);
const marks = landmarksOf(volumeOf(picture));

it('are many, at two levels, and no more than there may be', () => {
  expect(marks.count).toBeGreaterThan(60);
  expect(marks.count).toBeLessThanOrEqual(MOST_LANDMARKS);
  expect(new Set(marks.step).size).toBe(2);
});

it('have the same words where a crop shows them, in the same place', () => {
  // 16 voxels of 1.5 mm are 8 cells of 3 mm less at the left: the middle lies 12 mm further right.
  const whole = landmarksOf(volumeOf(picture, [96, 80, 10], [2, 2, 8]));
  const part = landmarksOf(volumeOf((i, j, k) => picture(i + 8, j, k), [88, 80, 10], [2, 2, 8]));
  const wordsOf = ({ words, x, y }: typeof part, n: number, dx: number) =>
    [
      ...words.subarray(4 * n, 4 * n + 4),
      Math.round(((x[n] ?? 0) + dx) / 4),
      Math.round((y[n] ?? 0) / 4),
    ].join();
  const known = new Set(Array.from({ length: whole.count }, (_, n) => wordsOf(whole, n, 0)));
  const same = Array.from({ length: part.count }, (_, n) => wordsOf(part, n, 8)).filter((words) =>
    known.has(words),
  );
  expect(same.length).toBeGreaterThan(part.count / 4);
});

it('have other words under their other octant, which lead back', () => {
  let unsure = 0;
  for (let n = 0; n < marks.count; n++) {
    if (marks.otherOctant[n] === NO_OCTANT) continue;
    unsure++;
    const other = otherWordsOf(marks, n);
    const back = otherWordsOf(
      { ...marks, words: other, octant: marks.otherOctant.slice(n), otherOctant: marks.octant.slice(n) },
      0,
    );
    expect([...back]).toEqual([...marks.words.subarray(4 * n, 4 * n + 4)]);
    expect([...other]).not.toEqual([...back]);
  }
  expect(unsure).toBeGreaterThan(5);
});

it('lie far enough from the border', () => {
  for (let n = 0; n < marks.count; n++) {
    expect(Math.abs(marks.x[n] ?? NaN)).toBeLessThan(72 - 7 * (marks.step[n] ?? NaN));
    expect(Math.abs(marks.y[n] ?? NaN)).toBeLessThan(60 - 7 * (marks.step[n] ?? NaN));
  }
});
