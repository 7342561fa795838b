/**
 * A project as the first version of every file format left it after a crash: two strokes are in the journal only. Two
 * patients (disks on noise, no identities), one split, one run of two epochs. Later versions must open it.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { quietContext } from '#main/jobs/context';
import { fileKeyVault } from '#main/store/key-vault';
import { newScan } from '#main/store/testing/temporary-project';
import { readModelFile } from '#main/training/model-file';
import { readRunConfig, readRunLog, runFiles } from '#main/training/run-folder';
import { isPortrait } from '#src/imaging/copies/portrait';
import { countLabels } from '#src/masks/label-counts';
import { openProject } from './open-project';
import { mergePatients, suggestMerges, undoMerge } from './same-person';
import { auditStored } from './splits';

const STORED = 'main/operations/fixtures/project-version-1';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'heldout-stored-'));
  await cp(STORED, root, { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

it('a project of version 1 opens with its patients, masks, strokes, splits and runs', async () => {
  const open = () => openProject(join(root, 'disks'), fileKeyVault(join(root, 'keys')));
  let project = await open();
  expect(project.summary()).toMatchObject({ identities: 'sealed', patients: 2, scans: 2, masks: 2 });
  const [scan] = project.registry.scans();
  if (scan === undefined) throw new Error('no scan');
  const { samples, geometry } = await project.voxels.get(scan.voxels);
  expect(geometry).toEqual(scan.geometry);
  expect(samples).toHaveLength(32 * 32 * 6);

  const labels = await project.masks.labels(scan.id);
  const counts = countLabels(labels ?? new Uint8Array());
  expect(counts['1']).toBeGreaterThan(500);
  // Two strokes in the journal beside the snapshot, each 4 voxels of 1.5 mm long with a radius of 2 mm: 7 + 2 x 5 voxels.
  expect(counts['2']).toBe(34);
  const opened = await project.masks.open(scan.id);
  expect(opened.entries).toHaveLength(2);
  await project.masks.close(opened.maskId);

  expect(project.registry.split('by-patient').items).toHaveLength(2);
  const [run] = project.registry.runs();
  if (run === undefined) throw new Error('no run');
  expect(run).toMatchObject({ state: 'done', step: 40, split: 'by-patient', fold: 0 });
  const folder = project.runFolder(run.id);
  expect(await readRunConfig(folder)).toMatchObject({ schema: 'heldout.run/1', batch: 4 });
  expect(await readRunLog(folder)).toHaveLength(2);
  expect((await readModelFile(runFiles(folder).weights)).state.step).toBe(40);
  expect((await readModelFile(runFiles(folder).checkpoint)).state.step).toBe(40);
  await project.close();

  project = await open();
  expect(await project.masks.labels(scan.id)).toEqual(labels);
  await project.close();
});

it('a registry of version 1 learns which images its scans are made of; those that it has name none', async () => {
  const open = () => openProject(join(root, 'disks'), fileKeyVault(join(root, 'keys')));
  let project = await open();
  const [scan] = project.registry.scans();
  if (scan === undefined) throw new Error('no scan');
  expect(project.registry.scansWithInstance('1.2.840.99999.5')).toEqual([]);
  const { added } = project.registry.addScans([
    newScan(scan.voxels, scan.geometry, { instances: ['1.2.840.99999.5', '1.2.840.99999.6'] }),
  ]);
  await project.close();
  project = await open();
  expect(project.registry.scans()).toHaveLength(3);
  expect(project.registry.scansWithInstance('1.2.840.99999.6')).toEqual([added[0]?.scan]);
  expect(project.registry.scansOfSeries('1.2.840.99999.1.7')).toEqual([added[0]?.scan]);
  await project.close();
});

it('a registry of version 1 merges patients; its scans get their fingerprints when they are compared', async () => {
  const open = () => openProject(join(root, 'disks'), fileKeyVault(join(root, 'keys')));
  let project = await open();
  const { persons } = project.registry;
  expect(persons.fingerprints().map(({ fingerprint }) => fingerprint)).toEqual([null, null]);
  expect((await suggestMerges(project, quietContext())).notCompared).toEqual([]);
  expect(
    persons.fingerprints().map(({ fingerprint }) => fingerprint !== null && isPortrait(fingerprint)),
  ).toEqual([true, true]);
  const [keep, other] = project.registry.patients().map(({ patient }) => patient);
  if (keep === undefined || other === undefined) throw new Error('no patients');
  const { id } = mergePatients(project, keep, other);
  await project.close();
  project = await open();
  expect(auditStored(project, 'by-patient').findings).toMatchObject([
    { kind: 'same-person', severity: 'leak' },
  ]);
  undoMerge(project, id);
  expect(auditStored(project, 'by-patient').clean).toBe(true);
  await project.close();
});

it('a registry of version 1 keeps its looks at the locked set, and learns who looked at whom', async () => {
  const database = new Libsql(join(root, 'disks', 'registry.db'));
  database.exec("insert into looks (at, run, reason) values ('2024-01-01T00:00:00Z', 'old', 'final')");
  database.close();
  const open = () => openProject(join(root, 'disks'), fileKeyVault(join(root, 'keys')));
  let project = await open();
  const old = { at: '2024-01-01T00:00:00Z', run: 'old', reason: 'final', who: '', locked: [], model: '' };
  expect(project.registry.looks()).toEqual([old]);
  const look = { run: 'try', reason: 'scored', who: 'somebody', locked: ['P0001'], model: 'a' };
  project.registry.addLook(look);
  await project.close();
  project = await open();
  expect(project.registry.looks()).toMatchObject([old, look]);
  expect(project.registry.runs()[0]?.experiment).toBeUndefined();
  await project.close();
});

it('a registry of version 4 keeps what it has and takes readings and marks', async () => {
  await cp('main/operations/fixtures/registry-version-4/registry.db', join(root, 'disks', 'registry.db'));
  const open = () => openProject(join(root, 'disks'), fileKeyVault(join(root, 'keys')));
  let project = await open();
  const [run] = project.registry.runs();
  const [scan] = project.registry.scans();
  if (run === undefined || scan === undefined) throw new Error('no run or no scan');
  expect(project.registry.looks()).toMatchObject([{ reason: 'final', who: 'somebody', locked: ['P0001'] }]);
  expect(project.registry.persons.merges()).toMatchObject([{ kept: 'P0001', merged: 'P0002' }]);
  expect([project.readings.sessions(), project.marks.of(run.id)]).toEqual([[], []]);
  const mark = { scan: scan.scan, run: run.id, reader: 'Ann', mark: 'agree' as const, note: 'as I would' };
  project.marks.set(mark);
  await project.close();
  project = await open();
  expect(project.marks.of(run.id)).toMatchObject([{ ...mark, patient: scan.patient }]);
  await project.close();
});
