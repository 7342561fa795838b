import { bandsOf, type Bands, type Plane } from './band';
import { landmarksOf, type Landmarks } from './landmarks';
import { thumbnailOf, type Thumbnail } from './thumbnail';
import type { Volume } from '../volume';

/** The detail of a scan's slices: what is correlated with that of another. */
export interface Relief {
  /** Cells along i and j, and slices. */
  readonly dims: readonly [number, number, number];
  /** Millimetres of a cell. */
  readonly step: number;
  /** i fastest; the standard deviation over the scan is {@link DEVIATION}. */
  readonly cells: Int8Array;
}

/** Leaves room for four standard deviations; what is stronger counts as that. */
const DEVIATION = 32;

/** The relief and the landmarks of a volume. */
export function studyOf(volume: Volume): { readonly relief: Relief; readonly landmarks: Landmarks } {
  const thumbnail = thumbnailOf(volume);
  const slices = slicesOf(thumbnail);
  const bands = slices.map(bandsOf);
  return { relief: reliefOf(thumbnail, bands), landmarks: landmarksOf(thumbnail.step, slices, bands) };
}

function slicesOf({ dims: [width, height, count], cells }: Thumbnail): Plane[] {
  const size = width * height;
  return Array.from({ length: count }, (_, slice) => ({
    width,
    height,
    values: new Float32Array(cells.subarray(slice * size, (slice + 1) * size)),
  }));
}

function reliefOf({ dims, step }: Thumbnail, bands: readonly Bands[]): Relief {
  const cells = new Int8Array(dims[0] * dims[1] * dims[2]);
  let squares = 0;
  for (const { detail } of bands)
    for (let at = 0; at < detail.values.length; at++) squares += (detail.values[at] ?? 0) ** 2;
  const scale = squares > 0 ? DEVIATION / Math.sqrt(squares / cells.length) : 0;
  let to = 0;
  for (const { detail } of bands)
    for (let at = 0; at < detail.values.length; at++)
      cells[to++] = Math.max(-127, Math.min(127, Math.round(scale * (detail.values[at] ?? 0))));
  return { dims, step, cells };
}
