import { expect, it } from 'vitest';
import { countLabels, countLabelsBySlice } from './label-counts';

const labels = Uint8Array.of(0, 1, 1, 7, 0, 0, 0, 0, 7, 7, 7, 0);

it('counts the voxels of every label, background left out', () => {
  expect(countLabels(labels)).toEqual({ 1: 2, 7: 4 });
});

it('counts them in every slice', () => {
  expect(countLabelsBySlice(labels, 4)).toEqual([{ 1: 2, 7: 1 }, {}, { 7: 3 }]);
});

it('counts the same wherever the array begins in its memory, and every bit pattern of eight voxels', () => {
  const bytes = new Uint8Array(4099);
  for (const [at, label] of [3, 8, 9, 63, 1031, 2047, 2048, 4098].entries()) bytes[label] = at + 1;
  // -0 as a float64 in little-endian memory, and a NaN.
  bytes[2055] = 128;
  bytes.set([255, 255, 255, 255, 255, 255, 255, 127], 3000);
  const slow = (labels: Uint8Array) => {
    const counts: Record<string, number> = {};
    for (const label of labels) if (label > 0) counts[label] = (counts[label] ?? 0) + 1;
    return counts;
  };
  for (let from = 0; from < 9; from += 1)
    for (const to of [from, from + 3, 2056, 4090, 4099])
      expect(countLabels(bytes.subarray(from, to))).toEqual(slow(bytes.subarray(from, to)));
});
