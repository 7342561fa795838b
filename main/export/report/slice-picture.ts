import { axisStep, spacingOf, type Geometry } from '#src/imaging/geometry';
import type { PictureSource, SlicePicture } from './report-data';

/** Index of the slice with most voxels whose labels differ, and how many those are. */
export function worstSlice(
  reference: Uint8Array,
  prediction: Uint8Array,
  dims: Geometry['dims'],
): { slice: number; wrongVoxels: number } {
  const size = dims[0] * dims[1];
  let worst = { slice: Math.floor(dims[2] / 2), wrongVoxels: 0 };
  for (let slice = 0; slice < dims[2]; slice++) {
    let wrongVoxels = 0;
    for (let index = slice * size; index < (slice + 1) * size; index++)
      if (reference[index] !== prediction[index]) wrongVoxels++;
    if (wrongVoxels > worst.wrongVoxels) worst = { slice, wrongVoxels };
  }
  return worst;
}

/**
 * One slice (k fixed) cut to a square around the masks, turned as it is usually looked at: the patient's right on the
 * left of the picture, front or head at the top.
 * @param window sample values that become black and white
 */
export function slicePicture(
  source: PictureSource,
  geometry: Geometry,
  slice: number,
  [low, high]: readonly [number, number],
  invert: boolean,
): SlicePicture {
  const display = displayOf(geometry);
  const [across, down] = display.transposed ? [1, 0] : [0, 1];
  const spacing = spacingOf(geometry);
  const [nx, ny] = geometry.dims;
  const voxel = (x: number, y: number) => {
    const i = display.transposed ? y : x;
    const j = display.transposed ? x : y;
    return (slice * ny + (display.flipJ ? ny - 1 - j : j)) * nx + (display.flipI ? nx - 1 - i : i);
  };
  const columns = geometry.dims[across] ?? nx;
  const rows = geometry.dims[down] ?? ny;
  const pixel: [number, number] = [spacing[across] ?? 1, spacing[down] ?? 1];
  const box = around(columns, rows, pixel, (x, y) => {
    const index = voxel(x, y);
    return source.reference[index] !== 0 || source.prediction[index] !== 0;
  });
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const picture = {
    width,
    height,
    pixel,
    grey: new Uint8Array(width * height),
    reference: new Uint8Array(width * height),
    prediction: new Uint8Array(width * height),
  };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = voxel(box.left + x, box.top + y);
      const to = y * width + x;
      const share = Math.min(1, Math.max(0, ((source.samples[from] ?? 0) - low) / (high - low || 1)));
      picture.grey[to] = Math.round(255 * (invert ? 1 - share : share));
      picture.reference[to] = source.reference[from] ?? 0;
      picture.prediction[to] = source.prediction[from] ?? 0;
    }
  return picture;
}

/** Which in-plane axis runs across the picture, and which run against the usual direction (LPS). */
function displayOf(geometry: Geometry): { transposed: boolean; flipI: boolean; flipJ: boolean } {
  const dominant = (axis: 0 | 1) => {
    const step = axisStep(geometry, axis);
    const sizes = step.map(Math.abs);
    const along = sizes.indexOf(Math.max(...sizes));
    return { along, positive: (step[along] ?? 0) >= 0 };
  };
  const [i, j] = [dominant(0), dominant(1)];
  // Head to foot runs down whenever the plane has it, else front to back.
  const transposed = i.along > j.along;
  // Left and posterior come last in rows and columns, superior first.
  const against = (axis: { along: number; positive: boolean }) =>
    axis.along === 2 ? axis.positive : !axis.positive;
  return { transposed, flipI: against(i), flipJ: against(j) };
}

/** A box (half-open) around all marked pixels, about square in millimetres, with a margin; all where none is marked. */
function around(
  columns: number,
  rows: number,
  [sx, sy]: readonly [number, number],
  marked: (x: number, y: number) => boolean,
): { left: number; right: number; top: number; bottom: number } {
  let [left, right, top, bottom] = [columns, -1, rows, -1];
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      if (marked(x, y))
        [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), y];
  if (right < 0) return { left: 0, right: columns, top: 0, bottom: rows };
  const longest = Math.max((right - left + 1) * sx, (bottom - top + 1) * sy);
  const side = Math.max(2 * longest, 0.3 * Math.min(columns * sx, rows * sy));
  const span = (first: number, last: number, step: number, count: number): [number, number] => {
    const size = Math.min(count, Math.ceil(side / step));
    const start = Math.round((first + last + 1 - size) / 2);
    const begin = Math.max(0, Math.min(count - size, start));
    return [begin, begin + size];
  };
  const [x0, x1] = span(left, right, sx, columns);
  const [y0, y1] = span(top, bottom, sy, rows);
  return { left: x0, right: x1, top: y0, bottom: y1 };
}

/**
 * Borders between labels as an SVG path in pixel units (edge coordinates): every side between two pixels of different
 * labels, consecutive sides of a row or column joined.
 */
export function outlinePath(labels: Uint8Array, width: number, height: number): string {
  const at = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : (labels[y * width + x] ?? 0);
  const parts: string[] = [];
  for (let y = 0; y <= height; y++)
    for (let x = 0; x < width; x++) {
      const start = x;
      while (x < width && at(x, y) !== at(x, y - 1)) x++;
      if (x > start) parts.push(`M${start} ${y}H${x}`);
    }
  for (let x = 0; x <= width; x++)
    for (let y = 0; y < height; y++) {
      const start = y;
      while (y < height && at(x, y) !== at(x - 1, y)) y++;
      if (y > start) parts.push(`M${x} ${start}V${y}`);
    }
  return parts.join('');
}
