import type { Placement } from './landmark-index';
import type { Relief } from './relief';

/** How much two scans look alike where one lies over the other. */
interface Match {
  /**
   * -1 to 1: each slice of the scan with fewer slices correlated with the one of the other that fits best; the mean,
   * weighted by how much detail a slice has.
   */
  readonly correlation: number;
  /** Share of the smaller slice that both show. */
  readonly overlap: number;
}

/** Fewer cells in common say nothing. */
const LEAST_CELLS = 100;
/** Two scans that share less than this of a slice are not compared. */
const LEAST_OVERLAP = 0.4;
/** Below the first nothing that is moved a little becomes a copy; above the second it need not be moved. */
const [WORTH_MOVING, GOOD_ENOUGH] = [0.5, 0.85];
/** Every other cell of every other row says nearly the same, in a quarter of the time. */
const COARSE = 2;

/**
 * Correlation (see {@link Match}) of two scans near a placement of the first over the second: up to three quarters of a
 * cell and 3 % of the size away. -1 where they hardly overlap or are plainly two.
 */
export function correlationNear(one: Relief, other: Relief, placement: Placement): number {
  const at = (place: Placement, stride: number) => {
    const { correlation, overlap } = matchOf(one, other, place, stride);
    return overlap < LEAST_OVERLAP ? -1 : correlation;
  };
  let [best, here] = [at(placement, COARSE), placement];
  if (best < WORTH_MOVING) return -1;
  for (const part of [0.5, 0.25]) {
    if (best > GOOD_ENOUGH) break;
    const by = part * other.step;
    for (const move of [
      { x: here.x + by },
      { x: here.x - by },
      { y: here.y + by },
      { y: here.y - by },
      { scale: here.scale * (1 + 0.04 * part) },
      { scale: here.scale * (1 - 0.04 * part) },
    ]) {
      const moved = { ...here, ...move };
      const correlation = at(moved, COARSE);
      if (correlation > best) [best, here] = [correlation, moved];
    }
  }
  return at(here, 1);
}

/** Correlates the slices of two scans where `placement` puts the first over the second. */
function matchOf(one: Relief, other: Relief, placement: Placement, stride: number): Match {
  const [width, height] = one.dims;
  const [ow, oh] = other.dims;
  const {
    turn: [a, b, c, d],
    scale,
  } = placement;
  const [step, otherStep] = [one.step, other.step];
  const us = new Float32Array(width * height);
  const vs = new Float32Array(width * height);
  const cells = new Int32Array(width * height);
  let count = 0;
  // The detail at a border lacks its surroundings.
  for (let y = 2; y < height - 2; y += stride)
    for (let x = 2; x < width - 2; x += stride) {
      const px = (x - (width - 1) / 2) * step;
      const py = (y - (height - 1) / 2) * step;
      const u = (scale * (a * px + b * py) + placement.x) / otherStep + (ow - 1) / 2;
      const v = (scale * (c * px + d * py) + placement.y) / otherStep + (oh - 1) / 2;
      if (u < 2 || v < 2 || u > ow - 3 || v > oh - 3) continue;
      us[count] = u;
      vs[count] = v;
      cells[count++] = y * width + x;
    }
  const ratio = (otherStep / (step * scale)) ** 2;
  const overlap =
    (count * stride * stride) / Math.min((width - 4) * (height - 4), (ow - 4) * (oh - 4) * ratio);
  if (count * stride * stride < LEAST_CELLS) return { correlation: -1, overlap };
  const own = planesOf(one).map((values) => {
    const picked = new Float32Array(count);
    for (let n = 0; n < count; n++) picked[n] = values[cells[n] ?? 0] ?? 0;
    return normalised(picked);
  });
  const placed = planesOf(other).map((values) => {
    const picked = new Float32Array(count);
    for (let n = 0; n < count; n++) {
      const u = us[n] ?? 0;
      const v = vs[n] ?? 0;
      const i = Math.floor(u);
      const j = Math.floor(v);
      const right = u - i;
      const from = j * ow + i;
      const upper = (1 - right) * (values[from] ?? 0) + right * (values[from + 1] ?? 0);
      const lower = (1 - right) * (values[from + ow] ?? 0) + right * (values[from + ow + 1] ?? 0);
      picked[n] = upper + (v - j) * (lower - upper);
    }
    return normalised(picked);
  });
  const [fewer, more] = own.length <= placed.length ? [own, placed] : [placed, own];
  let [total, weights] = [0, 0];
  for (const slice of fewer) {
    let best = -1;
    for (const candidate of more) {
      let sum = 0;
      for (let n = 0; n < count; n++) sum += (slice.values[n] ?? 0) * (candidate.values[n] ?? 0);
      if (sum > best) best = sum;
    }
    total += slice.length * best;
    weights += slice.length;
  }
  return { correlation: weights > 0 ? total / weights : -1, overlap };
}

function planesOf({ dims: [width, height, slices], cells }: Relief): Int8Array[] {
  const size = width * height;
  return Array.from({ length: slices }, (_, slice) => cells.subarray(slice * size, (slice + 1) * size));
}

/** In place: mean 0 and length 1 (or all 0), and the length that it had. */
function normalised(values: Float32Array): { readonly values: Float32Array; readonly length: number } {
  let [sum, squares] = [0, 0];
  for (let n = 0; n < values.length; n++) {
    const value = values[n] ?? 0;
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  const length = Math.sqrt(Math.max(0, squares - sum * mean));
  const scale = length > 1e-3 ? 1 / length : 0;
  for (let n = 0; n < values.length; n++) values[n] = ((values[n] ?? 0) - mean) * scale;
  return { values, length };
}
