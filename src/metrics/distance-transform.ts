import type { Dims, Vector3 } from '#src/imaging/geometry';

/**
 * Squared Euclidean distance in mm2 from every point of a grid to the nearest marked point; exact, linear in the number
 * of points. Method: lower envelope of parabolas, one axis after the other (Felzenszwalb and Huttenlocher 2012,
 * "Distance Transforms of Sampled Functions").
 *
 * @param marked one value per point, i fastest; 0 = not marked
 * @returns infinity everywhere when nothing is marked
 */
export function squaredDistances(marked: Uint8Array, dims: Dims, spacing: Vector3): Float64Array {
  const distances = Float64Array.from(marked, (value) => (value === 0 ? Infinity : 0));
  const [nx, ny, nz] = dims;
  const longest = Math.max(nx, ny, nz);
  const line = new Float64Array(longest);
  const sites = new Int32Array(longest);
  const borders = new Float64Array(longest + 1);
  const strides = [1, nx, nx * ny] as const;
  for (const axis of [0, 1, 2] as const) {
    const count = dims[axis];
    if (count === 1) continue;
    const stride = strides[axis];
    const step = spacing[axis] ** 2;
    const [a, b] = axis === 0 ? ([1, 2] as const) : axis === 1 ? ([0, 2] as const) : ([0, 1] as const);
    for (let q = 0; q < dims[b]; q += 1)
      for (let p = 0; p < dims[a]; p += 1)
        transformLine(distances, p * strides[a] + q * strides[b], stride, count, step, line, sites, borders);
  }
  return distances;
}

function transformLine(
  distances: Float64Array,
  start: number,
  stride: number,
  count: number,
  step: number,
  line: Float64Array,
  sites: Int32Array,
  borders: Float64Array,
): void {
  let last = -1;
  for (let at = 0; at < count; at += 1) {
    const height = distances[start + at * stride] ?? Infinity;
    line[at] = height;
    if (height === Infinity) continue;
    let border = -Infinity;
    while (last >= 0) {
      const site = sites[last] ?? 0;
      border = ((height - (line[site] ?? 0)) / step + at * at - site * site) / (2 * (at - site));
      if (border > (borders[last] ?? 0)) break;
      last -= 1;
    }
    last += 1;
    sites[last] = at;
    borders[last] = last === 0 ? -Infinity : border;
    borders[last + 1] = Infinity;
  }
  if (last < 0) return;
  let nearest = 0;
  for (let at = 0; at < count; at += 1) {
    while ((borders[nearest + 1] ?? Infinity) < at) nearest += 1;
    const site = sites[nearest] ?? 0;
    distances[start + at * stride] = step * (at - site) ** 2 + (line[site] ?? 0);
  }
}
