/** One slice: values i fastest. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** The slice smoothed over 5 cells, and what that has more than its wider surroundings (an "à trous" wavelet). */
export interface Bands {
  readonly smooth: Plane;
  readonly detail: Plane;
}

/** Both bands of a slice. */
export function bandsOf(plane: Plane): Bands {
  const smooth = smoothed(plane, 1);
  const wide = smoothed(smooth, 2);
  const detail = wide.values;
  for (let at = 0; at < detail.length; at++) detail[at] = (smooth.values[at] ?? 0) - (detail[at] ?? 0);
  return { smooth, detail: { ...plane, values: detail } };
}

/** Binomial weights 1 4 6 4 1 along both axes, `gap` cells apart; the border repeats. */
function smoothed({ width, height, values }: Plane, gap: number): Plane {
  const across = new Float32Array(values.length);
  const both = new Float32Array(values.length);
  const first = Math.min(2 * gap, width);
  const last = Math.max(first, width - 2 * gap);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const end = row + width - 1;
    for (let x = 0; x < first; x++) across[row + x] = repeating(values, row, row + x, end, gap);
    for (let at = row + first; at < row + last; at++)
      across[at] =
        0.375 * (values[at] ?? 0) +
        0.25 * ((values[at - gap] ?? 0) + (values[at + gap] ?? 0)) +
        0.0625 * ((values[at - 2 * gap] ?? 0) + (values[at + 2 * gap] ?? 0));
    for (let x = last; x < width; x++) across[row + x] = repeating(values, row, row + x, end, gap);
  }
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const a = Math.max(0, y - 2 * gap) * width;
    const b = Math.max(0, y - gap) * width;
    const c = Math.min(height - 1, y + gap) * width;
    const d = Math.min(height - 1, y + 2 * gap) * width;
    for (let x = 0; x < width; x++)
      both[row + x] =
        0.375 * (across[row + x] ?? 0) +
        0.25 * ((across[b + x] ?? 0) + (across[c + x] ?? 0)) +
        0.0625 * ((across[a + x] ?? 0) + (across[d + x] ?? 0));
  }
  return { width, height, values: both };
}

function repeating(values: Float32Array, first: number, at: number, last: number, gap: number): number {
  return (
    0.375 * (values[at] ?? 0) +
    0.25 * ((values[Math.max(first, at - gap)] ?? 0) + (values[Math.min(last, at + gap)] ?? 0)) +
    0.0625 * ((values[Math.max(first, at - 2 * gap)] ?? 0) + (values[Math.min(last, at + 2 * gap)] ?? 0))
  );
}

/** The slice on cells `factor` times as large, linear between them. */
export function enlarged({ width, height, values }: Plane, factor: number): Plane {
  const [nx, ny] = [Math.max(1, Math.floor(width / factor)), Math.max(1, Math.floor(height / factor))];
  const out = new Float32Array(nx * ny);
  const [left, top] = [(width - nx * factor) / 2, (height - ny * factor) / 2];
  for (let j = 0, at = 0; j < ny; j++) {
    const y = Math.max(0, Math.min(height - 1, top + (j + 0.5) * factor - 0.5));
    const row = Math.min(height - 1, Math.floor(y));
    const down = y - row;
    const [upper, lower] = [row * width, Math.min(height - 1, row + 1) * width];
    for (let i = 0; i < nx; i++, at++) {
      const x = Math.max(0, Math.min(width - 1, left + (i + 0.5) * factor - 0.5));
      const column = Math.min(width - 1, Math.floor(x));
      const right = x - column;
      const next = Math.min(width - 1, column + 1);
      out[at] =
        (1 - down) * ((1 - right) * (values[upper + column] ?? 0) + right * (values[upper + next] ?? 0)) +
        down * ((1 - right) * (values[lower + column] ?? 0) + right * (values[lower + next] ?? 0));
    }
  }
  return { width: nx, height: ny, values: out };
}
