import { describe, expect, it } from 'vitest';
import {
  affineFromColumns,
  flipLpsRas,
  sameGrid,
  spacingOf,
  viewOf,
  voxelCount,
  voxelMillilitres,
  voxelToPatient,
  type Affine,
  type Geometry,
  type Vector3,
} from './geometry';

const grid = (affine: Affine, dims: Geometry['dims'] = [4, 5, 6]): Geometry => ({
  dims,
  affine,
  calibrated: true,
});
const axial = affineFromColumns([1.5, 0, 0], [0, 2, 0], [0, 0, 8], [10, 20, 30]);

/** A grid whose normal is turned by `degrees` from superior towards left. */
function tilted(degrees: number): Geometry {
  const angle = (degrees * Math.PI) / 180;
  const normal: Vector3 = [Math.sin(angle), 0, Math.cos(angle)];
  return grid(affineFromColumns([normal[2], 0, -normal[0]], [0, 1, 0], normal, [0, 0, 0]));
}

describe('geometry', () => {
  it('gives spacing, volume and positions in LPS millimetres', () => {
    const geometry = grid(axial);
    expect(spacingOf(geometry)).toEqual([1.5, 2, 8]);
    expect(voxelMillilitres(geometry)).toBeCloseTo(0.024, 12);
    expect(voxelToPatient(geometry, [1, 2, 3])).toEqual([11.5, 24, 54]);
    expect(voxelCount(geometry.dims)).toBe(120);
  });

  it('swaps LPS and RAS and back', () => {
    const ras = flipLpsRas(axial);
    expect(ras.slice(0, 4)).toEqual([-1.5, 0, 0, -10]);
    expect(ras.slice(4, 8)).toEqual([0, -2, 0, -20]);
    expect(flipLpsRas(ras)).toEqual(axial);
  });

  it.each([
    [0, 'axial'],
    [19.9, 'axial'],
    [20.1, 'oblique'],
    [69.9, 'oblique'],
    [70.1, 'sagittal'],
  ] as const)('names the plane of a normal turned by %d degrees: %s', (degrees, view) => {
    expect(viewOf(tilted(degrees))).toBe(view);
  });

  it('names coronal planes', () => {
    expect(viewOf(grid(affineFromColumns([1, 0, 0], [0, 0, -1], [0, 1, 0], [0, 0, 0])))).toBe('coronal');
  });

  it('compares grids by the position of their corners', () => {
    const moved = affineFromColumns([1.5, 0, 0], [0, 2, 0], [0, 0, 8], [10, 20, 30.05]);
    const stretched = affineFromColumns([1.5, 0, 0], [0, 2, 0], [0, 0, 8.03], [10, 20, 30]);
    expect(sameGrid(grid(axial), grid(moved))).toBe(true);
    expect(sameGrid(grid(axial), grid(stretched))).toBe(false);
    expect(sameGrid(grid(axial), grid(axial, [4, 5, 7]))).toBe(false);
  });
});
