/**
 * Where the voxels of a scan lie in the patient.
 *
 * `dims` = [nx, ny, nz], voxel counts along i (fastest in memory), j, k (slowest).
 * `affine` = 16 numbers, row-major 4x4: voxel index (i, j, k, 1) to millimetres in DICOM's patient system LPS
 * (x to the Left, y to the Posterior, z to the Superior), centre of voxel to point. NIfTI's RAS is made only
 * at the border of the program (main/nifti).
 */
export interface Geometry {
  readonly dims: Dims;
  readonly affine: Affine;
  /** false when the file gives no pixel spacing: millimetres and millilitres must not be shown. */
  readonly calibrated: boolean;
}

export type Dims = readonly [number, number, number];
export type Vector3 = readonly [number, number, number];
/** 16 numbers, row-major. */
export type Affine = readonly number[];

function element(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`affine has no element ${index}`);
  return value;
}

/** Column `axis` (0 = i, 1 = j, 2 = k) of the affine: the step in LPS millimetres from one voxel to the next. */
export function axisStep(geometry: Geometry, axis: 0 | 1 | 2): Vector3 {
  const a = geometry.affine;
  return [element(a, axis), element(a, 4 + axis), element(a, 8 + axis)];
}

/** Voxel spacing [x, y, z] in millimetres: the lengths of the affine's columns. */
export function spacingOf(geometry: Geometry): Vector3 {
  const length = (axis: 0 | 1 | 2) => Math.hypot(...axisStep(geometry, axis));
  return [length(0), length(1), length(2)];
}

/** Number of voxels. */
export function voxelCount(dims: Dims): number {
  return dims[0] * dims[1] * dims[2];
}

/** Millilitres of one voxel (|det| of the affine's 3x3 part, mm3 / 1000). */
export function voxelMillilitres(geometry: Geometry): number {
  const [a, b, c] = [axisStep(geometry, 0), axisStep(geometry, 1), axisStep(geometry, 2)];
  const determinant =
    a[0] * (b[1] * c[2] - b[2] * c[1]) -
    b[0] * (a[1] * c[2] - a[2] * c[1]) +
    c[0] * (a[1] * b[2] - a[2] * b[1]);
  return Math.abs(determinant) / 1000;
}

/** LPS millimetres of the (possibly fractional) voxel index. */
export function voxelToPatient(geometry: Geometry, index: Vector3): Vector3 {
  const a = geometry.affine;
  const row = (r: number) =>
    element(a, r * 4) * index[0] +
    element(a, r * 4 + 1) * index[1] +
    element(a, r * 4 + 2) * index[2] +
    element(a, r * 4 + 3);
  return [row(0), row(1), row(2)];
}

/** Builds an affine from three column steps and the origin, all LPS millimetres. */
export function affineFromColumns(i: Vector3, j: Vector3, k: Vector3, origin: Vector3): Affine {
  return [i[0], j[0], k[0], origin[0], i[1], j[1], k[1], origin[1], i[2], j[2], k[2], origin[2], 0, 0, 0, 1];
}

/** Swaps LPS and RAS (negates the first two rows); its own inverse. */
export function flipLpsRas(affine: Affine): Affine {
  return affine.map((value, index) => (index < 8 ? -value || 0 : value));
}

/**
 * Whether two grids are the same: equal dims and every voxel centre of the corners within `toleranceMm`.
 */
export function sameGrid(a: Geometry, b: Geometry, toleranceMm = 0.1): boolean {
  if (a.dims.some((n, axis) => n !== b.dims[axis])) return false;
  const [nx, ny, nz] = a.dims;
  for (const i of [0, nx - 1])
    for (const j of [0, ny - 1])
      for (const k of [0, nz - 1]) {
        const p = voxelToPatient(a, [i, j, k]);
        const q = voxelToPatient(b, [i, j, k]);
        if (Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) > toleranceMm) return false;
      }
  return true;
}
