import { spacingOf, type Geometry } from './geometry';

/** `256 x 256 x 12 voxels of 1.37 x 1.37 x 10.00 mm from (236.6, -37.7, 108.9)`; LPS millimetres. */
export function describeGrid(geometry: Geometry): string {
  const millimetres = spacingOf(geometry).map((mm) => mm.toFixed(2));
  const origin = [3, 7, 11].map((at) => (geometry.affine[at] ?? 0).toFixed(1));
  return `${geometry.dims.join(' x ')} voxels of ${millimetres.join(' x ')} mm from (${origin.join(', ')})`;
}
