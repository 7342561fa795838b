import { expect, it } from 'vitest';
import type { CompareDocument } from '#src/contracts/documents/compare';
import type { GapEstimate } from '#src/contracts/documents/statistics';
import { gapLines, shownGap } from './gaps';

const gap = (mean: number | null, ci95: GapEstimate['ci95']): GapEstimate => ({
  mean,
  sd: null,
  se: null,
  ci95,
  method: 'welch',
});
const document = {
  gap: gap(0.1, null),
  labels: { 1: { gap: gap(0.2, [0.1, 0.3]) }, 7: { gap: gap(null, null) } },
  crossed: null,
} as unknown as CompareDocument;

it('shows the gap that the verdict rests on', () => {
  expect(shownGap(document)?.mean).toBe(0.1);
  const crossed = { ...document, crossed: { statistics: { gap: gap(0.05, [0, 0.1]) } } };
  expect(shownGap(crossed as unknown as CompareDocument)?.mean).toBe(0.05);
});

it('names every gap that exists', () => {
  const labels = [{ label: 1, name: 'LV cavity', colour: '#ff0000' }];
  expect(gapLines(document, labels)).toEqual([
    { name: 'This run, two groups', mean: 0.1, interval: null },
    { name: 'LV cavity', mean: 0.2, interval: [0.1, 0.3] },
  ]);
});
