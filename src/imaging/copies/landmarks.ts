import { bandsOf, enlarged, type Bands, type Plane } from './band';
import { MOST_SLICES } from './thumbnail';

/** Rings around a landmark, in cells, and the samples on each. */
const RADII = [1.5, 3.2, 5, 7] as const;
const ANGLES = 16;
/** Samples that a quarter turn moves along a ring. */
const QUARTER = ANGLES / 4;
const SAMPLES = RADII.length * ANGLES;
const MARGIN = 8;
/** Landmarks of one slice at one level, at most. */
const MOST_IN_SLICE = 8;
/** Weaker extrema, as a share of the mean detail of the scan, are noise. */
const LEAST_DETAIL = 0.7;
/** Within so much of the border of an octant a landmark is looked up under both. */
const UNSURE = (12 * Math.PI) / 180;
const EIGHTH = Math.PI / 4;
/** Words of 32 bits that describe a landmark. */
export const LANDMARK_WORDS = 4;

/** The most landmarks that a thumbnail has. */
export const MOST_LANDMARKS = 2 * MOST_SLICES * MOST_IN_SLICE;

/** Points of a scan that are known again in a copy; arrays of one entry (or {@link LANDMARK_WORDS}) for each. */
export interface Landmarks {
  readonly count: number;
  /** Millimetres from the middle of the slice. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Millimetres of a cell at the level where it was found. */
  readonly step: Float32Array;
  /** Octant (0 to 7) of its brighter side: how it is turned. */
  readonly octant: Uint8Array;
  /** The octant that it may have as well, or {@link NO_OCTANT}. */
  readonly otherOctant: Uint8Array;
  /** Which of two samples around it is brighter, for 128 pairs, as if its octant were the first. */
  readonly words: Uint32Array;
}

export const NO_OCTANT = 255;

const COS = Float64Array.from({ length: ANGLES }, (_, a) => Math.cos((2 * Math.PI * a) / ANGLES));
const SIN = Float64Array.from({ length: ANGLES }, (_, a) => Math.sin((2 * Math.PI * a) / ANGLES));

/**
 * Landmarks of a scan: extrema of the detail in its slices, at two levels (cells of the thumbnail, and larger by the square
 * root of 2), each described by which of two samples around it is brighter. Signs, because window, gamma and 8 bits keep
 * them; from around a point, because a crop keeps that.
 *
 * @param step millimetres of a cell
 * @param slices of a thumbnail
 * @param bands of these slices
 *
 * Extrema in scale space as in SIFT (Lowe, IJCV 2004), binary descriptions as in BRIEF (Calonder et al., ECCV 2010).
 */
export function landmarksOf(step: number, slices: readonly Plane[], bands: readonly Bands[]): Landmarks {
  const [x, y, steps, words]: [number[], number[], number[], number[]] = [[], [], [], []];
  const [octants, others]: [number[], number[]] = [[], []];
  for (const factor of [1, Math.SQRT2]) {
    const planes = factor === 1 ? bands : slices.map((plane) => bandsOf(enlarged(plane, factor)));
    const least = LEAST_DETAIL * meanSize(planes.map(({ detail }) => detail.values));
    for (const { smooth, detail } of planes)
      for (const [column, row] of extremaOf(detail, least)) {
        const turned = readRings(smooth, column, row);
        if (turned === null) continue;
        x.push((column - (smooth.width - 1) / 2) * step * factor);
        y.push((row - (smooth.height - 1) / 2) * step * factor);
        steps.push(step * factor);
        octants.push(turned.octant);
        others.push(turned.other);
        words.push(
          ...wordsOf(smooth.values[Math.round(row) * smooth.width + Math.round(column)] ?? 0, turned.octant),
        );
      }
  }
  return {
    count: x.length,
    x: Float32Array.from(x),
    y: Float32Array.from(y),
    step: Float32Array.from(steps),
    octant: Uint8Array.from(octants),
    otherOctant: Uint8Array.from(others),
    words: Uint32Array.from(words),
  };
}

function meanSize(arrays: readonly Float32Array[]): number {
  let [sum, count] = [0, 0];
  for (const values of arrays) {
    for (let at = 0; at < values.length; at++) sum += Math.abs(values[at] ?? 0);
    count += values.length;
  }
  return sum / Math.max(1, count);
}

/** The strongest extrema of the detail, between cells, far enough from the border. */
function extremaOf({ width, height, values }: Plane, least: number): [number, number][] {
  const found: [number, number, number][] = [];
  for (let y = MARGIN; y < height - MARGIN; y++)
    for (let x = MARGIN; x < width - MARGIN; x++) {
      const at = y * width + x;
      const value = values[at] ?? 0;
      const size = Math.abs(value);
      if (size < least) continue;
      const sign = Math.sign(value);
      const w = sign * (values[at - 1] ?? 0);
      const e = sign * (values[at + 1] ?? 0);
      const n = sign * (values[at - width] ?? 0);
      const s = sign * (values[at + width] ?? 0);
      if (w >= size || e > size || n >= size || s > size) continue;
      if (
        sign * (values[at - width - 1] ?? 0) >= size ||
        sign * (values[at - width + 1] ?? 0) >= size ||
        sign * (values[at + width - 1] ?? 0) > size ||
        sign * (values[at + width + 1] ?? 0) > size
      )
        continue;
      const dx = (e - w) / (2 * (2 * size - e - w) || 1);
      const dy = (s - n) / (2 * (2 * size - s - n) || 1);
      found.push([size, x + Math.max(-0.5, Math.min(0.5, dx)), y + Math.max(-0.5, Math.min(0.5, dy))]);
    }
  return found
    .sort((a, b) => b[0] - a[0])
    .slice(0, MOST_IN_SLICE)
    .map(([, x, y]) => [x, y]);
}

