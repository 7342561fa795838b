import { expect, it } from 'vitest';
import { pictureOf, volumeOf } from './testing/picture';
import { thumbnailOf } from './thumbnail';

const original = pictureOf(2);

it('cells are square, and 40 to 56 of them along the longer side', () => {
  for (const [width, height, spacing] of [
    [96, 80, 1.5],
    [512, 256, 0.7],
    [50, 35, 1],
    [57, 20, 3],
  ] as const) {
    const { dims, step } = thumbnailOf(volumeOf((i, j) => i + j, [width, height, 3], [spacing, spacing, 5]));
    expect(dims[0]).toBeGreaterThanOrEqual(40);
    expect(dims[0]).toBeLessThanOrEqual(56);
    expect(Math.abs(dims[1] * step - height * spacing)).toBeLessThan(step);
    expect(2 * Math.log2(step)).toBeCloseTo(Math.round(2 * Math.log2(step)), 6);
  }
});

it('a crop has cells of the same size, or smaller by one rung', () => {
  const [whole, part] = [
    thumbnailOf(volumeOf(original)),
    thumbnailOf(volumeOf((i, j, k) => original(i + 19, j, k), [77, 80, 10])),
  ];
  expect([1, Math.SQRT2].some((ratio) => Math.abs(whole.step / part.step - ratio) < 1e-6)).toBe(true);
});

it('values run from 0 to 255 and rise with the image', () => {
  const { cells, dims } = thumbnailOf(volumeOf((i) => 5 * i - 100, [96, 80, 2]));
  const row = cells.subarray(0, dims[0]);
  expect([row[0], row.at(-1)]).toEqual([0, 255]);
  expect([...row]).toEqual([...row].sort((a, b) => a - b));
});

it('more than 16 slices are averaged; a tiny image has no cells between its voxels', () => {
  expect(thumbnailOf(volumeOf(() => 1, [96, 80, 40])).dims[2]).toBe(16);
  expect(thumbnailOf(volumeOf(() => 1, [4, 4, 2], [1, 1, 1])).dims[0]).toBeLessThanOrEqual(8);
});
