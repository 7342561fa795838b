import { axisStep, voxelToPatient, type Geometry, type Vector3 } from './geometry';
import { cross, dot, subtract } from './vectors';

/**
 * The inverse of a grid's affine: a function from LPS millimetres to the fractional voxel index (i, j, k).
 *
 * @throws RangeError when two axes of the grid point the same way, so that no index belongs to a point
 */
export function patientToVoxel(geometry: Geometry): (point: Vector3) => Vector3 {
  const [i, j, k] = [axisStep(geometry, 0), axisStep(geometry, 1), axisStep(geometry, 2)];
  const determinant = dot(i, cross(j, k));
  if (determinant === 0 || !Number.isFinite(determinant)) throw new RangeError('The grid is flat.');
  const rows = [cross(j, k), cross(k, i), cross(i, j)] as const;
  const origin = voxelToPatient(geometry, [0, 0, 0]);
  return (point) => {
    const step = subtract(point, origin);
    return [
      dot(rows[0], step) / determinant,
      dot(rows[1], step) / determinant,
      dot(rows[2], step) / determinant,
    ];
  };
}
