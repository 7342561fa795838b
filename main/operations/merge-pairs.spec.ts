import { afterEach, beforeEach, expect, it } from 'vitest';
import { voxelCount } from '#src/imaging/geometry';
import { gridOf, newScan, temporaryProject } from '#main/store/testing/temporary-project';
import { mergePairs } from './merge-pairs';
import { undoMerge } from './same-person';
import { auditStored, createSplit } from './splits';

const geometry = gridOf([4, 4, 6]);
let place: Awaited<ReturnType<typeof temporaryProject>>;

beforeEach(async () => {
  place = await temporaryProject('plain');
  for (let patient = 1; patient <= 6; patient += 1) {
    const samples = Int16Array.from({ length: 96 }, (_, voxel) => (voxel * (5 + 2 * patient)) % 37);
    const stored = await place.project.voxels.put({ samples, geometry });
    const { added } = place.project.registry.addScans([
      newScan(stored, geometry, { patientKey: `hip-${patient}`, study: { uid: `1.2.${patient}` } }),
    ]);
    for (const { id } of added)
      await place.project.masks.save(id, new Uint8Array(voxelCount(geometry.dims)).fill(1, 20, 40));
  }
});
afterEach(async () => {
  await place.project.close();
  await place.remove();
});

const merge = (text: string, dryRun = false) => mergePairs(place.project, { text, reason: '', dryRun });

it('patients of a plain project go by their own ids; splits that leak then are named', () => {
  createSplit(place.project, {
    name: 'by patient',
    plan: { design: 'patient', folds: 6, heldOut: null, locked: 0, seed: 1 },
  });
  const text = 'hip-1,hip-2\nhip-3,hip-4\n';
  expect(merge(text, true)).toMatchObject({ dryRun: true, leaking: ['by patient'], alreadyOne: 0 });
  expect(auditStored(place.project, 'by patient').clean).toBe(true);
  expect(merge(text).merged).toHaveLength(2);
  expect(auditStored(place.project, 'by patient').clean).toBe(false);
  expect(merge(text)).toMatchObject({ merged: [], alreadyOne: 2, leaking: [] });
  for (const { id } of place.project.registry.persons.merges()) undoMerge(place.project, id);
  expect(auditStored(place.project, 'by patient').clean).toBe(true);
});

it('pairs that meet become one patient, in whatever order', () => {
  expect(merge('hip-1,hip-2\nhip-3,hip-4\nhip-4,hip-2\nhip-1,hip-3\nhip-5,hip-1').merged).toEqual([
    { line: 1, kept: 'hip-1', merged: 'hip-2' },
    { line: 2, kept: 'hip-3', merged: 'hip-4' },
    { line: 3, kept: 'hip-3', merged: 'hip-1' },
    { line: 5, kept: 'hip-5', merged: 'hip-3' },
  ]);
  const { persons } = place.project.registry;
  expect([...persons.standing().values()]).toEqual([...Array.from({ length: 5 }, () => 'hip-5'), 'hip-6']);
  expect(persons.merges().at(-1)?.scans).toHaveLength(4);
});

it('one wrong line is enough to merge nothing; five of them are named', () => {
  const text = `hip-1,hip-2\n${Array.from({ length: 7 }, (_, n) => `hip-1,nobody-${n}`).join('\n')}`;
  expect(() => merge(text)).toThrow(
    /^Nothing was merged\. line 2: the second column names no patient of this project; .*line 6: .*; and 2 more\. Patients go by their ids/u,
  );
  expect(() => merge(text)).not.toThrow(/nobody/u);
  expect(place.project.registry.persons.merges()).toEqual([]);
});
