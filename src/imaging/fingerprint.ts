import { axisStep, spacingOf, type Geometry } from './geometry';
import type { Volume } from './volume';
import { setBits } from './set-bits';

const ACROSS = 16;
const THROUGH = 4;
/** Differences between neighbours: 15 x 16 across and 16 x 15 down in each of 4 layers. */
const DIFFERENCES = 2 * (ACROSS - 1) * ACROSS * THROUGH;
const WORDS = DIFFERENCES / 32;
/** Length of a fingerprint in bytes: a sign and a "counts" bit for each difference. */
export const FINGERPRINT_BYTES = 2 * WORDS * 4;
/** Differences below this share of the mean absolute one are noise and do not count. */
const NOISE_SHARE = 0.25;
/** Samples that one cell takes along an axis at most: more hardly change its mean, and cost an import its speed. */
const MOST_SAMPLES = 6;

/**
 * What a volume looks like, in {@link FINGERPRINT_BYTES} bytes. Its slices are averaged on 16 x 16 cells, and along k on
 * 4; of every two neighbours in a slice one bit says which is brighter and another whether that is more than noise. Both
 * stay what they are under a window, a gamma curve, 8-bit conversion or another matrix. The axes run as in the patient
 * (LPS), so that a copy with rows and columns exchanged has the same one.
 *
 * The difference hash (dHash) of photographs, in three dimensions and with a mask for what is flat.
 */
export function fingerprintOf(volume: Volume): Uint8Array {
  const cells = cellMeans(volume);
  const { from, to } = neighbours();
  const differences = new Float64Array(DIFFERENCES);
  let total = 0;
  for (let bit = 0; bit < DIFFERENCES; bit++) {
    const difference = (cells[to[bit] ?? 0] ?? 0) - (cells[from[bit] ?? 0] ?? 0);
    differences[bit] = difference;
    total += Math.abs(difference);
  }
  const noise = (NOISE_SHARE * total) / DIFFERENCES;
  const words = new Uint32Array(2 * WORDS);
  for (let bit = 0; bit < DIFFERENCES; bit++) {
    const difference = differences[bit] ?? 0;
    if (difference > 0) setBit(words, bit);
    if (Math.abs(difference) > noise) setBit(words, DIFFERENCES + bit);
  }
  return new Uint8Array(words.buffer);
}

/** A fingerprint made ready for comparing, with what its scan measures. */
export interface Print {
  readonly words: Uint32Array;
  /** Width over height of a slice in millimetres, at least 1. */
  readonly aspect: number;
  readonly slices: number;
}

/** @param bytes from {@link fingerprintOf}, of a scan on the grid `geometry` */
export function printOf(bytes: Uint8Array, geometry: Geometry): Print {
  const words = new Uint32Array(2 * WORDS);
  new Uint8Array(words.buffer).set(bytes.subarray(0, FINGERPRINT_BYTES));
  const [sx, sy] = spacingOf(geometry);
  const ratio = (geometry.dims[0] * sx) / (geometry.dims[1] * sy);
  return { words, aspect: Math.max(ratio, 1 / ratio), slices: geometry.dims[2] };
}

/** Differing bits of a copy are at most this share of those that count in both. See docs/decisions/006. */
export const COPY_DISTANCE = 0.12;
/** Up to this a pair is hardly ever two people; between the two, organs cut out alike may look like a cropped copy. */
export const SURE_COPY_DISTANCE = 0.07;
/** Fewer common bits than this say nothing: two flat images. */
const LEAST_COMMON = DIFFERENCES / 6;
/** After these numbers of words (of 60) a pair is given up when it exceeds the limit by so much: most are at once. */
const [FIRST_LOOK, FIRST_SLACK, SECOND_LOOK, SECOND_SLACK] = [8, 0.14, 20, 0.09];
/** How much two copies may differ in the aspect of a slice and in the number of slices. */
const ASPECT_BAND = 1.16;
const SLICE_BAND = 1.34;

/**
 * The prints that show the same volume as `print`: as it is, or mirrored along any axes.
 *
 * @param isSkipped whether the print with this index is not to be looked at
 * @returns index and distance (share of differing bits, at most {@link COPY_DISTANCE}) of each
 */
