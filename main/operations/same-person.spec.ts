import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditDocument } from '#src/contracts/documents/split';
import { mergeDocument } from '#src/contracts/documents/merge';
import { voxelCount } from '#src/imaging/geometry';
import { quietContext } from '#main/jobs/context';
import type { NewScan } from '#main/store/new-scan';
import { gridOf, newScan, temporaryProject } from '#main/store/testing/temporary-project';
import {
  dismissSuggestion,
  mergePatients,
  newSuggestionWarnings,
  suggestedPairs,
  suggestMerges,
  undoMerge,
} from './same-person';
import { auditStored, createSplit, leakByMerging, splittableScans, type FullSplitPlan } from './splits';

const geometry = gridOf([4, 4, 6]);
const PLAN: FullSplitPlan = { design: 'patient', folds: 6, heldOut: null, locked: 0, seed: 1 };

/** A number from 0 to 1023 for each one, without order. */
const scattered = (value: number) =>
  Math.imul(Math.imul(value, 0x9e3779b1) ^ (value << 13), 0x85ebca6b) >>> 22;

let place: Awaited<ReturnType<typeof temporaryProject>>;
let serial = 0;

/** Adds a scan with a mask for the patient `key`; every study and series has UIDs of its own. */
async function addScan(key: string, overrides: Partial<NewScan> = {}): Promise<string> {
  const { project } = place;
  serial += 1;
  const samples = Int16Array.from({ length: 96 }, (_, voxel) => scattered(96 * serial + voxel));
  const { added } = project.registry.addScans([
    newScan(await project.voxels.put({ samples, geometry }), geometry, {
      patientKey: key,
      identity: { name: `Doe^${key}`, birthDate: '19580403' },
      study: { uid: `1.2.3.${serial}` },
      series: { uid: `1.2.3.${serial}.1`, description: 'cine', modality: 'MR' },
      instances: [],
      ...overrides,
    }),
  ]);
  const [scan] = added;
  if (scan === undefined) throw new Error('no scan was added');
  await project.masks.save(scan.id, new Uint8Array(voxelCount(scan.geometry.dims)).fill(1, 20, 40));
  return scan.scan;
}

/** Everything that the registry holds, merges themselves left out. */
function dump() {
  const { database } = place.project.registry;
  return ['patients', 'studies', 'scans', 'masks', 'splits', 'files', 'instances'].map((table) =>
    database.all(`select * from ${table}`, []),
  );
}

const suggest = async () => v.parse(mergeDocument, await suggestMerges(place.project, quietContext()));
const pairs = async () => (await suggest()).suggestions.map(({ patients }) => patients.join(' '));
const patientsOfScans = () =>
  Object.fromEntries(place.project.registry.scans().map(({ scan, patient }) => [scan, patient]));

beforeEach(async () => {
  place = await temporaryProject();
  for (let patient = 1; patient <= 6; patient++) await addScan(`K${patient}`);
});
afterEach(async () => {
  await place.project.close();
  await place.remove();
});

