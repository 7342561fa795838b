/** Reports over a real project on disk: stored ones, and looks that write nothing. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ImportDocument } from '#src/contracts/documents/import';
import { temporaryProject } from '#main/store/testing/temporary-project';
import { ImportReports } from './import-reports';

let temporary: Awaited<ReturnType<typeof temporaryProject>>;
beforeEach(async () => {
  temporary = await temporaryProject();
});
afterEach(async () => {
  await temporary.project.close();
  await temporary.remove();
});

const reportOf = (files: number): ImportDocument => ({
  schema: 'heldout.import/1',
  ...{ patients: 0, studies: 0, scans: 0, masks: 0, files: 0, alreadyPresent: 0, seconds: 1 },
  ...{ volumes: [], warnings: [], questions: [] },
  leftOut: Array.from({ length: files }, (_, n) => ({ path: `${n}.txt`, reason: 'No image.', image: false })),
});
const queryOf = (importId: number, filter = '') =>
  ({ importId, filter, kind: 'all', group: null, sort: 'path' }) as const;
const SOURCE = { paths: ['/somewhere'], answers: {} };

it('answers pages of the stored reports and of a look, whichever was asked for before', () => {
  const { registry } = temporary.project;
  const reports = new ImportReports();
  const first = registry.saveImport(reportOf(250));
  const second = registry.saveImport(reportOf(3));
  const look = reports.add(null, reportOf(7), SOURCE);
  expect(look).toMatchObject({ importId: -1, isLook: true, canRepeat: true });
  expect(reports.page(registry, queryOf(first), 200, 100)).toMatchObject({ total: 250 });
  expect(reports.page(registry, queryOf(first), 200, 100).rows.map(({ path }) => path)[0]).toBe('200.txt');
  expect(reports.page(registry, queryOf(first, '24'), 0, 2)).toMatchObject({ total: 13 });
  expect(reports.page(registry, queryOf(second), 0, 100).rows).toHaveLength(3);
  expect(reports.page(registry, queryOf(-1), 0, 100).total).toBe(7);
  expect(registry.imports().map(({ importId }) => importId)).toEqual([second, first]);
});

it('knows what to import again while the window lives, and says what to do afterwards', () => {
  const { registry } = temporary.project;
  const reports = new ImportReports();
  const importId = registry.saveImport(reportOf(1));
  expect(reports.add(importId, reportOf(1), SOURCE)).toMatchObject({
    importId,
    isLook: false,
    canRepeat: true,
  });
  expect(reports.source(importId)).toBe(SOURCE);
  reports.add(null, reportOf(1), SOURCE);
  reports.forget();
  expect(() => reports.source(importId)).toThrow('drop the same folder again');
  expect(reports.show(registry, importId)).toMatchObject({ canRepeat: false, leftOut: { others: 1 } });
  expect(() => reports.show(registry, -1)).toThrow('not in the project');
});