export function copiesOf(
  print: Print,
  others: readonly Print[],
  isSkipped: (index: number) => boolean = () => false,
): (readonly [index: number, distance: number])[] {
  const found: [number, number][] = [];
  let mirrored: Uint32Array[] | null = null;
  for (let index = 0; index < others.length; index++) {
    const other = others[index];
    if (other === undefined || !mayBeCopies(print, other) || isSkipped(index)) continue;
    mirrored ??= mirrorImages(print.words);
    const distance = nearest(mirrored, other.words);
    if (distance <= COPY_DISTANCE) found.push([index, distance]);
  }
  return found;
}

function mayBeCopies(a: Print, b: Print): boolean {
  const within = (x: number, y: number, band: number) => x <= y * band && y <= x * band;
  const slices = within(a.slices, b.slices, SLICE_BAND) || Math.abs(a.slices - b.slices) <= 1;
  return slices && within(a.aspect, b.aspect, ASPECT_BAND);
}

function nearest(candidates: readonly Uint32Array[], other: Uint32Array): number {
  let best = 1;
  for (const words of candidates) {
    const distance = distanceOf(words, other, COPY_DISTANCE);
    if (distance < best) best = distance;
  }
  return best;
}

/** Share of differing bits; 1 as soon as the first words show that it is far above `limit`. */
function distanceOf(a: Uint32Array, b: Uint32Array, limit: number): number {
  let [differing, common] = [0, 0];
  for (let word = 0; word < WORDS; word++) {
    const both = (a[WORDS + word] ?? 0) & (b[WORDS + word] ?? 0);
    common += setBits(both);
    differing += setBits(((a[word] ?? 0) ^ (b[word] ?? 0)) & both);
    if (word === FIRST_LOOK && differing > (limit + FIRST_SLACK) * common) return 1;
    if (word === SECOND_LOOK && differing > (limit + SECOND_SLACK) * common) return 1;
  }
  return common < LEAST_COMMON ? 1 : differing / common;
}

