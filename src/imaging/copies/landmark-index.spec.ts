import { expect, it } from 'vitest';
import { LandmarkIndex } from './landmark-index';
import type { Volume } from '../volume';
import { pictureOf, volumeOf } from './testing/picture';
import { studyOf } from './relief';

const landmarksOf = (volume: Volume) => studyOf(volume).landmarks;

const SCANS = 30;
const index = new LandmarkIndex();
for (let seed = 1; seed <= SCANS; seed++) index.add(landmarksOf(volumeOf(pictureOf(seed))));
const original = pictureOf(7);
const placed = (query: ReturnType<typeof volumeOf>, isSkipped = (_scan: number) => false) =>
  index.placements(landmarksOf(query), isSkipped);

it('says how a copy lies over its original', () => {
  const [best] = placed(volumeOf((i, j, k) => original(i + 16, j + 6, k), [80, 74, 10]));
  expect(best).toMatchObject({ other: 6, turn: [1, 0, 0, 1] });
  expect(best?.scale).toBeCloseTo(1, 1);
  // The middle of the crop lies 8 and 3 voxels of 1.5 mm from that of the whole.
  expect(Math.abs((best?.x ?? NaN) - 12)).toBeLessThan(1.5);
  expect(Math.abs((best?.y ?? NaN) - 4.5)).toBeLessThan(1.5);
});

it('says how it is turned, and how much larger it is', () => {
  const [quarter] = placed(volumeOf((i, j, k) => original(j, 79 - i, k), [80, 96, 10]));
  expect(quarter).toMatchObject({ other: 6, turn: [0, 1, -1, 0] });
  const [mirrored] = placed(volumeOf((i, j, k) => original(95 - i, j, k), [96, 80, 10], [1, 1, 8]));
  expect(mirrored).toMatchObject({ other: 6, turn: [-1, 0, 0, 1] });
  expect(Math.abs((mirrored?.scale ?? NaN) - 1.5)).toBeLessThan(0.05);
});

it('leaves out what is skipped', () => {
  const places = placed(volumeOf(original), (scan) => scan === 6);
  expect(places.map(({ other }) => other)).not.toContain(6);
});

it('grows, and an empty one finds nothing', () => {
  const empty = new LandmarkIndex();
  const marks = landmarksOf(volumeOf(original));
  expect(empty.placements(marks, () => false)).toEqual([]);
  for (let scan = 0; scan < 60; scan++) expect(empty.add(marks)).toBe(scan);
  expect(empty.placements(marks, (scan) => scan < 59)[0]).toMatchObject({ other: 59, agreeing: marks.count });
});
