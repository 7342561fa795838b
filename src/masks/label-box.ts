import type { Dims } from '#src/imaging/geometry';
import type { Box } from './brush';

/** The smallest box (inclusive) that holds every voxel of a label; null when there is none. `labels` i fastest. */
export function labelBox(labels: Uint8Array, [nx, ny, nz]: Dims, label: number): Box | null {
  const min: [number, number, number] = [nx, ny, nz];
  const max: [number, number, number] = [-1, -1, -1];
  for (let at = labels.indexOf(label); at >= 0; at = labels.indexOf(label, at + 1)) {
    const i = at % nx;
    const row = (at - i) / nx;
    const j = row % ny;
    const k = (row - j) / ny;
    if (i < min[0]) min[0] = i;
    if (i > max[0]) max[0] = i;
    if (j < min[1]) min[1] = j;
    if (j > max[1]) max[1] = j;
    if (k < min[2]) min[2] = k;
    if (k > max[2]) max[2] = k;
  }
  return max[0] < 0 ? null : { min, max };
}