const setBit = (words: Uint32Array, bit: number) => {
  words[bit >>> 5] = ((words[bit >>> 5] ?? 0) | (1 << (bit & 31))) >>> 0;
};
const hasBit = (words: Uint32Array, bit: number) => (((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;

/**
 * Calls `visit` for every difference in the order of their bits, with the two cells and the bit of the same difference
 * in the image mirrored along the axes `mirror`. The layers alternate, so that the first words see all of them.
 */
function eachDifference(
  visit: (from: number, to: number, mirroredFrom: number, mirroredTo: number) => void,
  mirror: readonly [boolean, boolean, boolean] = [false, false, false],
): void {
  const cell = (x: number, y: number, z: number) => (z * ACROSS + y) * ACROSS + x;
  const image = (x: number, y: number, z: number) =>
    cell(mirror[0] ? ACROSS - 1 - x : x, mirror[1] ? ACROSS - 1 - y : y, mirror[2] ? THROUGH - 1 - z : z);
  for (let row = 0; row < ACROSS; row++)
    for (let step = 0; step < ACROSS - 1; step++)
      for (let z = 0; z < THROUGH; z++) {
        // Rows of the middle first: the corners are empty in most images.
        const y = (row * 7 + 8) % ACROSS;
        visit(cell(step, y, z), cell(step + 1, y, z), image(step, y, z), image(step + 1, y, z));
        visit(cell(y, step, z), cell(y, step + 1, z), image(y, step, z), image(y, step + 1, z));
      }
}

/** The two cells of each difference. */
interface Neighbours {
  readonly from: Uint16Array;
  readonly to: Uint16Array;
}

let neighbourTable: Neighbours | null = null;

function neighbours(): Neighbours {
  if (neighbourTable !== null) return neighbourTable;
  const from = new Uint16Array(DIFFERENCES);
  const to = new Uint16Array(DIFFERENCES);
  let bit = 0;
  eachDifference((one, other) => {
    from[bit] = one;
    to[bit++] = other;
  });
  neighbourTable = { from, to };
  return neighbourTable;
}

interface MirrorTable {
  /** For each bit the bit that stands in its place in the mirror image. */
  readonly source: Uint16Array;
  /** 1 where the difference runs the other way there. */
  readonly turned: Uint8Array;
}

let tables: readonly MirrorTable[] | null = null;

function mirrorTables(): readonly MirrorTable[] {
  if (tables !== null) return tables;
  const bits = new Map<number, { readonly bit: number; readonly from: number }>();
  const key = (a: number, b: number) => Math.min(a, b) * 65536 + Math.max(a, b);
  let at = 0;
  eachDifference((from, to) => bits.set(key(from, to), { bit: at++, from }));
  tables = Array.from({ length: 8 }, (_, flips) => {
    const source = new Uint16Array(DIFFERENCES);
    const turned = new Uint8Array(DIFFERENCES);
    let bit = 0;
    eachDifference(
      (_from, _to, from, to) => {
        const found = bits.get(key(from, to));
        source[bit] = found?.bit ?? 0;
        turned[bit++] = found?.from === from ? 0 : 1;
      },
      [(flips & 1) !== 0, (flips & 2) !== 0, (flips & 4) !== 0],
    );
    return { source, turned };
  });
  return tables;
}

/** The print and its seven mirror images. A difference that does not count may have either sign. */
function mirrorImages(words: Uint32Array): Uint32Array[] {
  return mirrorTables().map(({ source, turned }) => {
    const image = new Uint32Array(2 * WORDS);
    for (let bit = 0; bit < DIFFERENCES; bit++) {
      const from = source[bit] ?? 0;
      if (hasBit(words, from) !== (turned[bit] === 1)) setBit(image, bit);
      if (hasBit(words, DIFFERENCES + from)) setBit(image, DIFFERENCES + bit);
    }
    return image;
  });
}

/** Mean of each cell, [x, y, z] with x fastest, along the patient's axes as far as the slices have them. */
function cellMeans({ samples, geometry }: Volume): Float64Array {
  const { dims } = geometry;
  const { transpose, flips } = patientOrder(geometry);
  const strides = [1, dims[0], dims[0] * dims[1]] as const;
  const cells = [ACROSS, ACROSS, THROUGH] as const;
  const sampled = (axis: 0 | 1 | 2): Sampled => {
    // The cell axis that this voxel axis runs along.
    const place = transpose && axis < 2 ? 1 - axis : axis;
    const stride = [1, ACROSS, ACROSS * ACROSS][place] ?? 1;
    return samplesAlong(dims[axis], strides[axis], cells[place] ?? 1, stride, flips[place] ?? false);
  };
  const [is, js, ks] = [sampled(0), sampled(1), sampled(2)];
  const sums = new Float64Array(ACROSS * ACROSS * THROUGH);
  const counts = new Float64Array(sums.length);
  for (let k = 0; k < ks.voxels.length; k++)
    for (let j = 0; j < js.voxels.length; j++) {
      const row = (ks.voxels[k] ?? 0) + (js.voxels[j] ?? 0);
      const cell = (ks.cells[k] ?? 0) + (js.cells[j] ?? 0);
      for (let i = 0; i < is.voxels.length; i++) {
        const at = cell + (is.cells[i] ?? 0);
        sums[at] = (sums[at] ?? 0) + (samples[row + (is.voxels[i] ?? 0)] ?? 0);
        counts[at] = (counts[at] ?? 0) + 1;
      }
    }
  return sums.map((sum, at) => sum / (counts[at] ?? 1));
}

/** Samples along one axis: where each lies in the volume, and the cell that it counts for. */
interface Sampled {
  readonly voxels: Int32Array;
  readonly cells: Int32Array;
}

/** At least one sample for each of `cells` cells, evenly; a flipped axis counts its cells from the other end. */
function samplesAlong(
  size: number,
  stride: number,
  cells: number,
  cellStride: number,
  flip: boolean,
): Sampled {
  const voxels: number[] = [];
  const places: number[] = [];
  for (let cell = 0; cell < cells; cell++) {
    const first = Math.min(size - 1, Math.floor((cell * size) / cells));
    const end = Math.max(first + 1, Math.floor(((cell + 1) * size) / cells));
    const step = Math.max(1, Math.ceil((end - first) / MOST_SAMPLES));
    for (let voxel = first; voxel < end; voxel += step) {
      voxels.push(voxel * stride);
      places.push((flip ? cells - 1 - cell : cell) * cellStride);
    }
  }
  return { voxels: Int32Array.from(voxels), cells: Int32Array.from(places) };
}

/** Whether rows and columns change places, and which axes run against the patient's (LPS). */
function patientOrder(geometry: Geometry): { transpose: boolean; flips: readonly boolean[] } {
  const main = (axis: 0 | 1 | 2) => {
    const step = axisStep(geometry, axis);
    const sizes = step.map(Math.abs);
    const along = sizes.indexOf(Math.max(...sizes));
    return { along, backwards: (step[along] ?? 0) < 0 };
  };
  const [i, j, k] = [main(0), main(1), main(2)];
  const transpose = i.along > j.along;
  const [x, y] = transpose ? [j, i] : [i, j];
  return { transpose, flips: [x.backwards, y.backwards, k.backwards] };
}
