import type { Dims, Vector3 } from '#src/imaging/geometry';
import { contourLengths, surfelAreas } from './surfel-table';

/** The surface of a mask as marked points of a grid, each with the area (2-D: length) that it stands for. */
export interface Surface {
  readonly dims: Dims;
  /** 1 where a piece of surface lies, i fastest. */
  readonly marked: Uint8Array;
  /** Area in mm2 (2-D: length in mm) of each point; 0 where none lies. */
  readonly areas: Float64Array;
}

/**
 * Surface in the surfel convention: the points lie at the corners between voxels, one more than voxels along each axis,
 * and stand for the area of the marching-cubes surface inside the cell around them (2-D: contour length).
 *
 * @param mask 0 or 1, i fastest
 * @param spacing [x, y, z] in mm
 * @param twoDimensional measure in the plane: dims[2] must be 1
 */
export function surfelSurface(
  mask: Uint8Array,
  dims: Dims,
  spacing: Vector3,
  twoDimensional: boolean,
): Surface {
  const [nx, ny, nz] = dims;
  const size: Dims = [nx + 1, ny + 1, twoDimensional ? 1 : nz + 1];
  const table = twoDimensional ? contourLengths([spacing[0], spacing[1]]) : surfelAreas(spacing);
  const full = twoDimensional ? 0b1111 : 0b11111111;
  const patterns = new Uint8Array(size[0] * size[1] * size[2]);
  // Every voxel inside adds its weight to the cells of which it is a corner.
  for (let k = 0, index = 0; k < nz; k += 1)
    for (let j = 0; j < ny; j += 1)
      for (let i = 0; i < nx; i += 1, index += 1) {
        if (mask[index] === 0) continue;
        for (let a = 0; a < 2; a += 1)
          for (let b = 0; b < 2; b += 1)
            for (let c = 0; c < (twoDimensional ? 1 : 2); c += 1) {
              const cell = ((k + c) * size[1] + j + b) * size[0] + i + a;
              // The voxel is the far corner of the cell at its own index and the near corner of the next one.
              const weight = twoDimensional ? 1 << (a * 2 + b) : 1 << (a * 4 + b * 2 + c);
              patterns[cell] = (patterns[cell] ?? 0) | weight;
            }
      }
  const marked = new Uint8Array(patterns.length);
  const areas = new Float64Array(patterns.length);
  patterns.forEach((pattern, cell) => {
    if (pattern === 0 || pattern === full) return;
    marked[cell] = 1;
    areas[cell] = table[pattern] ?? 0;
  });
  return { dims: size, marked, areas };
}

/**
 * Surface in the voxel convention: the voxels of the mask that face-connected erosion removes; beyond the image's edge
 * counts as outside. Every voxel counts the same.
 *
 * @param mask 0 or 1, i fastest, cut so that nothing of the mask lies outside
 */
export function voxelSurface(mask: Uint8Array, dims: Dims, twoDimensional: boolean): Surface {
  const [nx, ny, nz] = dims;
  const marked = new Uint8Array(mask.length);
  const inside = (i: number, j: number, k: number) =>
    i >= 0 && j >= 0 && k >= 0 && i < nx && j < ny && k < nz && mask[(k * ny + j) * nx + i] !== 0;
  for (let k = 0, index = 0; k < nz; k += 1)
    for (let j = 0; j < ny; j += 1)
      for (let i = 0; i < nx; i += 1, index += 1) {
        if (mask[index] === 0) continue;
        const deep =
          inside(i - 1, j, k) &&
          inside(i + 1, j, k) &&
          inside(i, j - 1, k) &&
          inside(i, j + 1, k) &&
          (twoDimensional || (inside(i, j, k - 1) && inside(i, j, k + 1)));
        if (!deep) marked[index] = 1;
      }
  return { dims, marked, areas: Float64Array.from(marked) };
}
