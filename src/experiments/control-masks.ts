import type { Dims } from '#src/imaging/geometry';
import { permutation, randomStream, uniform } from '#src/models/random';
import { keyedHash } from '#src/splits/keyed-hash';
import { compareText } from '#src/splits/units';

/** An ellipse in fractions of a slice's width and height; `angle` in radians. */
export interface SliceEllipse {
  readonly centre: readonly [number, number];
  readonly radii: readonly [number, number];
  readonly angle: number;
}

/** Grid on which constant masks are compared. */
const GRID = 64;
/** Purpose of the random stream. */
const ELLIPSE = 31;
const SHUFFLE = 32;

/**
 * The random ellipse that stands for a patient's reference in the random-mask control: the same in all slices of all
 * scans of the patient, and nothing that an image could tell. A model can only place it for a patient whom it has met
 * (after the random labels of Yagis et al. 2021).
 */
export function randomEllipse(seed: number, patient: string): SliceEllipse {
  const hash = keyedHash(seed, `ellipse\u0000${patient}`);
  const random = randomStream(ELLIPSE, hash % 2 ** 31, Math.floor(hash / 2 ** 31));
  return {
    centre: [uniform(random, 0.25, 0.75), uniform(random, 0.25, 0.75)],
    radii: [uniform(random, 0.08, 0.2), uniform(random, 0.08, 0.2)],
    angle: uniform(random, 0, Math.PI),
  };
}

/** The ellipse as a mask (label 1), the same in every slice; i fastest. */
export function ellipseMask(ellipse: SliceEllipse, [nx, ny, nz]: Dims): Uint8Array<ArrayBuffer> {
  const slice = ellipseSlice(ellipse, nx, ny);
  const mask = new Uint8Array(nx * ny * nz);
  for (let k = 0; k < nz; k++) mask.set(slice, k * nx * ny);
  return mask;
}

/**
 * Dice of each ellipse under the best constant mask: the one mask, the same for everybody, with the highest mean Dice
 * among those made of the most often covered pixels. It is chosen knowing all ellipses, so a model that recognises nobody
 * does not get above it.
 *
 * @returns one Dice for each ellipse, in order; empty without ellipses
 */
export function constantMaskDice(ellipses: readonly SliceEllipse[]): number[] {
  const masks = ellipses.map((ellipse) => ellipseSlice(ellipse, GRID, GRID));
  const cover = new Float64Array(GRID * GRID);
  for (const mask of masks) mask.forEach((value, pixel) => (cover[pixel] = (cover[pixel] ?? 0) + value));
  const order = Array.from(cover.keys()).sort((a, b) => (cover[b] ?? 0) - (cover[a] ?? 0));
  const sizes = masks.map((mask) => mask.reduce((sum, value) => sum + value, 0));
  const inside = masks.map(() => 0);
  let best: { mean: number; dice: number[] } = { mean: -1, dice: [] };
  order.forEach((pixel, index) => {
    masks.forEach((mask, at) => (inside[at] = (inside[at] ?? 0) + (mask[pixel] ?? 0)));
    const dice = inside.map((both, at) => (2 * both) / (index + 1 + (sizes[at] ?? 0)));
    const mean = dice.reduce((sum, value) => sum + value, 0) / Math.max(1, dice.length);
    if (mean > best.mean) best = { mean, dice };
  });
  return best.dice;
}

/**
 * Whose references each patient gets in the label-shuffle control: a random order of all patients, each given those of
 * the next, so nobody keeps their own.
 *
 * @throws RangeError with fewer than two patients
 */
export function shuffledOwners(seed: number, patients: readonly string[]): Map<string, string> {
  if (patients.length < 2) throw new RangeError('shuffling needs two patients');
  const sorted = [...patients].sort(compareText);
  const order = [...permutation(randomStream(SHUFFLE, seed), sorted.length)].map(
    (index) => sorted[index] ?? '',
  );
  return new Map(order.map((patient, index) => [patient, order[(index + 1) % order.length] ?? patient]));
}

/** A mask stretched onto another grid, nearest voxel by fraction of each axis; i fastest. */
export function stretchedMask(labels: Uint8Array, from: Dims, to: Dims): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(to[0] * to[1] * to[2]);
  const along = (index: number, axis: 0 | 1 | 2) =>
    Math.min(from[axis] - 1, Math.floor(((index + 0.5) * from[axis]) / to[axis]));
  let voxel = 0;
  for (let k = 0; k < to[2]; k++)
    for (let j = 0; j < to[1]; j++) {
      const row = (along(k, 2) * from[1] + along(j, 1)) * from[0];
      for (let i = 0; i < to[0]; i++) out[voxel++] = labels[row + along(i, 0)] ?? 0;
    }
  return out;
}

function ellipseSlice({ centre, radii, angle }: SliceEllipse, nx: number, ny: number): Uint8Array {
  const slice = new Uint8Array(nx * ny);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let j = 0; j < ny; j++)
    for (let i = 0; i < nx; i++) {
      const [x, y] = [(i + 0.5) / nx - centre[0], (j + 0.5) / ny - centre[1]];
      const [u, v] = [(x * cos + y * sin) / radii[0], (y * cos - x * sin) / radii[1]];
      slice[j * nx + i] = u * u + v * v < 1 ? 1 : 0;
    }
  return slice;
}
