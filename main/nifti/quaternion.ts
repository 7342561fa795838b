import type { Affine } from '#src/imaging/geometry';

/** NIfTI's qform: (b, c, d) of the unit quaternion and the handedness qfac. */
export interface Quaternion {
  readonly parameters: readonly [number, number, number];
  readonly handedness: 1 | -1;
}

/**
 * The rotation of a RAS affine with axes at right angles as a quaternion (nifti1.h, "quaternion representation of
 * rotation matrix"; a = sqrt(1 - b2 - c2 - d2) is left out, so the sign is chosen such that a >= 0).
 */
export function quaternionOf(ras: Affine): Quaternion {
  const column = (axis: number) => {
    const values = [ras[axis] ?? 0, ras[4 + axis] ?? 0, ras[8 + axis] ?? 0];
    const norm = Math.hypot(...values) || 1;
    return values.map((value) => value / norm) as [number, number, number];
  };
  const [x, y, z] = [column(0), column(1), column(2)];
  const determinant =
    x[0] * (y[1] * z[2] - y[2] * z[1]) -
    y[0] * (x[1] * z[2] - x[2] * z[1]) +
    z[0] * (x[1] * y[2] - x[2] * y[1]);
  const handedness = determinant < 0 ? -1 : 1;
  const [r13, r23, r33] = [z[0] * handedness, z[1] * handedness, z[2] * handedness];
  const [r11, r21, r31] = x;
  const [r12, r22, r32] = y;
  const trace = 1 + r11 + r22 + r33;
  let quaternion: [number, number, number, number];
  if (trace > 0.5) {
    const a = Math.sqrt(trace) / 2;
    quaternion = [a, (r32 - r23) / (4 * a), (r13 - r31) / (4 * a), (r21 - r12) / (4 * a)];
  } else {
    const [xd, yd, zd] = [1 + r11 - r22 - r33, 1 + r22 - r11 - r33, 1 + r33 - r11 - r22];
    if (xd > 1) {
      const b = Math.sqrt(xd) / 2;
      quaternion = [(r32 - r23) / (4 * b), b, (r12 + r21) / (4 * b), (r13 + r31) / (4 * b)];
    } else if (yd > 1) {
      const c = Math.sqrt(yd) / 2;
      quaternion = [(r13 - r31) / (4 * c), (r12 + r21) / (4 * c), c, (r23 + r32) / (4 * c)];
    } else {
      const d = Math.sqrt(zd) / 2;
      quaternion = [(r21 - r12) / (4 * d), (r13 + r31) / (4 * d), (r23 + r32) / (4 * d), d];
    }
  }
  const [a, b, c, d] = quaternion;
  const sign = a < 0 ? -1 : 1;
  return { parameters: [sign * b, sign * c, sign * d], handedness };
}