/** Samples around the landmark that is being described. */
const ring = new Float64Array(SAMPLES);

/** Fills {@link ring}; says to which octant the brighter side points, null where there is none. */
function readRings({ width, values }: Plane, x: number, y: number): { octant: number; other: number } | null {
  let [mx, my] = [0, 0];
  for (const [r, radius] of RADII.entries())
    for (let a = 0; a < ANGLES; a++) {
      const px = x + radius * (COS[a] ?? 0);
      const py = y + radius * (SIN[a] ?? 0);
      const i = Math.floor(px);
      const j = Math.floor(py);
      const right = px - i;
      const at = j * width + i;
      const upper = (1 - right) * (values[at] ?? 0) + right * (values[at + 1] ?? 0);
      const lower = (1 - right) * (values[at + width] ?? 0) + right * (values[at + width + 1] ?? 0);
      const value = upper + (py - j) * (lower - upper);
      ring[r * ANGLES + a] = value;
      if (r === 1 || r === 2) {
        mx += value * (COS[a] ?? 0);
        my += value * (SIN[a] ?? 0);
      }
    }
  if (mx === 0 && my === 0) return null;
  const angle = (Math.atan2(my, mx) + 2 * Math.PI) % (2 * Math.PI);
  const octant = Math.min(7, Math.floor(angle / EIGHTH));
  const within = angle - octant * EIGHTH;
  const other = within < UNSURE ? (octant + 7) % 8 : within > EIGHTH - UNSURE ? (octant + 1) % 8 : NO_OCTANT;
  return { octant, other };
}

/** The sample of a ring that stands at `a` when `octant` is turned (and mirrored) to the first. */
function sampleAt(a: number, octant: number): number {
  const turn = QUARTER * (octant >> 1);
  return (((octant & 1) === 1 ? QUARTER - a : a) + turn + ANGLES) % ANGLES;
}

/** 64 comparisons along the rings, then 64 from ring to ring (the first with the centre). */
function wordsOf(centre: number, octant: number): number[] {
  const words = [0, 0, 0, 0];
  for (let r = 0; r < RADII.length; r++)
    for (let a = 0; a < ANGLES; a++) {
      const from = sampleAt(a, octant);
      const here = ring[r * ANGLES + from] ?? 0;
      const next = ring[r * ANGLES + sampleAt((a + 2) % ANGLES, octant)] ?? 0;
      const inner = r === 0 ? centre : (ring[(r - 1) * ANGLES + from] ?? 0);
      const bit = r * ANGLES + a;
      if (here > next) words[bit >> 5] = (words[bit >> 5] ?? 0) | (1 << (bit & 31));
      if (here > inner) words[2 + (bit >> 5)] = (words[2 + (bit >> 5)] ?? 0) | (1 << (bit & 31));
    }
  return words.map((word) => word >>> 0);
}

/** The words of landmark `n` as they would be with its other octant. */
export function otherWordsOf({ words, octant, otherOctant }: Landmarks, n: number): Uint32Array {
  const image = new Uint32Array(LANDMARK_WORDS);
  const [from, to] = [octant[n] ?? 0, otherOctant[n] ?? 0];
  const isMirrored = ((from ^ to) & 1) === 1;
  const bitOf = (bit: number) => ((words[LANDMARK_WORDS * n + (bit >> 5)] ?? 0) >>> (bit & 31)) & 1;
  const set = (bit: number) => {
    image[bit >> 5] = ((image[bit >> 5] ?? 0) | (1 << (bit & 31))) >>> 0;
  };
  const standing = placeOf(from);
  for (let r = 0; r < RADII.length; r++)
    for (let a = 0; a < ANGLES; a++) {
      const bit = r * ANGLES + a;
      const here = standing[sampleAt(a, to)] ?? 0;
      const next = standing[sampleAt((a + 2) % ANGLES, to)] ?? 0;
      // A mirror lets a comparison along the ring run the other way.
      const along = isMirrored ? 1 - bitOf(r * ANGLES + next) : bitOf(r * ANGLES + here);
      if (along === 1) set(bit);
      if (bitOf(64 + r * ANGLES + here) === 1) set(64 + bit);
    }
  return image;
}

/** Where each sample of a ring stands when `octant` is turned to the first. */
function placeOf(octant: number): Uint8Array {
  const places = new Uint8Array(ANGLES);
  for (let a = 0; a < ANGLES; a++) places[sampleAt(a, octant)] = a;
  return places;
}
