import { expect, it } from 'vitest';
import type { Placement } from './landmark-index';
import { correlationNear } from './match';
import type { Volume } from '../volume';
import { pictureOf, volumeOf } from './testing/picture';
import { studyOf } from './relief';

const reliefOf = (volume: Volume) => studyOf(volume).relief;

const picture = pictureOf(5);
const whole = reliefOf(volumeOf(picture));
const HERE: Placement = { other: 0, agreeing: 9, turn: [1, 0, 0, 1], scale: 1, x: 0, y: 0 };

it('a scan correlates with itself, and with a crop where that lies', () => {
  expect(correlationNear(whole, whole, HERE)).toBeCloseTo(1, 5);
  const part = reliefOf(volumeOf((i, j, k) => picture(i + 16, j, k), [80, 80, 10]));
  expect(correlationNear(part, whole, { ...HERE, x: 12 })).toBeGreaterThan(0.9);
  expect(correlationNear(part, whole, { ...HERE, x: -12 })).toBe(-1);
});

it('a placement that is a little off is put right', () => {
  expect(correlationNear(whole, whole, { ...HERE, x: 2, scale: 1.02 })).toBeGreaterThan(0.9);
});

it('part of the slices is enough, and slices without content do not count', () => {
  const half = reliefOf(volumeOf((i, j, k) => picture(i, j, k + 5), [96, 80, 5]));
  expect(correlationNear(half, whole, HERE)).toBeGreaterThan(0.95);
  const padded = reliefOf(volumeOf((i, j, k) => (k < 4 ? 500 : picture(i, j, k))));
  expect(correlationNear(padded, whole, HERE)).toBeGreaterThan(0.9);
});

it('other pictures do not correlate, nor scans that hardly overlap', () => {
  const other = reliefOf(volumeOf(pictureOf(6)));
  expect(correlationNear(other, whole, HERE)).toBe(-1);
  expect(correlationNear(whole, whole, { ...HERE, x: 100 })).toBe(-1);
  expect(correlationNear(reliefOf(volumeOf(() => 1)), whole, HERE)).toBe(-1);
});
