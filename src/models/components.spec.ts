import { describe, expect, it } from 'vitest';
import { keepLargestComponent, largestComponentShare } from './components';

/** Two slices of 6 x 3: a piece of 5 voxels through both slices, one of 2, and another label. */
const picture = () =>
  Uint8Array.from(
    [
      '110001', //
      '100000',
      '002220',
      '100001',
      '100000',
      '002200',
    ].flatMap((row) => [...row].map(Number)),
  );

describe('the largest component', () => {
  it('is kept, joined by faces through the slices, and other labels are left alone', () => {
    const labels = picture();
    expect(largestComponentShare(labels, [6, 3, 2], 1)).toBeCloseTo(5 / 7, 12);
    expect(keepLargestComponent(labels, [6, 3, 2], 1)).toBe(2);
    const expected = picture();
    expected[5] = 0;
    expected[18 + 5] = 0;
    expect(labels).toEqual(expected);
    expect(keepLargestComponent(labels, [6, 3, 2], 1)).toBe(0);
    expect(largestComponentShare(labels, [6, 3, 2], 2)).toBe(1);
  });

  it('does not join rows at the edges of the grid', () => {
    const labels = Uint8Array.of(0, 0, 1, 1, 0, 0);
    expect(keepLargestComponent(labels, [3, 2, 1], 1)).toBe(1);
  });

  it('of nothing is nothing', () => {
    expect(largestComponentShare(new Uint8Array(8), [2, 2, 2], 1)).toBeNull();
    expect(keepLargestComponent(new Uint8Array(8), [2, 2, 2], 1)).toBe(0);
  });
});