describe('suggestions', () => {
  it.each<[string, Partial<NewScan>, Partial<NewScan>, string]>([
    [
      'name and birth date',
      { identity: { name: 'Roe^Ann', birthDate: '19600101' } },
      { identity: { name: 'ann roe', birthDate: '1960-01-01' } },
      'same name and birth date',
    ],
    ['study', { study: { uid: '9.9' } }, { study: { uid: '9.9' } }, 'same study (StudyInstanceUID)'],
    [
      'frame of reference',
      { frameOfReferenceUid: '9.8' },
      { frameOfReferenceUid: '9.8' },
      'same position in the same scanner session (FrameOfReferenceUID)',
    ],
  ])('come from the same %s and name nobody', async (_, one, other, sentence) => {
    expect(await pairs()).toEqual([]);
    await addScan('new-1', one);
    await addScan('new-2', other);
    const { suggestions } = await suggest();
    expect(suggestions).toEqual([
      {
        patients: ['P0007', 'P0008'],
        strength: 'strong',
        reasons: [expect.objectContaining({ strength: 'strong', sentence })],
        wouldLeak: [],
      },
    ]);
    expect(JSON.stringify(suggestions)).not.toMatch(/roe|1960|9\.[89]|new-/iu);
  });

  it('come from images, also of scans that have no fingerprint yet', async () => {
    const { project } = place;
    const samples = Int16Array.from({ length: 24 * 24 * 6 }, (_, voxel) => scattered(voxel));
    const grid = gridOf([24, 24, 6]);
    const half = { samples: samples.map((value) => value / 2), geometry: grid };
    await addScan('K1', { voxels: await project.voxels.put({ samples, geometry: grid }), geometry: grid });
    await addScan('K2', { voxels: await project.voxels.put(half), geometry: grid });
    expect((await suggest()).suggestions).toEqual([
      expect.objectContaining({
        patients: ['P0001', 'P0002'],
        reasons: [
          expect.objectContaining({
            kind: 'images',
            sentence: 'nearly identical images (P0001.2 and P0002.2)',
          }),
        ],
      }),
    ]);
    const { id } = mergePatients(project, 'P0001', 'P0002');
    expect(await pairs()).toEqual([]);
    undoMerge(project, id);
    expect(await pairs()).toEqual(['P0001 P0002']);
    const third = { samples: samples.map((value) => value / 3), geometry: grid };
    await addScan('K3', { voxels: await project.voxels.put(third), geometry: grid });
    expect(await pairs()).toEqual(['P0001 P0002', 'P0001 P0003', 'P0002 P0003']);
    expect(project.registry.persons.fingerprints().every(({ fingerprint }) => fingerprint !== null)).toBe(
      true,
    );
  });

  it('are remembered as two people, also after one of them was merged', async () => {
    for (const key of ['K1', 'K2']) await addScan(key, { study: { uid: '9.9' } });
    dismissSuggestion(place.project, 'P0002', 'P0001');
    expect(await pairs()).toEqual([]);
    mergePatients(place.project, 'P0003', 'P0002');
    expect(await pairs()).toEqual([]);
    expect(() => dismissSuggestion(place.project, 'P0003', 'P0002')).toThrow(/merged into P0003/u);
  });

  it('are made for patients that came before names were compared', async () => {
    for (const key of ['old', 'new'])
      await addScan(key, { identity: { name: 'Roe^Ann', birthDate: '19600101' } });
    place.project.registry.database.run('update patients set person_lookup = null', []);
    expect(await pairs()).toEqual(['P0007 P0008']);
  });

  it('that an import brings are said in a warning', async () => {
    await addScan('K1', { study: { uid: '9.9' } });
    const before = suggestedPairs(place.project);
    await addScan('K2', { study: { uid: '9.9' } });
    expect(newSuggestionWarnings(place.project, before)).toEqual([
      'P0002 may be the same person as P0001 (same study (StudyInstanceUID)): see heldout merge suggest, or the Library.',
    ]);
    expect(newSuggestionWarnings(place.project, suggestedPairs(place.project))).toEqual([]);
  });
});

describe('a merge', () => {
  it('gives the scans to the kept patient under the names that they have, and undoing restores every row', async () => {
    const { registry } = place.project;
    const before = dump();
    const merge = mergePatients(place.project, 'P0001', 'P0002', 'told by the ward');
    expect(merge).toMatchObject({
      kept: 'P0001',
      merged: 'P0002',
      scans: ['P0002.1'],
      reason: 'told by the ward',
    });
    expect(patientsOfScans()).toMatchObject({ 'P0001.1': 'P0001', 'P0002.1': 'P0001', 'P0003.1': 'P0003' });
    expect(
      registry.patients().map(({ patient, scans, studies }) => [patient, scans, studies]),
    ).toContainEqual(['P0001', 2, 2]);
    expect(registry.counts()).toMatchObject({ patients: 5, scans: 6, studies: 6 });
    expect(registry.patientCalled('K2')).toBe('P0001');
    undoMerge(place.project, merge.id);
    expect(dump()).toEqual(before);
    expect(registry.counts().patients).toBe(6);
  });

  it('takes what is imported later under the other id, and undoing gives it to that id', async () => {
    const { id } = mergePatients(place.project, 'P0001', 'P0002');
    expect(await addScan('K2')).toBe('P0002.2');
    expect(patientsOfScans()).toMatchObject({ 'P0002.1': 'P0001', 'P0002.2': 'P0001' });
    undoMerge(place.project, id);
    expect(patientsOfScans()).toMatchObject({ 'P0001.1': 'P0001', 'P0002.1': 'P0002', 'P0002.2': 'P0002' });
  });

  it('may follow another, and be undone in any order', () => {
    const before = dump();
    const first = mergePatients(place.project, 'P0001', 'P0002');
    const second = mergePatients(place.project, 'P0003', 'P0001');
    mergePatients(place.project, 'P0003', 'P0004');
    expect(second.scans).toEqual(['P0001.1', 'P0002.1']);
    expect(patientsOfScans()).toMatchObject({ 'P0001.1': 'P0003', 'P0002.1': 'P0003', 'P0004.1': 'P0003' });
    undoMerge(place.project, first.id);
    expect(patientsOfScans()).toMatchObject({ 'P0001.1': 'P0003', 'P0002.1': 'P0002', 'P0004.1': 'P0003' });
    undoMerge(place.project, second.id);
    undoMerge(place.project, second.id + 1);
    expect(dump()).toEqual(before);
  });

  it('survives closing the project', async () => {
    mergePatients(place.project, 'P0001', 'P0002');
    await place.project.close();
    place.project = await place.open();
    expect(patientsOfScans()['P0002.1']).toBe('P0001');
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'with an unknown patient',
      () => mergePatients(place.project, 'P0001', 'P0099'),
      /no patient called P0099/u,
    ],
    ['with itself', () => mergePatients(place.project, 'P0001', 'P0001'), /one patient already/u],
    ['undone without being there', () => undoMerge(place.project, 12), /no merge 12/u],
    [
      'of one that is merged',
      () => {
        mergePatients(place.project, 'P0001', 'P0002');
        mergePatients(place.project, 'P0003', 'P0002');
      },
      /P0002 is merged into P0001/u,
    ],
    [
      'undone twice',
      () => {
        const { id } = mergePatients(place.project, 'P0001', 'P0002');
        undoMerge(place.project, id);
        undoMerge(place.project, id);
      },
      /undone already/u,
    ],
  ])('is refused %s', (_, work, sentence) => {
    expect(work).toThrow(sentence);
  });
});

