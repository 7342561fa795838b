import { normal, randomStream } from '../../../models/random';
import { affineFromColumns, type Dims } from '../../geometry';
import type { Volume } from '../../volume';

/** Spacing of the volumes, along i, j and k. */
const SPACING = [1.5, 1.5, 8] as const;

/** A picture of many blobs, different for every seed; x and y in pixels, z in slices. */
export function pictureOf(seed: number, [nx, ny, nz]: Dims = [96, 80, 10]) {
  const random = randomStream(seed);
  const blobs = Array.from({ length: 90 }, () => ({
    x: nx * random(),
    y: ny * random(),
    z: nz * random(),
    width: 12 + 30 * random(),
    height: 500 * normal(random),
  }));
  return (x: number, y: number, z: number): number => {
    let sum = 1000;
    for (const blob of blobs) {
      const far = ((x - blob.x) ** 2 + (y - blob.y) ** 2) / blob.width + (z - blob.z) ** 2 / 4;
      if (far < 8) sum += blob.height * Math.exp(-far);
    }
    return sum;
  };
}

/** A volume of these values; `at` is given whole voxel indices. */
export function volumeOf(
  at: (i: number, j: number, k: number) => number,
  dims: Dims = [96, 80, 10],
  [si, sj, sk]: readonly [number, number, number] = SPACING,
): Volume {
  const samples = new Float32Array(dims[0] * dims[1] * dims[2]);
  let voxel = 0;
  for (let k = 0; k < dims[2]; k++)
    for (let j = 0; j < dims[1]; j++) for (let i = 0; i < dims[0]; i++) samples[voxel++] = at(i, j, k);
  const affine = affineFromColumns([si, 0, 0], [0, sj, 0], [0, 0, sk], [0, 0, 0]);
  return { samples, geometry: { dims, affine, calibrated: true } };
}
