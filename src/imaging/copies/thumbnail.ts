import { spacingOf } from '../geometry';
import type { Volume } from '../volume';

/** A volume made small: its slices on square cells, 8 bits. */
export interface Thumbnail {
  /** Cells along i and j, and slices. */
  readonly dims: readonly [number, number, number];
  /** Millimetres of a cell: a power of the square root of 2, so that a crop has the same cells as the whole. */
  readonly step: number;
  /** i fastest; 0 to 255 from the darkest to the brightest cells (but for the outermost 0.5 %). */
  readonly cells: Uint8Array;
}

/** The longer side of a slice has at least this many cells and fewer than its multiple by the square root of 2. */
const LEAST_CELLS = 40;
/** Slices beyond these are averaged with their neighbours. */
export const MOST_SLICES = 16;
/** Voxels that one cell takes along an axis at most. */
const MOST_SAMPLES = 3;
const CUT = 0.005;

/** The thumbnail of a volume of any size. */
export function thumbnailOf({ samples, geometry }: Volume): Thumbnail {
  const { dims } = geometry;
  const [sx, sy] = spacingOf(geometry);
  const longer = Math.max(dims[0] * sx, dims[1] * sy);
  // Half voxels at the least: cells between the voxels of a tiny image would say nothing of their own.
  const step = Math.SQRT2 ** Math.max(rung(longer / LEAST_CELLS), 1 + rung(Math.min(sx, sy) / 2.1));
  const [nx, ny] = [
    Math.max(1, Math.floor((dims[0] * sx) / step)),
    Math.max(1, Math.floor((dims[1] * sy) / step)),
  ];
  const nz = Math.min(MOST_SLICES, dims[2]);
  const is = samplesAlong(dims[0], nx, step / sx);
  const js = samplesAlong(dims[1], ny, step / sy);
  const ks = samplesAlong(dims[2], nz, dims[2] / nz);
  const means = new Float32Array(nx * ny * nz);
  const [rowOf, sliceOf] = [dims[0], dims[0] * dims[1]];
  for (let z = 0, at = 0; z < nz; z++)
    for (let y = 0; y < ny; y++, at += nx)
      for (let c = 0; c < ks.each; c++)
        for (let b = 0; b < js.each; b++) {
          const row = (ks.voxels[z * ks.each + c] ?? 0) * sliceOf + (js.voxels[y * js.each + b] ?? 0) * rowOf;
          for (let x = 0, n = 0; x < nx; x++)
            for (let a = 0; a < is.each; a++, n++)
              means[at + x] = (means[at + x] ?? 0) + (samples[row + (is.voxels[n] ?? 0)] ?? 0);
        }
  return { dims: [nx, ny, nz], step, cells: eightBits(means) };
}

/** The largest whole n for which the square root of 2, n times multiplied, is at most `length`. */
const rung = (length: number) => Math.floor(2 * Math.log2(length) + 1e-6);

/** Voxels of each of `cells` cells, of `width` voxels each, in the middle of an axis. */
function samplesAlong(size: number, cells: number, width: number) {
  const each = Math.max(1, Math.min(MOST_SAMPLES, Math.round(width)));
  const start = (size - cells * width) / 2;
  const voxels = new Int32Array(cells * each);
  for (let n = 0; n < voxels.length; n++)
    voxels[n] = Math.max(0, Math.min(size - 1, Math.floor(start + ((n + 0.5) * width) / each)));
  return { each, voxels };
}

function eightBits(sums: Float32Array): Uint8Array {
  const stride = Math.max(1, Math.floor(sums.length / 2000));
  const some = new Float32Array(Math.ceil(sums.length / stride));
  for (let n = 0; n < some.length; n++) some[n] = sums[n * stride] ?? 0;
  some.sort();
  const low = some[Math.floor(CUT * (some.length - 1))] ?? 0;
  const high = some[Math.ceil((1 - CUT) * (some.length - 1))] ?? 0;
  const scale = high > low ? 255 / (high - low) : 0;
  const cells = new Uint8Array(sums.length);
  for (let at = 0; at < sums.length; at++) {
    const value = ((sums[at] ?? 0) - low) * scale;
    cells[at] = value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5;
  }
  return cells;
}
