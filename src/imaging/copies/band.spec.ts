import { expect, it } from 'vitest';
import { bandsOf, enlarged, type Plane } from './band';

const planeOf = (width: number, height: number, at: (x: number, y: number) => number): Plane => ({
  width,
  height,
  values: Float32Array.from({ length: width * height }, (_, n) => at(n % width, Math.floor(n / width))),
});

it('a plain has no detail, a ramp none away from the border', () => {
  for (const value of bandsOf(planeOf(20, 15, () => 4)).detail.values) expect(value).toBeCloseTo(0, 5);
  const { detail } = bandsOf(planeOf(30, 20, (x, y) => 3 * x - y));
  expect(detail.values[10 * 30 + 15]).toBeCloseTo(0, 4);
});

it('a point becomes the product of binomial weights', () => {
  const { smooth, detail } = bandsOf(planeOf(21, 21, (x, y) => (x === 10 && y === 10 ? 256 : 0)));
  expect(smooth.values[10 * 21 + 10]).toBeCloseTo(36, 4);
  expect(smooth.values[10 * 21 + 12]).toBeCloseTo(6, 4);
  expect(smooth.values[8 * 21 + 11]).toBeCloseTo(4, 4);
  expect(detail.values[10 * 21 + 10]).toBeGreaterThan(15);
});

it('the border repeats, also where the plane is smaller than the weights', () => {
  for (const [width, height] of [
    [1, 1],
    [2, 3],
    [6, 2],
  ] as const)
    for (const value of bandsOf(planeOf(width, height, () => 2)).smooth.values)
      expect(value).toBeCloseTo(2, 5);
});

it('larger cells keep a ramp where it is', () => {
  const large = enlarged(
    planeOf(40, 30, (x, y) => x + 10 * y),
    Math.SQRT2,
  );
  expect([large.width, large.height]).toEqual([28, 21]);
  const at = (x: number, y: number) => large.values[y * 28 + x] ?? NaN;
  expect(at(13, 10) - at(12, 10)).toBeCloseTo(Math.SQRT2, 4);
  expect((at(13, 10) + at(14, 10)) / 2).toBeCloseTo(19.5 + 10 * 14.5, 3);
});
