import type { Dims, Vector3 } from '#src/imaging/geometry';

/** Two masks (0 or 1) cut to the box around what either holds. */
export interface CroppedPair {
  readonly dims: Dims;
  readonly reference: Uint8Array;
  readonly prediction: Uint8Array;
  /** Index of the box's first voxel in the whole grid. */
  readonly origin: Vector3;
}

/** The box around the voxels where either array holds `label`, as two binary masks; null when none does. */
export function cropToLabel(
  reference: Uint8Array,
  prediction: Uint8Array,
  dims: Dims,
  label: number,
): CroppedPair | null {
  const [nx, ny, nz] = dims;
  const min: [number, number, number] = [nx, ny, nz];
  const max: [number, number, number] = [-1, -1, -1];
  for (let k = 0, index = 0; k < nz; k += 1)
    for (let j = 0; j < ny; j += 1)
      for (let i = 0; i < nx; i += 1, index += 1) {
        if (reference[index] !== label && prediction[index] !== label) continue;
        if (i < min[0]) min[0] = i;
        if (i > max[0]) max[0] = i;
        if (j < min[1]) min[1] = j;
        if (j > max[1]) max[1] = j;
        if (k < min[2]) min[2] = k;
        if (k > max[2]) max[2] = k;
      }
  if (max[0] < 0) return null;
  const size: Dims = [max[0] - min[0] + 1, max[1] - min[1] + 1, max[2] - min[2] + 1];
  const cut = (labels: Uint8Array) => {
    const binary = new Uint8Array(size[0] * size[1] * size[2]);
    let to = 0;
    for (let k = min[2]; k <= max[2]; k += 1)
      for (let j = min[1]; j <= max[1]; j += 1)
        for (let i = min[0]; i <= max[0]; i += 1, to += 1)
          if (labels[(k * ny + j) * nx + i] === label) binary[to] = 1;
    return binary;
  };
  return { dims: size, reference: cut(reference), prediction: cut(prediction), origin: min };
}
