import { describe, expect, it } from 'vitest';
import type { Dims } from '#src/imaging/geometry';
import { sliceLayout, type Plane } from '#src/imaging/slices';
import { integerBelow, randomStream } from '#src/models/random';
import { connectedRegion } from './connected';

/** The same by spreading until nothing is added. */
function spread(seed: number, dims: Dims, plane: Plane | null, belongs: (at: number) => boolean): number[] {
  const place = (at: number) =>
    [at % dims[0], Math.floor(at / dims[0]) % dims[1], Math.floor(at / (dims[0] * dims[1]))] as const;
  const across = plane === null ? null : sliceLayout(dims, plane).w;
  const all = [...Array(dims[0] * dims[1] * dims[2]).keys()].filter(
    (at) => belongs(at) && (across === null || place(at)[across] === place(seed)[across]),
  );
  const found = new Set(belongs(seed) ? [seed] : []);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const at of all) {
      const isBeside = [...found].some(
        (other) => place(other).reduce((sum, x, axis) => sum + Math.abs(x - (place(at)[axis] ?? 0)), 0) === 1,
      );
      if (isBeside) found.add(at);
    }
  }
  return [...found].sort((a, b) => a - b);
}

describe('connectedRegion', () => {
  it('is what can be reached face by face, in the volume and in a slice of any plane', () => {
    for (let seed = 0; seed < 1500; seed += 1) {
      const random = randomStream(seed, 6);
      const dims: Dims = [
        1 + integerBelow(random, 4),
        1 + integerBelow(random, 4),
        1 + integerBelow(random, 3),
      ];
      const values = Uint8Array.from({ length: dims[0] * dims[1] * dims[2] }, () => integerBelow(random, 3));
      const start = integerBelow(random, values.length);
      const plane = ([null, 0, 1, 2] as const)[integerBelow(random, 4)] ?? null;
      const belongs = (at: number) => (values[at] ?? 0) > 0;
      const region = connectedRegion(start, dims, plane, Infinity, belongs);
      const expected = spread(start, dims, plane, belongs);
      if (region.voxels.toSorted((a, b) => a - b).join() !== expected.join() || region.isCut)
        throw new Error(`seed ${seed}: ${region.voxels.join()} for ${expected.join()}`);
      const most = integerBelow(random, 6);
      const cut = connectedRegion(start, dims, plane, most, belongs);
      if (cut.voxels.length !== Math.min(most, expected.length) || cut.isCut !== expected.length > most)
        throw new Error(`seed ${seed}: cut at ${most} it has ${cut.voxels.length} of ${expected.length}`);
    }
  });

  it('says whether it reaches the edge', () => {
    const ring = (at: number) => at === 12;
    expect(connectedRegion(12, [5, 5, 1], 0, 9, ring).reachesEdge).toBe(false);
    expect(connectedRegion(12, [5, 5, 1], null, 9, ring).reachesEdge).toBe(true);
    expect(connectedRegion(12, [5, 5, 1], 0, 99, () => true).reachesEdge).toBe(true);
  });

  it('takes what is near first', () => {
    const { voxels } = connectedRegion(12, [5, 5, 1], 0, 5, () => true);
    expect(voxels.toSorted((a, b) => a - b)).toEqual([7, 11, 12, 13, 17]);
  });
});
