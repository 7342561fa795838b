import { describe, expect, it } from 'vitest';
import { normal, randomStream } from '../models/random';
import { COPY_DISTANCE, copiesOf, fingerprintOf, FINGERPRINT_BYTES, printOf } from './fingerprint';
import { affineFromColumns, type Dims, type Geometry } from './geometry';
import type { Volume } from './volume';

const DIMS: Dims = [96, 80, 12];
const geometryOf = (dims: Dims): Geometry => ({
  dims,
  affine: affineFromColumns([1.5, 0, 0], [0, 1.5, 0], [0, 0, 8], [0, 0, 0]),
  calibrated: true,
});

/** A smooth picture of twenty blobs, different for every seed; (x, y, z) run from 0 to 1. */
function pictureOf(seed: number): (x: number, y: number, z: number) => number {
  const random = randomStream(seed);
  const blobs = Array.from({ length: 20 }, () => ({
    x: 0.5 + 0.25 * normal(random),
    y: 0.5 + 0.25 * normal(random),
    z: 0.5 + 0.4 * normal(random),
    height: 500 + 200 * normal(random),
  }));
  return (x, y, z) =>
    blobs.reduce(
      (sum, blob) =>
        sum +
        blob.height * Math.exp(-((x - blob.x) ** 2 + (y - blob.y) ** 2) / 0.015 - (z - blob.z) ** 2 / 0.2),
      0,
    );
}

function volumeOf(
  picture: (x: number, y: number, z: number) => number,
  dims: Dims = DIMS,
  geometry: Geometry = geometryOf(dims),
): Volume {
  const [nx, ny, nz] = dims;
  const samples = new Float32Array(nx * ny * nz);
  for (let k = 0, at = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++) samples[at++] = picture((i + 0.5) / nx, (j + 0.5) / ny, (k + 0.5) / nz);
  return { samples, geometry };
}

const print = (volume: Volume) => printOf(fingerprintOf(volume), volume.geometry);
const original = pictureOf(1);
const transposed = (): Volume => {
  const geometry: Geometry = {
    dims: [80, 96, 12],
    affine: affineFromColumns([0, 1.5, 0], [1.5, 0, 0], [0, 0, 8], [0, 0, 0]),
    calibrated: true,
  };
  return volumeOf((x, y, z) => original(y, x, z), [80, 96, 12], geometry);
};

describe('the fingerprint of a scan', () => {
  it.each<[string, () => Volume]>([
    ['with 8 bits', () => volumeOf((x, y, z) => Math.round(Math.min(255, original(x, y, z) / 8)))],
    ['under a window', () => volumeOf((x, y, z) => Math.max(50, Math.min(700, original(x, y, z))))],
    ['under a gamma curve', () => volumeOf((x, y, z) => Math.sqrt(Math.max(0, original(x, y, z))))],
    ['at another matrix', () => volumeOf(original, [64, 54, 12])],
    ['with other slices', () => volumeOf(original, [96, 80, 10])],
    ['mirrored', () => volumeOf((x, y, z) => original(1 - x, y, z))],
    ['turned by half', () => volumeOf((x, y, z) => original(1 - x, 1 - y, 1 - z))],
    [
      'cropped by 5 %',
      () => volumeOf((x, y, z) => original(0.025 + 0.95 * x, 0.025 + 0.95 * y, z), [92, 76, 12]),
    ],
    ['with rows and columns exchanged', transposed],
  ])('is known again in a copy %s', (_, copy) => {
    expect(copiesOf(print(volumeOf(original)), [print(copy())])).toHaveLength(1);
  });

  it('is that of one scan only', () => {
    const prints = Array.from({ length: 40 }, (_, seed) => print(volumeOf(pictureOf(seed + 1))));
    for (const [n, one] of prints.entries()) expect(copiesOf(one, prints.slice(n + 1))).toEqual([]);
  });

  it('says nothing about images without content', () => {
    const flat = print(volumeOf(() => 7));
    expect(copiesOf(flat, [flat])).toEqual([]);
  });

  it('is not compared across shapes, or where it is not to be looked at', () => {
    const here = print(volumeOf(original));
    expect(copiesOf(here, [print(volumeOf(original, [96, 80, 30]))])).toEqual([]);
    expect(copiesOf(here, [print(volumeOf(original, [96, 40, 12]))])).toEqual([]);
    expect(copiesOf(here, [here], () => true)).toEqual([]);
    const [[index, distance] = [-1, 1]] = copiesOf(here, [here]);
    expect(index).toBe(0);
    expect(distance).toBeLessThan(COPY_DISTANCE / 10);
  });

  it('has a fixed length and takes the thinnest volumes', () => {
    expect(fingerprintOf(volumeOf(original, [5, 3, 1]))).toHaveLength(FINGERPRINT_BYTES);
  });
});
