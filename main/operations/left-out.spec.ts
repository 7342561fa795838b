import { expect, it } from 'vitest';
import type { ImportDocument } from '#src/contracts/documents/import';
import { groupOf, leftOutTable, leftOutText, selectLeftOut, summaryOf } from './left-out';

const ENTRIES = [
  { path: 'b/10.dcm', reason: 'Row 5 of 12 is missing.', image: true },
  { path: 'b/9.dcm', reason: 'Row 7 of 12 is missing.', image: true },
  { path: 'a/notes.txt', reason: 'Not an image.', image: false },
];
const ALL = { filter: '', kind: 'all', group: null, sort: 'path' } as const;
const pathsOf = (query: Partial<Parameters<typeof selectLeftOut>[1]>) =>
  selectLeftOut(ENTRIES, { ...ALL, ...query }).map(({ path }) => path);

it('puts files together whose reasons differ in numbers only', () => {
  expect(groupOf('Row 5 of 12.5 is missing.')).toBe('Row … of … is missing.');
  expect(pathsOf({ group: 'Row … of … is missing.' })).toEqual(['b/9.dcm', 'b/10.dcm']);
});

it('filters by text and kind, and sorts numbers by value', () => {
  expect(pathsOf({})).toEqual(['a/notes.txt', 'b/9.dcm', 'b/10.dcm']);
  expect(pathsOf({ sort: '-path' })).toEqual(['b/10.dcm', 'b/9.dcm', 'a/notes.txt']);
  expect(pathsOf({ sort: '-reason' })).toEqual(['b/9.dcm', 'b/10.dcm', 'a/notes.txt']);
  expect(pathsOf({ sort: 'kind' })).toEqual(['b/9.dcm', 'b/10.dcm', 'a/notes.txt']);
  expect(pathsOf({ kind: 'other' })).toEqual(['a/notes.txt']);
  expect(pathsOf({ filter: ' ROW 7 ' })).toEqual(['b/9.dcm']);
  expect(pathsOf({ filter: 'B/', kind: 'other' })).toEqual([]);
  // The list itself keeps its order.
  expect(ENTRIES[0]?.path).toBe('b/10.dcm');
});

it('writes the list for a spreadsheet, harmless and quoted', () => {
  expect(leftOutTable([{ path: '=cmd', reason: 'Cut off, at byte 5', image: true }])).toBe(
    'file,kind,reason\r\n\'=cmd,image data,"Cut off, at byte 5"\r\n',
  );
  expect(leftOutText(ENTRIES.slice(2))).toBe('a/notes.txt\tnot an image\tNot an image.');
});

it('sums up a report of any length in a few entries', () => {
  const many = Array.from({ length: 5000 }, (_, n) => ({
    path: `${n}.bin`,
    reason: `${'x'.repeat(n % 50)} ${n}`,
    image: n % 2 === 0,
  }));
  const document: ImportDocument = {
    schema: 'heldout.import/1',
    ...{ patients: 1, studies: 1, scans: 300, masks: 0, files: 5000, alreadyPresent: 0, seconds: 1 },
    volumes: Array.from({ length: 300 }, (_, n) => ({
      ...{ patient: 'P0001', scan: `P0001.${n}`, description: '', phase: n % 2 === 0 ? 0 : null },
      ...{ shape: [1, 1, 1] as [number, number, number], warnings: ['A gap.'] },
    })),
    ...{ warnings: ['First.'], leftOut: many, questions: [] },
  };
  const about = { importId: 3, at: '2026-01-01T00:00:00Z', isLook: false, canRepeat: true };
  const summary = summaryOf(document, about);
  expect(summary).toMatchObject({ ...about, phases: 150, leftOut: { images: 2500, others: 2500 } });
  expect([summary.volumes.length, summary.moreVolumes]).toEqual([100, 200]);
  expect([summary.warnings.length, summary.moreWarnings]).toEqual([60, 241]);
  expect(summary.warnings.slice(0, 2)).toEqual(['First.', 'P0001.0: A gap.']);
  expect(summary.groups.length + summary.moreGroups).toBe(50);
  expect(summary.groups[0]?.image).toBe(true);
  expect(JSON.stringify(summary).length).toBeLessThan(30_000);
});
