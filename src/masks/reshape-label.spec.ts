/** Smoothing and margins of a whole label, and islands by their size. */
import { describe, expect, it } from 'vitest';
import type { Dims, Vector3 } from '#src/imaging/geometry';
import { integerBelow, randomStream, uniform } from '#src/models/random';
import { islandsOf } from './islands';
import { marginVoxels } from './margin';
import { EVERYTHING, overwritable } from './paint-over';
import { smoothedLabel } from './smooth';

const DIMS: Dims = [30, 26, 5];
const SPACING: Vector3 = [1, 1, 4];
const offset = (i: number, j: number, k: number) => (k * DIMS[1] + j) * DIMS[0] + i;

/** Discs in slices 1 to 3. */
function discs(radius: number): Uint8Array {
  const labels = new Uint8Array(DIMS[0] * DIMS[1] * DIMS[2]);
  for (let k = 1; k <= 3; k += 1)
    for (let j = 0; j < DIMS[1]; j += 1)
      for (let i = 0; i < DIMS[0]; i += 1)
        if (Math.hypot(i - 15, j - 13) <= radius) labels[offset(i, j, k)] = 1;
  return labels;
}

/** Edges between the label and anything else in a slice. */
function edges(labels: Uint8Array, k: number): number {
  let count = 0;
  for (let j = 1; j < DIMS[1]; j += 1)
    for (let i = 1; i < DIMS[0]; i += 1) {
      const own = labels[offset(i, j, k)] === 1;
      if (own !== (labels[offset(i - 1, j, k)] === 1)) count += 1;
      if (own !== (labels[offset(i, j - 1, k)] === 1)) count += 1;
    }
  return count;
}

describe('smoothedLabel', () => {
  it('takes spikes and fills dents, and keeps the volume of every slice', () => {
    const labels = discs(8);
    for (let k = 1; k <= 3; k += 1) {
      for (let i = 24; i < 28; i += 1) labels[offset(i, 13, k)] = 1;
      for (let j = 6; j < 9; j += 1) labels[offset(15, j, k)] = 0;
    }
    const before = labels.slice();
    const { gained, lost } = smoothedLabel(labels, DIMS, SPACING, 1, 2.5, false, EVERYTHING);
    expect(labels).toEqual(before);
    gained.forEach((at) => (labels[at] = 1));
    lost.forEach((at) => (labels[at] = 0));
    const size = DIMS[0] * DIMS[1];
    for (let k = 1; k <= 3; k += 1) {
      expect(labels[offset(27, 13, k)]).toBe(0);
      expect(labels[offset(15, 7, k)]).toBe(1);
      expect(edges(labels, k)).toBeLessThan(edges(before, k));
      const count = (values: Uint8Array) =>
        values.subarray(k * size, (k + 1) * size).reduce((sum, value) => sum + value, 0);
      expect(count(labels)).toBe(count(before));
    }
  });

  it('does the same in whatever unit the spacing is', () => {
    const labels = discs(8);
    for (let i = 24; i < 28; i += 1) labels[offset(i, 13, 2)] = 1;
    const inUnits = (unit: number) =>
      smoothedLabel(labels, DIMS, [unit, unit, 4 * unit], 1, 3 * unit, true, EVERYTHING);
    expect(inUnits(1).lost.length).toBeGreaterThan(0);
    for (const unit of [0.1, 0.7, 1 / 3]) expect(inUnits(unit)).toEqual(inUnits(1));
  });

  it('keeps the volume and what may not be written over, in slices and in the volume', () => {
    for (let seed = 0; seed < 10_000; seed += 1) {
      const random = randomStream(seed, 8);
      const dims: Dims = [
        2 + integerBelow(random, 6),
        2 + integerBelow(random, 6),
        1 + integerBelow(random, 3),
      ];
      const labels = Uint8Array.from({ length: dims[0] * dims[1] * dims[2] }, () =>
        Math.max(0, integerBelow(random, 5) - 1),
      );
      const over = overwritable({ over: 'unlocked', locked: new Set([2]) }, 1, 1);
      const { gained, lost } = smoothedLabel(
        labels,
        dims,
        [1, 1.3, 2],
        1,
        uniform(random, 0, 4),
        random() < 0.5,
        over,
      );
      if (gained.length !== lost.length) throw new Error(`seed ${seed}: the volume changes`);
      if (gained.some((at) => labels[at] === 2 || labels[at] === 1))
        throw new Error(`seed ${seed}: took what it may not`);
      if (lost.some((at) => labels[at] !== 1)) throw new Error(`seed ${seed}: lost what it never had`);
      if (new Set([...gained, ...lost]).size !== 2 * gained.length)
        throw new Error(`seed ${seed}: a voxel twice`);
    }
  });

  it('leaves alone what is smooth, and has nothing to do without the label', () => {
    expect(smoothedLabel(discs(0), DIMS, SPACING, 7, 3, true, EVERYTHING)).toEqual({ gained: [], lost: [] });
    // A ball smaller than a voxel holds nothing but its centre.
    expect(smoothedLabel(discs(8), DIMS, SPACING, 1, 0.9, true, EVERYTHING)).toEqual({
      gained: [],
      lost: [],
    });
  });
});

