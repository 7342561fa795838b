import { expect, it } from 'vitest';
import { foldColumns } from './fold-columns';

it('puts the locked set first and counts slices of parted scans', () => {
  const items = [
    { patient: 'P0002', scan: 'P0002.1', slices: [0, 4], fold: 1 },
    { patient: 'P0002', scan: 'P0002.1', slices: [7, 9], fold: 1 },
    { patient: 'P0002', scan: 'P0002.1', slices: [5, 6], fold: 0 },
    { patient: 'P0001', scan: 'P0001.1', slices: null, fold: 'locked' },
  ] as const;
  expect(foldColumns({ items, heldOut: 0.3 })).toEqual([
    {
      key: 'locked',
      title: 'Locked set',
      side: 'locked',
      patients: [{ patient: 'P0001', scans: 1, slices: 0 }],
    },
    {
      key: '0',
      title: 'Held-out',
      side: 'held-out',
      patients: [{ patient: 'P0002', scans: 1, slices: 2 }],
    },
    { key: '1', title: 'Seen', side: 'seen', patients: [{ patient: 'P0002', scans: 1, slices: 8 }] },
  ]);
  expect(foldColumns({ items, heldOut: null }).map(({ title }) => title)).toEqual([
    'Locked set',
    'Fold 1',
    'Fold 2',
  ]);
});
