import { beforeAll, describe, expect, it } from 'vitest';
import { normal, randomStream } from '../../models/random';
import { SURE_COPY_DISTANCE } from '../fingerprint';
import type { Volume } from '../volume';
import { CopyFinder } from './copy-finder';
import { PORTRAIT_HEAD_BYTES, portraitOf } from './portrait';
import { pictureOf, volumeOf } from './testing/picture';

const SCANS = 12;
const original = pictureOf(3);
let finder: CopyFinder;
let read: number[];

beforeAll(() => {
  const portraits: Uint8Array[] = [];
  read = [];
  finder = new CopyFinder((index) => {
    read.push(index);
    return portraits[index] ?? new Uint8Array();
  });
  for (let seed = 1; seed <= SCANS; seed++) {
    const volume = volumeOf(pictureOf(seed));
    const portrait = portraitOf(volume);
    portraits.push(portrait);
    finder.add(portrait.subarray(0, PORTRAIT_HEAD_BYTES), volume.geometry);
  }
});

const find = ({ samples, geometry }: Volume) => finder.copiesOf(portraitOf({ samples, geometry }), geometry);
const noise = randomStream(9);

describe('a copy is found among other scans', () => {
  it.each<[string, () => Volume]>([
    ['as it is', () => volumeOf(original)],
    ['mirrored along rows', () => volumeOf((i, j, k) => original(95 - i, j, k))],
    ['mirrored along columns and slices', () => volumeOf((i, j, k) => original(i, 79 - j, 9 - k))],
    ['turned by a quarter', () => volumeOf((i, j, k) => original(j, 79 - i, k), [80, 96, 10])],
    ['turned by three quarters', () => volumeOf((i, j, k) => original(95 - j, i, k), [80, 96, 10])],
    ['turned by half and a quarter, mirrored', () => volumeOf((i, j, k) => original(j, i, k), [80, 96, 10])],
    ['cropped at every side', () => volumeOf((i, j, k) => original(i + 9, j + 8, k), [78, 64, 10])],
    ['cropped at one side', () => volumeOf((i, j, k) => original(i + 18, j, k), [78, 80, 10])],
    [
      'cropped at one side, the spacing lost',
      () => volumeOf((i, j, k) => original(i, j + 12, k), [96, 68, 10], [1, 1, 1]),
    ],
    [
      'with other slices and pixels',
      () => volumeOf((i, j, k) => original(1.2 * i, 1.2 * j, 0.3 + 0.7 * k), [80, 66, 13], [1.8, 1.8, 5.6]),
    ],
    ['with half of the slices', () => volumeOf((i, j, k) => original(i, j, k + 4), [96, 80, 5])],
    [
      'with 8 bits and a gamma curve',
      () => volumeOf((i, j, k) => Math.round(6 * Math.sqrt(original(i, j, k)))),
    ],
    ['under a window', () => volumeOf((i, j, k) => Math.max(700, Math.min(1400, original(i, j, k))))],
    ['with noise', () => volumeOf((i, j, k) => original(i, j, k) + 60 * normal(noise))],
  ])('%s', (_, copy) => {
    const [[index, distance] = [-1, 1], ...more] = find(copy());
    expect([index, more]).toEqual([2, []]);
    expect(distance).toBeLessThanOrEqual(SURE_COPY_DISTANCE);
  });
});

describe('nothing is found', () => {
  it('for other pictures', () => {
    for (let seed = 100; seed < 110; seed++) expect(find(volumeOf(pictureOf(seed)))).toEqual([]);
  });

  it('for images without content, or too small to have any', () => {
    expect(find(volumeOf(() => 7))).toEqual([]);
    expect(find(volumeOf(original, [5, 3, 1]))).toEqual([]);
  });

  it('where it is not to be looked for, and no thumbnail is read for that', () => {
    const volume = volumeOf((i, j, k) => original(i + 9, j + 8, k), [78, 64, 10]);
    read.length = 0;
    expect(finder.copiesOf(portraitOf(volume), volume.geometry, (index) => index === 2)).toEqual([]);
    expect(read).not.toContain(2);
  });
});
