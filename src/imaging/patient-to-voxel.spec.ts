import { expect, it } from 'vitest';
import { affineFromColumns, voxelToPatient, type Geometry } from './geometry';
import { patientToVoxel } from './patient-to-voxel';

const oblique: Geometry = {
  dims: [5, 6, 7],
  affine: affineFromColumns([1.1, 0.2, -0.1], [-0.1, 1.9, 0.3], [0.4, -0.5, 6], [-12.5, 40, 7.25]),
  calibrated: true,
};

it('a point in the patient leads back to the voxel that it came from', () => {
  const toVoxel = patientToVoxel(oblique);
  for (const index of [
    [0, 0, 0],
    [4, 5, 6],
    [1.25, -3, 9.5],
  ] as const)
    toVoxel(voxelToPatient(oblique, index)).forEach((value, axis) => {
      expect(value).toBeCloseTo(index[axis] ?? NaN, 10);
    });
});

it('a grid without depth has no such points', () => {
  const flat = { ...oblique, affine: affineFromColumns([1, 0, 0], [2, 0, 0], [0, 0, 1], [0, 0, 0]) };
  expect(() => patientToVoxel(flat)).toThrow(RangeError);
});
