import { describe, expect, it } from 'vitest';
import { affineFromColumns, type Vector3 } from '#src/imaging/geometry';
import { outlinePath, slicePicture, worstSlice } from './slice-picture';

/** A 4 x 4 x 1 image whose samples are the numbers of its voxels, nothing marked. */
function picture(i: Vector3, j: Vector3) {
  const k: Vector3 = [0, 0, 1];
  const samples = Float32Array.from({ length: 16 }, (_, index) => index);
  const mask = new Uint8Array(16);
  return slicePicture(
    { samples, reference: mask, prediction: mask, dims: [4, 4, 1] },
    { dims: [4, 4, 1], affine: affineFromColumns(i, j, k, [0, 0, 0]), calibrated: true },
    0,
    [0, 15],
    false,
  );
}

const corner = (grey: Uint8Array) => Math.round((grey[0] ?? 0) / 17);

describe('a slice picture', () => {
  it('is turned so that right is left and front is up, whichever way the axes run', () => {
    expect(corner(picture([1, 0, 0], [0, 1, 0]).grey)).toBe(0);
    expect(corner(picture([-1, 0, 0], [0, 1, 0]).grey)).toBe(3);
    expect(corner(picture([1, 0, 0], [0, -1, 0]).grey)).toBe(12);
    expect(corner(picture([-1, 0, 0], [0, -1, 0]).grey)).toBe(15);
    const transposed = picture([0, 1, 0], [1, 0, 0]).grey;
    expect([corner(transposed), Math.round((transposed[1] ?? 0) / 17)]).toEqual([0, 4]);
  });

  it('puts the head up where the plane has it', () => {
    expect(corner(picture([1, 0, 0], [0, 0, 1]).grey)).toBe(12);
    expect(corner(picture([0, 0, 1], [0, 1, 0]).grey)).toBe(3);
  });

  it('cuts to the masks with a margin and keeps them in place', () => {
    const dims = [40, 40, 2] as const;
    const reference = new Uint8Array(3200);
    const prediction = new Uint8Array(3200);
    const samples = new Float32Array(3200);
    reference[1600 + 30 * 40 + 20] = 1;
    prediction[1600 + 31 * 40 + 20] = 2;
    samples[1600 + 30 * 40 + 20] = 100;
    expect(worstSlice(reference, prediction, dims)).toEqual({ slice: 1, wrongVoxels: 2 });
    const cut = slicePicture(
      { samples, reference, prediction, dims },
      { dims, affine: affineFromColumns([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]), calibrated: true },
      1,
      [0, 100],
      false,
    );
    expect([cut.width, cut.height]).toEqual([12, 12]);
    const marked = cut.reference.indexOf(1);
    expect(cut.grey[marked]).toBe(255);
    expect(cut.prediction.indexOf(2)).toBe(marked + cut.width);
  });
});

describe('an outline', () => {
  it('runs along every border once, also between two labels and at the edge', () => {
    const length = (path: string) =>
      [...path.matchAll(/M(\d+) (\d+)(H|V)(\d+)/gu)].reduce(
        (sum, [, x, y, direction, end]) => sum + Number(end) - Number(direction === 'H' ? x : y),
        0,
      );
    const labels = Uint8Array.from([1, 1, 0, 1, 2, 0, 0, 0, 0]);
    // A 2 x 2 block in the corner has 8 sides to the background; the pixel of label 2 adds 2 towards label 1.
    expect(length(outlinePath(labels, 3, 3))).toBe(10);
    expect(outlinePath(new Uint8Array(9), 3, 3)).toBe('');
  });
});
