import { expect, it } from 'vitest';
import { studyOf } from './relief';
import { pictureOf, volumeOf } from './testing/picture';

it('has the same spread whatever the contrast, and little where the image is plain', () => {
  const picture = pictureOf(1);
  const { relief } = studyOf(volumeOf(picture));
  const { relief: fainter } = studyOf(volumeOf((i, j, k) => picture(i, j, k) / 7 + 300));
  const deviation = Math.sqrt(relief.cells.reduce((sum, cell) => sum + cell ** 2, 0) / relief.cells.length);
  expect(deviation).toBeGreaterThan(27);
  expect(deviation).toBeLessThan(33);
  const largest = relief.cells.reduce(
    (most, cell, at) => Math.max(most, Math.abs(cell - (fainter.cells[at] ?? 0))),
    0,
  );
  expect(largest).toBeLessThanOrEqual(2);
});

it('of an image without content is empty', () => {
  const { relief, landmarks } = studyOf(volumeOf(() => 5));
  expect(relief.cells.every((cell) => cell === 0)).toBe(true);
  expect(landmarks.count).toBe(0);
});
