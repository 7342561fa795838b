import { describe, expect, it } from 'vitest';
import {
  affineFromColumns,
  axisStep,
  voxelToPatient,
  type Geometry,
  type Vector3,
} from '#src/imaging/geometry';
import { scaled } from '#src/imaging/vectors';
import { gridOfPlanes, placePlanes, planesFit, type MaskPlane } from './mask-planes';

/** Oblique, 5 x 4 pixels of 0.9 x 1.4 mm, 3 slices of 6 mm. */
const SCAN: Geometry = {
  dims: [5, 4, 3],
  affine: affineFromColumns([0.72, 0.324, -0.432], [0, 1.12, 0.84], [3.6, -2.88, 3.84], [-21.5, 13.25, 40]),
  calibrated: true,
};

/** A plane on slice k (a fraction lies between slices) with the values of its pixels, drawn along the scan's axes. */
function plane(k: number, values: readonly number[], shift: Vector3 = [0, 0, 0]): MaskPlane {
  const origin = voxelToPatient(SCAN, [0, 0, k]);
  return {
    columns: 5,
    rows: 4,
    origin: [origin[0] + shift[0], origin[1] + shift[1], origin[2] + shift[2]],
    alongRow: axisStep(SCAN, 0),
    alongColumn: axisStep(SCAN, 1),
    values: Uint8Array.from({ length: 20 }, (_, n) => values[n] ?? 0),
  };
}
const count = (step: number) => Array.from({ length: 20 }, (_, n) => n + step);

describe('SEG, RTSTRUCT, NIfTI masks: planes become the slices on which they lie', () => {
  it('in any order, and slices without a plane are background', () => {
    const placed = placePlanes([plane(2, count(100)), plane(0, count(1))], SCAN, 'exact');
    expect([...(placed?.values ?? [])]).toEqual([...count(1), ...Array<number>(20).fill(0), ...count(100)]);
    expect(placed?.overlapping).toBe(0);
  });

  it('with rows and columns backwards or exchanged', () => {
    const backwards: MaskPlane = {
      ...plane(1, []),
      origin: voxelToPatient(SCAN, [4, 3, 1]),
      alongRow: scaled(axisStep(SCAN, 0), -1),
      alongColumn: scaled(axisStep(SCAN, 1), -1),
      values: Uint8Array.from(count(1)).reverse(),
    };
    const exchanged: MaskPlane = {
      columns: 4,
      rows: 5,
      origin: voxelToPatient(SCAN, [0, 0, 1]),
      alongRow: axisStep(SCAN, 1),
      alongColumn: axisStep(SCAN, 0),
      values: Uint8Array.from({ length: 20 }, (_, n) => 1 + (n % 4) * 5 + Math.floor(n / 4)),
    };
    for (const turned of [backwards, exchanged])
      expect([...(placePlanes([turned], SCAN, 'exact')?.values.subarray(20, 40) ?? [])]).toEqual(count(1));
  });

  it('the larger of two values has the pixel, and such pixels are counted', () => {
    const placed = placePlanes([plane(0, [2, 2, 0, 1]), plane(0, [1, 2, 3, 0])], SCAN, 'exact');
    expect([...(placed?.values.subarray(0, 5) ?? [])]).toEqual([2, 2, 3, 1, 0]);
    expect(placed?.overlapping).toBe(1);
  });

  it('a plane between two slices fits by the images that it names only', () => {
    const between = [plane(0.3, count(1))];
    expect(planesFit(between, SCAN, 'exact')).toBe(false);
    expect([...(placePlanes(between, SCAN, 'nearest')?.values.subarray(0, 20) ?? [])]).toEqual(count(1));
    expect(planesFit([plane(0.05, count(1))], SCAN, 'exact')).toBe(true);
    expect(planesFit([plane(2.6, count(1))], SCAN, 'nearest')).toBe(false);
  });

  it.each([
    ['two places in one slice', [plane(0, []), plane(0.2, [])]],
    ['a shift within the plane', [plane(1, [], scaled(axisStep(SCAN, 0), 0.5))]],
    ['larger pixels', [{ ...plane(1, []), alongRow: scaled(axisStep(SCAN, 0), 1.1) }]],
    ['another matrix', [{ ...plane(1, []), columns: 4 }]],
    ['a tilt', [{ ...plane(1, []), alongColumn: [0.3, 1.1, 0.9] as const }]],
    ['a place above the last slice', [plane(3, [])]],
    ['rows along the slices', [{ ...plane(1, []), alongColumn: axisStep(SCAN, 0) }]],
  ] as const)('%s is another grid', (_, planes) => {
    expect(planesFit(planes, SCAN, 'nearest')).toBe(false);
    expect(placePlanes(planes, SCAN, 'exact')).toBeNull();
  });

  it('the grid behind planes is told from their places', () => {
    const grid = gridOfPlanes([plane(2, []), plane(0, []), plane(0, [])], 6);
    expect(grid.dims).toEqual([5, 4, 3]);
    grid.affine.forEach((value, at) => {
      expect(value).toBeCloseTo(SCAN.affine[at] ?? NaN, 9);
    });
    expect(gridOfPlanes([plane(1, [])], null).dims).toEqual([5, 4, 1]);
  });
});
