import { describe, expect, it } from 'vitest';
import {
  affineFromColumns,
  flipLpsRas,
  sameGrid,
  spacingOf,
  voxelCount,
  voxelMillilitres,
  voxelToPatient,
  type Affine,
  type Geometry,
} from './geometry';

const grid = (affine: Affine, dims: Geometry['dims'] = [4, 5, 6]): Geometry => ({
  dims,
  affine,
  calibrated: true,
});
const axial = affineFromColumns([1.5, 0, 0], [0, 2, 0], [0, 0, 8], [10, 20, 30]);

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

  it('compares grids by the position of their corners', () => {
    const moved = affineFromColumns([1.5, 0, 0], [0, 2, 0], [0, 0, 8], [10, 20, 30.05]);
    const stretched = affineFromColumns([1.5, 0, 0], [0, 2, 0], [0, 0, 8.03], [10, 20, 30]);
    expect(sameGrid(grid(axial), grid(moved))).toBe(true);
    expect(sameGrid(grid(axial), grid(stretched))).toBe(false);
    expect(sameGrid(grid(axial), grid(axial, [4, 5, 7]))).toBe(false);
  });
});
