import { expect, it } from 'vitest';
import { countLabels, countLabelsBySlice } from './label-counts';

const labels = Uint8Array.of(0, 1, 1, 7, 0, 0, 0, 0, 7, 7, 7, 0);

it('counts the voxels of every label, background left out', () => {
  expect(countLabels(labels)).toEqual({ 1: 2, 7: 4 });
});

it('counts them in every slice', () => {
  expect(countLabelsBySlice(labels, 4)).toEqual([{ 1: 2, 7: 1 }, {}, { 7: 3 }]);
});
