import { INTENSITY_STEPS } from './intensity';

/** One slice within a volume's samples: rows of `width` starting at `offset`. */
export interface SliceView<T extends ArrayLike<number> = ArrayLike<number>> {
  readonly samples: T;
  readonly offset: number;
  readonly width: number;
  readonly height: number;
}

/**
 * From a pixel (x, y) of the patch to fractional pixels (u, v) of the slice:
 * u = a x + b y + c, v = d x + e y + f, plus an optional smooth displacement.
 */
export interface SliceTransform {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
  readonly elastic: ElasticGrid | null;
}

/** Displacements in slice pixels at (cells + 1)^2 control points spread over the patch, linear in between. */
export interface ElasticGrid {
  readonly cells: number;
  readonly u: Float32Array;
  readonly v: Float32Array;
}

export interface PatchSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The transform without augmentation: the patch's grid of `target` spacing, centred on the slice.
 *
 * @param spacing [x, y] of the slice in mm
 * @param target [x, y] of the patch in mm
 */
export function centredTransform(
  slice: PatchSize,
  spacing: readonly [number, number],
  patch: PatchSize,
  target: readonly [number, number],
): SliceTransform {
  const a = target[0] / spacing[0];
  const e = target[1] / spacing[1];
  return {
    a,
    b: 0,
    c: (slice.width - 1) / 2 - (a * (patch.width - 1)) / 2,
    d: 0,
    e,
    f: (slice.height - 1) / 2 - (e * (patch.height - 1)) / 2,
    elastic: null,
  };
}

/** Calls `visit(index, u, v)` for every patch pixel in row-major order. */
function forEachPosition(
  transform: SliceTransform,
  patch: PatchSize,
  visit: (index: number, u: number, v: number) => void,
): void {
  const { a, b, c, d, e, f, elastic } = transform;
  const rowU = elastic === null ? null : new Float32Array(elastic.cells + 1);
  const rowV = elastic === null ? null : new Float32Array(elastic.cells + 1);
  let index = 0;
  for (let y = 0; y < patch.height; y++) {
    if (elastic !== null && rowU !== null && rowV !== null) {
      const at = (y / (patch.height - 1)) * elastic.cells;
      const above = Math.min(elastic.cells - 1, Math.floor(at));
      const share = at - above;
      for (let i = 0; i <= elastic.cells; i++) {
        const first = above * (elastic.cells + 1) + i;
        const second = first + elastic.cells + 1;
        rowU[i] = (elastic.u[first] ?? 0) * (1 - share) + (elastic.u[second] ?? 0) * share;
        rowV[i] = (elastic.v[first] ?? 0) * (1 - share) + (elastic.v[second] ?? 0) * share;
      }
    }
    let u = b * y + c;
    let v = e * y + f;
    for (let x = 0; x < patch.width; x++) {
      if (elastic !== null && rowU !== null && rowV !== null) {
        const at = (x / (patch.width - 1)) * elastic.cells;
        const left = Math.min(elastic.cells - 1, at | 0);
        const share = at - left;
        const du = (rowU[left] ?? 0) * (1 - share) + (rowU[left + 1] ?? 0) * share;
        const dv = (rowV[left] ?? 0) * (1 - share) + (rowV[left + 1] ?? 0) * share;
        visit(index, u + du, v + dv);
      } else visit(index, u, v);
      index += 1;
      u += a;
      v += d;
    }
  }
}

/**
 * Bilinear samples of the slice on the patch, through the intensity table; outside the slice it is as dark as `low`.
 *
 * @param out receives width * height values at `outOffset`, row-major
 */
export function sampleImage(
  slice: SliceView,
  transform: SliceTransform,
  patch: PatchSize,
  range: { readonly low: number; readonly high: number },
  table: Float32Array,
  out: Float32Array,
  outOffset: number,
): void {
  const { samples, offset, width, height } = slice;
  const { low, high } = range;
  const steps = high > low ? (INTENSITY_STEPS - 1) / (high - low) : 0;
  const dark = table[0] ?? 0;
  forEachPosition(transform, patch, (index, u, v) => {
    if (!(u > -1 && v > -1 && u < width && v < height)) {
      out[outOffset + index] = dark;
      return;
    }
    // Half a pixel of border takes the edge's own value.
    const uu = u < 0 ? 0 : u > width - 1 ? width - 1 : u;
    const vv = v < 0 ? 0 : v > height - 1 ? height - 1 : v;
    const left = uu | 0;
    const top = vv | 0;
    const right = left < width - 1 ? 1 : 0;
    const below = top < height - 1 ? width : 0;
    const fu = uu - left;
    const fv = vv - top;
    const at = offset + top * width + left;
    const upper = (samples[at] ?? 0) * (1 - fu) + (samples[at + right] ?? 0) * fu;
    const lower = (samples[at + below] ?? 0) * (1 - fu) + (samples[at + below + right] ?? 0) * fu;
    const value = upper * (1 - fv) + lower * fv;
    const clipped = value < low ? low : value > high ? high : value;
    out[outOffset + index] = table[((clipped - low) * steps + 0.5) | 0] ?? dark;
  });
}

/** Nearest labels of the slice on the patch, mapped through `classOf` (256 entries); 0 outside the slice. */
export function sampleLabels(
  slice: SliceView<Uint8Array>,
  transform: SliceTransform,
  patch: PatchSize,
  classOf: Uint8Array,
  out: Uint8Array,
  outOffset: number,
): void {
  const { samples, offset, width, height } = slice;
  forEachPosition(transform, patch, (index, u, v) => {
    const i = Math.round(u);
    const j = Math.round(v);
    out[outOffset + index] =
      i >= 0 && j >= 0 && i < width && j < height ? (classOf[samples[offset + j * width + i] ?? 0] ?? 0) : 0;
  });
}
