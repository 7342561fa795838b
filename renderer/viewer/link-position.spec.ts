import { describe, expect, it } from 'vitest';
import { labelledExtent, linkedSlice, type SliceAxis } from './link-position';

const short: SliceAxis = { count: 10, step: 10, extent: [2, 6] };
const long: SliceAxis = { count: 40, step: 2.5, extent: [10, 30] };

describe('linked slices', () => {
  it('are at the same place of the structure', () => {
    expect([2, 4, 6].map((slice) => linkedSlice(slice, short, long, 'structure'))).toEqual([10, 20, 30]);
    expect([10, 20, 30].map((slice) => linkedSlice(slice, long, short, 'structure'))).toEqual([2, 4, 6]);
  });

  it('go on in millimetres beyond the structure, and stay in the scan', () => {
    expect(linkedSlice(1, short, long, 'structure')).toBe(6);
    expect(linkedSlice(8, short, long, 'structure')).toBe(38);
    expect(linkedSlice(9, short, long, 'structure')).toBe(39);
    expect(linkedSlice(0, long, short, 'structure')).toBe(0);
  });

  it('are as far from the middle, or have the same number', () => {
    expect(linkedSlice(5, short, long, 'millimetres')).toBe(24);
    expect(linkedSlice(5, short, long, 'index')).toBe(5);
    expect(linkedSlice(35, long, short, 'index')).toBe(9);
  });

  it('take the whole scan where nothing is labelled', () => {
    const bare = { ...long, extent: null };
    expect(linkedSlice(4, short, bare, 'structure')).toBe(20);
    expect(linkedSlice(4, { ...short, extent: [4, 4] }, long, 'structure')).toBe(20);
  });
});

it('finds the labelled slices', () => {
  const labels = new Uint8Array(5 * 4);
  expect(labelledExtent(labels, 4)).toBeNull();
  labels[6] = 1;
  labels[15] = 3;
  expect(labelledExtent(labels, 4)).toEqual([1, 3]);
});