describe('marginVoxels', () => {
  it('is every voxel within the margin of the other side, measured one by one', () => {
    for (let seed = 0; seed < 1000; seed += 1) {
      const random = randomStream(seed, 9);
      const dims: Dims = [
        1 + integerBelow(random, 6),
        1 + integerBelow(random, 6),
        1 + integerBelow(random, 3),
      ];
      const spacing: Vector3 = [uniform(random, 0.5, 2), uniform(random, 0.5, 2), uniform(random, 0.5, 4)];
      const labels = Uint8Array.from({ length: dims[0] * dims[1] * dims[2] }, () => integerBelow(random, 3));
      const margin = uniform(random, -4, 4);
      const inVolume = random() < 0.5;
      const place = (at: number) =>
        [at % dims[0], Math.floor(at / dims[0]) % dims[1], Math.floor(at / (dims[0] * dims[1]))] as const;
      const near = (a: number, b: number) => {
        const [from, to] = [place(a), place(b)];
        if (!inVolume && from[2] !== to[2]) return false;
        return (
          Math.hypot(...from.map((x, axis) => (x - (to[axis] ?? 0)) * (spacing[axis] ?? 1))) <=
          Math.abs(margin)
        );
      };
      const all = [...labels.keys()];
      const grows = margin > 0;
      const expected = all.filter(
        (at) =>
          (labels[at] === 1) !== grows &&
          all.some((other) => (labels[other] === 1) === grows && near(at, other)),
      );
      const found = marginVoxels(labels, dims, spacing, 1, margin, inVolume).sort((a, b) => a - b);
      if (found.join() !== expected.join())
        throw new Error(`seed ${seed}: ${found.join()} for ${expected.join()}`);
    }
  });

  it('does not shrink from the edge of the volume', () => {
    const labels = new Uint8Array(25).fill(1);
    expect(marginVoxels(labels, [5, 5, 1], [1, 1, 1], 1, -2, true)).toEqual([]);
  });
});

describe('islandsOf a size', () => {
  it('names the pieces of fewer voxels, the largest one too', () => {
    const labels = new Uint8Array(DIMS[0] * DIMS[1] * DIMS[2]);
    const piece = (i: number, length: number) => labels.fill(1, offset(i, 3, 2), offset(i, 3, 2) + length);
    piece(1, 2);
    piece(5, 3);
    piece(10, 7);
    expect(islandsOf(labels, DIMS, 1, 3).count).toBe(1);
    expect(islandsOf(labels, DIMS, 1, 4).voxels).toHaveLength(5);
    expect(islandsOf(labels, DIMS, 1, 8).count).toBe(3);
    expect(islandsOf(labels, DIMS, 1).count).toBe(2);
  });
});
