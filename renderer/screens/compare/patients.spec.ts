import { expect, it } from 'vitest';
import type { ComparedPatient } from '#src/contracts/documents/compare';
import { summaryOf, worstFirst } from './patients';

const patient = (name: string, side: ComparedPatient['side'], dice: number | null): ComparedPatient => ({
  patient: name,
  side,
  dice,
  scans: [],
});
const all = [
  patient('P0001', 'heldOut', 0.9),
  patient('P0002', 'seen', 0.1),
  patient('P0003', 'heldOut', null),
  patient('P0004', 'heldOut', 0.4),
  patient('P0005', 'heldOut', 0.8),
];

it('puts the worst first and those without a value last', () => {
  expect(worstFirst(all, 'heldOut').map((each) => each.patient)).toEqual([
    'P0004',
    'P0005',
    'P0001',
    'P0003',
  ]);
});

it('sums a side up', () => {
  const summary = summaryOf(worstFirst(all, 'heldOut'));
  expect(summary.n).toBe(3);
  expect(summary.median).toBeCloseTo(0.8);
  expect(summary.iqr?.[0]).toBeCloseTo(0.6);
  expect(summaryOf([])).toEqual({ n: 0, median: null, iqr: null });
});
