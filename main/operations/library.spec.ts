import { describe, expect, it } from 'vitest';
import { affineFromColumns } from '#src/imaging/geometry';
import { middleSlice } from './library';

/** Slice k holds 100 k + i + j. */
function volume(nx: number, ny: number, nz: number, sy = 1) {
  const samples = new Int16Array(nx * ny * nz);
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++) samples[(k * ny + j) * nx + i] = 100 * k + i + j;
  const affine = affineFromColumns([1, 0, 0], [0, sy, 0], [0, 0, 8], [0, 0, 0]);
  return { samples, geometry: { dims: [nx, ny, nz] as const, affine, calibrated: true } };
}

describe('a thumbnail', () => {
  it('is the middle slice in the window of the scan, dark to bright', () => {
    const { width, height, grey } = middleSlice(volume(4, 3, 3), [100, 105], false);
    expect([width, height]).toEqual([4, 3]);
    expect([grey[0], grey[1], grey.at(-1)]).toEqual([0, 51, 255]);
  });

  it('inverts where the scan says so', () => {
    const { grey } = middleSlice(volume(4, 3, 3), [100, 105], true);
    expect([grey[0], grey.at(-1)]).toEqual([255, 0]);
  });

  it('is at most 96 pixels long, with square pixels, each the mean of its samples', () => {
    const { width, height, grey } = middleSlice(volume(192, 96, 1, 2), [0, 286], false);
    expect([width, height]).toEqual([96, 96]);
    expect(grey[0]).toBe(Math.round((255 * 0.5) / 286));
    const flat = middleSlice(volume(300, 100, 1), [0, 400], false);
    expect([flat.width, flat.height]).toEqual([96, 32]);
  });
});
