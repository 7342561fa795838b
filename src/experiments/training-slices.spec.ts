import { describe, expect, it } from 'vitest';
import { probeSlices } from '#src/splits/probe-slices';
import { drawnSlices, keptSlices, sliceCount } from './training-slices';

describe('slices that nobody trains on', () => {
  it('are the probe slices, and beside every guarded probe its neighbours', () => {
    expect(keptSlices(20, { probeEvery: 5, guardEvery: 0 })).toEqual(probeSlices(20, 5));
    expect(keptSlices(20, { probeEvery: 5, guardEvery: 2 })).toEqual([2, 6, 7, 8, 12, 16, 17, 18]);
    expect(keptSlices(20, { probeEvery: 5, guardEvery: 3 })).toEqual([2, 7, 11, 12, 13, 17]);
  });

  it('stay within the scan', () => {
    expect(keptSlices(3, { probeEvery: 5, guardEvery: 1 })).toEqual([1, 2]);
    expect(keptSlices(2, { probeEvery: 5, guardEvery: 1 })).toEqual([]);
  });
});

describe('the budget', () => {
  const scan = (name: string, count: number) => ({
    patient: name,
    scan: name,
    slices: Array.from({ length: count }, (_, slice) => slice),
  });

  it('is met exactly and drawn without order', () => {
    const pool = ['a', 'b', 'c'].map((name) => scan(name, 30));
    const drawn = drawnSlices(pool, 41, 5);
    expect(sliceCount(drawn)).toBe(41);
    expect(sliceCount(drawnSlices([...pool].reverse(), 41, 5))).toBe(41);
    expect(new Map(drawnSlices([...pool].reverse(), 41, 5).map((e) => [e.scan, e.slices]))).toEqual(
      new Map(drawn.map((e) => [e.scan, e.slices])),
    );
    for (const { slices } of drawn) expect(slices).toEqual([...new Set(slices)].sort((a, b) => a - b));
  });

  it('keeps what two pools share: a slice drawn from the larger is drawn from the smaller, if it is there', () => {
    const [large, small] = [[scan('a', 30), scan('b', 30)], [scan('a', 30)]];
    const fromLarge = drawnSlices(large, 20, 1).find((entry) => entry.scan === 'a')?.slices ?? [];
    const fromSmall = drawnSlices(small, 20, 1)[0]?.slices ?? [];
    expect(fromLarge.every((slice) => fromSmall.includes(slice))).toBe(true);
  });

  it('cannot exceed the pool', () => {
    expect(() => drawnSlices([scan('a', 3)], 4, 1)).toThrow('4 slices cannot be drawn from 3');
    expect(drawnSlices([scan('a', 3)], 3, 1)).toHaveLength(1);
  });
});
