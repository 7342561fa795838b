/** Mosaics of United Imaging: the slices lie where dcm2niix puts them. */
import { expect, it } from 'vitest';
import { expectedOf, fixtureFields } from '#main/testing/dicom-fixture';
import { framesOf } from './frames-of';
import { uihGridFrames } from './uih-grid';

const { 'uih-grid': expected } = expectedOf('frames') as {
  'uih-grid': { readonly positions: readonly (readonly number[])[] };
};

it('a grid of slices puts them where its sequence says, row by row of the narrowest grid', () => {
  const frames = framesOf(fixtureFields('frames/uih-grid'));
  expect(frames).toHaveLength(expected.positions.length);
  for (const [n, { position }] of frames.entries())
    position?.forEach((value, axis) => {
      expect(value).toBeCloseTo(expected.positions[n]?.[axis] ?? NaN, 3);
    });
  expect(frames.map(({ tile }) => [tile?.left, tile?.top])).toEqual([
    [0, 0],
    [8, 0],
    [16, 0],
    [0, 6],
    [8, 6],
  ]);
  expect(frames[4]).toMatchObject({
    rows: 6,
    columns: 8,
    tile: { frameColumns: 24 },
    acquisitionTime: ((10 * 60 + 11) * 60 + 14.5) * 1000,
  });
});

it('a grid is refused without its private elements, and where its matrix does not divide', () => {
  expect(() => framesOf(fixtureFields('frames/uih-anonymised'))).toThrow(/describes 0 .*export the series/u);
  expect(() => uihGridFrames(fixtureFields('frames/uih-grid'), 12, 25)).toThrow(
    /grid of 5 slices, but 25 x 12 pixels do not divide into 3 x 2 tiles/u,
  );
});
