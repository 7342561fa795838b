/** What is done to a whole label at once: filling between slices, islands, and taking either back. */
import { describe, expect, it } from 'vitest';
import type { Dims } from '#src/imaging/geometry';
import { integerBelow, randomStream, uniform } from '#src/models/random';
import { fillBetween } from './fill-between';
import { islandsOf } from './islands';
import { labelBox } from './label-box';
import { LabelMap } from './label-map';
import { EVERYTHING, overwritable } from './paint-over';

const BACKGROUND = overwritable({ over: 'background', locked: new Set() }, 1, 1);

const DIMS: Dims = [40, 30, 9];
const offset = (i: number, j: number, k: number, [nx, ny]: Dims = DIMS) => (k * ny + j) * nx + i;

/** Paints a disc (radius in mm, centre in voxels). */
function disc(
  labels: Uint8Array,
  [ci, cj, k]: readonly [number, number, number],
  radius: number,
  label: number,
  spacing: readonly [number, number] = [1, 1],
  dims: Dims = DIMS,
): void {
  for (let j = 0; j < dims[1]; j += 1)
    for (let i = 0; i < dims[0]; i += 1)
      if (Math.hypot((i - ci) * spacing[0], (j - cj) * spacing[1]) <= radius)
        labels[offset(i, j, k, dims)] = label;
}
const empty = () => new Uint8Array(DIMS[0] * DIMS[1] * DIMS[2]);
const areaOf = (voxels: readonly number[], k: number) =>
  voxels.filter((at) => Math.floor(at / (DIMS[0] * DIMS[1])) === k).length;

describe('fillBetween', () => {
  it('mixes the radii of two discs, slice by slice', () => {
    const labels = empty();
    disc(labels, [20, 15, 1], 12, 1);
    disc(labels, [20, 15, 5], 4, 1);
    const { voxels, slices } = fillBetween(labels, DIMS, [1, 1, 8], 1, BACKGROUND);
    expect(slices).toBe(3);
    for (const [k, radius] of [
      [2, 10],
      [3, 8],
      [4, 6],
    ] as const) {
      expect(areaOf(voxels, k)).toBeGreaterThan(Math.PI * (radius - 1) ** 2);
      expect(areaOf(voxels, k)).toBeLessThan(Math.PI * (radius + 1) ** 2);
    }
    expect([0, 1, 5, 6, 7, 8].map((k) => areaOf(voxels, k))).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('goes by millimetres where voxels are not square', () => {
    const labels = empty();
    for (const k of [0, 2]) disc(labels, [20, 15, k], 8, 1, [1, 2]);
    const { voxels } = fillBetween(labels, DIMS, [1, 2, 5], 1, BACKGROUND);
    // Between two equal shapes lies the same shape.
    const size = DIMS[0] * DIMS[1];
    const expected = [...labels.subarray(0, size).entries()].flatMap(([at, value]) =>
      value === 1 ? [at + size] : [],
    );
    expect([...voxels].sort((a, b) => a - b)).toEqual(expected);
  });

  it('leaves other labels and slices that have the label alone', () => {
    const labels = empty();
    for (const k of [0, 4]) disc(labels, [20, 15, k], 8, 1);
    disc(labels, [20, 15, 2], 2, 1);
    disc(labels, [20, 15, 3], 3, 2);
    const before = labels.slice();
    const { voxels } = fillBetween(labels, DIMS, [1, 1, 1], 1, BACKGROUND);
    expect(labels).toEqual(before);
    expect(areaOf(voxels, 2)).toBe(0);
    expect(areaOf(voxels, 3)).toBeGreaterThan(0);
    expect(voxels.filter((at) => before[at] !== 0)).toEqual([]);
  });

  it('has nothing to do without a gap', () => {
    expect(fillBetween(empty(), DIMS, [1, 1, 1], 1, BACKGROUND)).toEqual({ voxels: [], slices: 0 });
    const labels = empty();
    for (const k of [3, 4]) disc(labels, [20, 15, k], 5, 1);
    expect(fillBetween(labels, DIMS, [1, 1, 1], 1, BACKGROUND)).toEqual({ voxels: [], slices: 0 });
  });
});

describe('islandsOf', () => {
  it('names what is apart from the largest piece, corner to corner as well', () => {
    const labels = empty();
    disc(labels, [20, 15, 4], 6, 1);
    labels[offset(2, 2, 4)] = 1;
    labels[offset(3, 3, 4)] = 1;
    labels[offset(20, 15, 6)] = 1;
    // On the largest piece, in the next slice: no island.
    labels[offset(20, 15, 3)] = 1;
    // Another label beside it does not join them.
    labels[offset(3, 2, 4)] = 2;
    const { voxels, count } = islandsOf(labels, DIMS, 1);
    expect(count).toBe(3);
    expect([...voxels].sort((a, b) => a - b)).toEqual(
      [offset(2, 2, 4), offset(3, 3, 4), offset(20, 15, 6)].sort((a, b) => a - b),
    );
  });

  it('finds none in one piece, or in nothing', () => {
    const labels = empty();
    expect(islandsOf(labels, DIMS, 1)).toEqual({ voxels: [], count: 0 });
    disc(labels, [20, 15, 4], 6, 1);
    expect(islandsOf(labels, DIMS, 1)).toEqual({ voxels: [], count: 0 });
  });
});

describe('whatever is painted', () => {
  /** A few discs of two labels anywhere in a small grid. */
  function anything(seed: number): { labels: Uint8Array; dims: Dims } {
    const random = randomStream(seed, 5);
    const dims = [
      4 + integerBelow(random, 9),
      3 + integerBelow(random, 9),
      2 + integerBelow(random, 6),
    ] as const;
    const labels = new Uint8Array(dims[0] * dims[1] * dims[2]);
    for (let n = 1 + integerBelow(random, 5); n > 0; n -= 1)
      disc(
        labels,
        [integerBelow(random, dims[0]), integerBelow(random, dims[1]), integerBelow(random, dims[2])],
        uniform(random, 0, 5),
        1 + integerBelow(random, 2),
        [1, 1],
        dims,
      );
    return { labels, dims };
  }

  it('the other labels stay, one undo takes it back, and a replayed journal says the same', () => {
    for (let seed = 0; seed < 10_000; seed += 1) {
      const { labels, dims } = anything(seed);
      const before = labels.slice();
      const map = new LabelMap(labels, dims);
      const entries: Uint8Array[] = [];
      const filling = fillBetween(labels, dims, [1, 1.5, 4], 1, BACKGROUND).voxels;
      if (filling.some((at) => before[at] !== 0)) throw new Error(`seed ${seed}: wrote over a label`);
      entries.push(...[map.write(filling, 1, BACKGROUND)].filter((entry) => entry !== null));
      const islands = islandsOf(labels, dims, 1).voxels;
      if (islands.some((at) => labels[at] !== 1)) throw new Error(`seed ${seed}: no island of the label`);
      entries.push(...[map.write(islands, 0, EVERYTHING)].filter((entry) => entry !== null));
      if (islandsOf(labels, dims, 1).count !== 0) throw new Error(`seed ${seed}: islands are left`);
      const replayed = new LabelMap(before.slice(), dims);
      for (const entry of entries) replayed.replay(entry);
      if (Buffer.compare(replayed.labels, labels) !== 0) throw new Error(`seed ${seed}: the journal differs`);
      while (map.canUndo) map.undo();
      if (Buffer.compare(labels, before) !== 0) throw new Error(`seed ${seed}: undo left something`);
    }
    expect(labelBox(anything(1).labels, anything(1).dims, 9)).toBeNull();
  });
});
