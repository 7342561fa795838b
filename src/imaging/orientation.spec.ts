import { describe, expect, it } from 'vitest';
import { affineFromColumns, type Geometry, type Vector3 } from './geometry';
import { displayOrientation, sideLetters } from './orientation';
import type { Plane } from './slices';

const grid = (i: Vector3, j: Vector3, k: Vector3): Geometry => ({
  dims: [10, 10, 10],
  affine: affineFromColumns(i, j, k, [0, 0, 0]),
  calibrated: true,
});
const shown = (geometry: Geometry, plane: Plane) => {
  const { left, right, top, bottom } = sideLetters(geometry, plane, displayOrientation(geometry, plane));
  return [left, right, top, bottom];
};
const axialLps = grid([1, 0, 0], [0, 1, 0], [0, 0, 5]);
const axialRas = grid([-1, 0, 0], [0, -1, 0], [0, 0, 5]);
const sagittal = grid([0, 1, 0], [0, 0, -1], [4, 0, 0]);
const coronal = grid([1, 0, 0], [0, 0, -1], [0, 4, 0]);

describe('the sides of a slice', () => {
  it.each<[string, Geometry, Plane, string[]]>([
    ['axial as DICOM stores it', axialLps, 0, ['R', 'L', 'A', 'P']],
    ['axial as NIfTI stores it', axialRas, 0, ['R', 'L', 'A', 'P']],
    ['coronal reformat of it', axialLps, 1, ['R', 'L', 'S', 'I']],
    ['sagittal reformat of it', axialLps, 2, ['A', 'P', 'S', 'I']],
    ['sagittal reformat of the NIfTI', axialRas, 2, ['A', 'P', 'S', 'I']],
    ['sagittal acquisition', sagittal, 0, ['A', 'P', 'S', 'I']],
    ['axial reformat of it', sagittal, 1, ['R', 'L', 'A', 'P']],
    ['coronal reformat of it', sagittal, 2, ['R', 'L', 'S', 'I']],
    ['coronal acquisition', coronal, 0, ['R', 'L', 'S', 'I']],
    ['stored upside down', grid([1, 0, 0], [0, 0, 1], [0, 4, 0]), 0, ['R', 'L', 'S', 'I']],
  ])('%s', (_, geometry, plane, letters) => {
    expect(shown(geometry, plane)).toEqual(letters);
  });

  it('names two directions on oblique slices and shows them as acquired', () => {
    // A short-axis slice of the heart: rows run to left and posterior, columns to inferior and posterior.
    const shortAxis = grid([0.75, 0.6, -0.28], [-0.1, 0.53, -0.84], [-0.65, 0.6, 0.46]);
    expect(displayOrientation(shortAxis, 0)).toEqual({ transpose: false, flipX: false, flipY: false });
    expect(shown(shortAxis, 0)).toEqual(['RAS', 'LPI', 'SA', 'IP']);
  });

  it('never says the same of opposite sides', () => {
    for (const geometry of [axialLps, axialRas, sagittal, coronal])
      for (const plane of [0, 1, 2] as const) {
        const [left, right, top, bottom] = shown(geometry, plane);
        expect(left).not.toBe(right);
        expect(top).not.toBe(bottom);
      }
  });
});