describe('splits and merges', () => {
  const audit = () => v.parse(auditDocument, auditStored(place.project, 'by patient'));

  it('a split that has both sides of a person leaks until the merge is undone', async () => {
    const made = createSplit(place.project, { name: 'by patient', plan: PLAN });
    const stored = dump();
    expect(audit()).toMatchObject({ clean: true, findings: [] });
    const { id } = mergePatients(place.project, 'P0001', 'P0002');
    expect(audit()).toMatchObject({
      clean: false,
      findings: [
        {
          kind: 'same-person',
          severity: 'leak',
          count: 1,
          of: 5,
          patients: ['P0001', 'P0002'],
          pairs: [expect.arrayContaining(['P0001.1', 'P0002.1'])],
          sentence:
            'P0002 was merged into P0001 after this split was made: this person stands on both sides under two ids.',
        },
      ],
    });
    expect(leakByMerging(place.project, 'by patient')).toMatch(/^P0002 was merged into P0001 after/u);
    expect(place.project.registry.split('by patient').items.map(({ patient }) => patient)).not.toContain(
      'P0002',
    );
    expect(place.project.registry.splitAsMade('by patient')).toEqual(made);
    undoMerge(place.project, id);
    expect(audit()).toMatchObject({ clean: true, findings: [] });
    expect(leakByMerging(place.project, 'by patient')).toBeNull();
    expect(place.project.registry.split('by patient')).toEqual(made);
    expect(dump()).toEqual(stored);
  });

  it('a new split keeps merged patients together', () => {
    mergePatients(place.project, 'P0001', 'P0002');
    expect(new Set(splittableScans(place.project).map(({ patient }) => patient)).size).toBe(5);
    const split = createSplit(place.project, { name: 'by patient', plan: { ...PLAN, folds: 5 } });
    const folds = split.items.filter(({ scan }) => /P000[12]/u.test(scan)).map(({ fold }) => fold);
    expect(folds).toHaveLength(2);
    expect(new Set(folds).size).toBe(1);
    expect(audit().clean).toBe(true);
  });

  it('a suggestion across both sides is a warning, and is said beforehand', async () => {
    createSplit(place.project, { name: 'by patient', plan: PLAN });
    for (const key of ['K1', 'K2']) await addScan(key, { study: { uid: '9.9' } });
    expect((await suggest()).suggestions[0]?.wouldLeak).toEqual(['by patient']);
    expect(audit()).toMatchObject({
      clean: true,
      findings: [{ kind: 'same-person', severity: 'warning', count: 1, patients: ['P0001', 'P0002'] }],
    });
    dismissSuggestion(place.project, 'P0001', 'P0002');
    expect(audit().findings).toEqual([]);
  });
});
