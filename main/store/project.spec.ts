import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileKeyVault } from './key-vault';
import { Project } from './project';
import { gridOf, newScan, temporaryProject } from './testing/temporary-project';

let temporary: Awaited<ReturnType<typeof temporaryProject>>;
let project: Project;
beforeEach(async () => {
  temporary = await temporaryProject();
  project = temporary.project;
});
afterEach(async () => {
  await project.close().catch(() => undefined);
  await temporary.remove();
});

const geometry = gridOf([4, 4, 2]);
const samples = Int16Array.from({ length: 32 }, (_, index) => index - 3);

async function reopen() {
  await project.close();
  project = await temporary.open();
}

describe('a project folder', () => {
  it('keeps patients, scans and voxels', async () => {
    const voxels = await project.voxels.put({ samples, geometry });
    const { added } = project.registry.addScans([
      newScan(voxels, geometry),
      newScan(voxels, geometry, { phase: 1 }),
    ]);
    expect(added.map(({ scan }) => scan)).toEqual(['P0001.1', 'P0001.2']);
    await reopen();
    expect(project.summary()).toMatchObject({ patients: 1, studies: 1, scans: 2, masks: 0 });
    const scan = project.registry.scanNamed('P0001.2');
    expect(scan).toMatchObject({ phase: 1, patient: 'P0001', geometry, warnings: [], mask: null });
    const volume = await project.voxels.get(scan.voxels);
    expect([...volume.samples]).toEqual([...samples]);
    expect(volume.geometry).toEqual(geometry);
    expect(project.registry.sourcePathOf(scan.id)).toBe('Doe_Jane/ED/1.dcm');
  });

  it('knows a scan that it has', async () => {
    const voxels = await project.voxels.put({ samples, geometry });
    project.registry.addScans([newScan(voxels, geometry)]);
    const again = project.registry.addScans([newScan(voxels, geometry)]);
    expect(again.added).toEqual([]);
    expect(again.alreadyPresent.map(({ scan }) => scan)).toEqual(['P0001.1']);
  });

  it('finds the scans of an image and of a series, and learns them for a scan that came without', async () => {
    const voxels = await project.voxels.put({ samples, geometry });
    project.registry.addScans([newScan(voxels, geometry, { instances: [] })]);
    expect(project.registry.scansWithInstance('1.2.840.99999.1.7.2')).toEqual([]);
    project.registry.addScans([newScan(voxels, geometry), newScan(voxels, geometry, { phase: 1 })]);
    await reopen();
    expect(project.registry.scansWithInstance('1.2.840.99999.1.7.2')).toEqual(['P0001.1', 'P0001.2']);
    expect(project.registry.scansOfSeries('1.2.840.99999.1.7')).toEqual(['P0001.1', 'P0001.2']);
    expect(project.registry.scansOfSeries('1.2.840.99999.1.8')).toEqual([]);
  });

  it('calls patients by their own ids in a plain project', async () => {
    const plain = await temporaryProject('plain');
    const voxels = await plain.project.voxels.put({ samples, geometry });
    plain.project.registry.addScans([newScan(voxels, geometry, { patientKey: 'patient001' })]);
    expect(plain.project.registry.scans()[0]?.scan).toBe('patient001.1');
    await plain.project.close();
    await plain.remove();
  });

  it('holds no identity in any file of a sealed project', async () => {
    const voxels = await project.voxels.put({ samples, geometry });
    project.registry.addScans([newScan(voxels, geometry)]);
    project.registry.addFiles(['Doe_Jane/ED/1.dcm']);
    project.registry.saveImport({
      ...{
        schema: 'heldout.import/1',
        patients: 1,
        studies: 1,
        scans: 1,
        masks: 0,
        files: 1,
        alreadyPresent: 0,
      },
      ...{ seconds: 1, volumes: [], warnings: [], questions: [] },
      leftOut: [{ path: 'Doe_Jane/notes.txt', reason: 'not an image', image: false }],
    });
    const files = (await readdir(temporary.folder, { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile(),
    );
    const contents = await Promise.all(
      files.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')),
    );
    expect(contents.join('').length).toBeGreaterThan(1000);
    for (const identity of ['HOSPITAL-4711', 'Doe', 'Jane', '19580403', '1.2.840.99999'])
      expect(contents.some((content) => content.includes(identity))).toBe(false);
    expect(project.registry.lastImport()?.leftOut[0]?.path).toBe('Doe_Jane/notes.txt');
  });

  it('is refused when it is open already, and opened after a crash', async () => {
    await expect(temporary.open()).rejects.toThrow('is open in another window or command');
    // A lock whose process is gone is what kill -9 leaves behind.
    await project.close();
    await writeFile(
      join(temporary.folder, 'lock'),
      JSON.stringify({ pid: 2 ** 22 + 1, host: 'elsewhere', started: '1' }),
    );
    await expect(temporary.open()).rejects.toThrow('on elsewhere');
    const { hostname } = await import('node:os');
    await writeFile(
      join(temporary.folder, 'lock'),
      JSON.stringify({ pid: process.pid, host: hostname(), started: '1' }),
    );
    project = await temporary.open();
    expect(existsSync(join(temporary.folder, 'lock'))).toBe(true);
  });

  it('refuses a newer project.json and a newer registry, and touches nothing', async () => {
    await project.close();
    const description = join(temporary.folder, 'project.json');
    const text = await readFile(description, 'utf8');
    await writeFile(description, text.replace('"version": 1', '"version": 2'));
    await expect(temporary.open()).rejects.toThrow('install a newer Heldout. Nothing was changed.');
    await writeFile(description, text);
    const registry = join(temporary.folder, 'registry.db');
    const database = new Libsql(registry);
    database.exec('pragma user_version = 99');
    database.close();
    const before = await readFile(registry);
    await expect(temporary.open()).rejects.toThrow("This project's registry has version 99");
    expect((await readFile(registry)).equals(before)).toBe(true);
    expect(existsSync(join(temporary.folder, 'lock'))).toBe(false);
  });

  it.each([
    ['{', 'is damaged: restore it from a backup'],
    ['{"version":1}', 'is damaged: restore it from a backup'],
  ])('refuses a damaged project.json (%s)', async (text, sentence) => {
    await project.close();
    await writeFile(join(temporary.folder, 'project.json'), text);
    await expect(temporary.open()).rejects.toThrow(sentence);
  });

  it('refuses a damaged registry', async () => {
    await project.close();
    await writeFile(
      join(temporary.folder, 'registry.db'),
      'this is no database at all, but long enough to be one'.repeat(40),
    );
    await expect(temporary.open()).rejects.toThrow('registry.db is damaged');
  });

  it('says so when this computer does not have the key', async () => {
    await project.close();
    const elsewhere = fileKeyVault(join(temporary.root, 'other-keys'));
    await expect(Project.open(temporary.folder, { keyVault: elsewhere })).rejects.toThrow(
      'is not on this computer',
    );
  });

  it('refuses a folder that is not empty and two labels with one number', async () => {
    const options = { name: 'x', labels: [], identities: 'sealed' as const, keyVault: temporary.keyVault };
    await expect(Project.create(temporary.folder, options)).rejects.toThrow('exists already');
    const twice = [1, 1].map((label) => ({ label, name: 'LV', colour: '#ffffff' }));
    await expect(
      Project.create(join(temporary.root, 'other'), { ...options, labels: twice }),
    ).rejects.toThrow('Two labels have the number 1');
    await expect(project.setLabels(twice)).rejects.toThrow('Two labels have the number 1');
  });

  it('keeps splits immutable, runs up to date and every look at the locked set', async () => {
    const split = {
      ...{ name: 'a', design: 'patient' as const, seed: 1, folds: 2, heldOut: null, locked: 0, stratify: [] },
      ...{
        createdAt: '2026-01-01T00:00:00Z',
        items: [{ patient: 'P0001', scan: 'P0001.1', slices: null, fold: 0 }],
      },
    };
    project.registry.addSplit(split);
    expect(() => project.registry.addSplit(split)).toThrow('There is a split called "a" already');
    const run = {
      ...{
        id: 'run-1',
        split: 'a',
        fold: 0,
        state: 'queued' as const,
        createdAt: '2026-01-01T00:00:00Z',
        step: 0,
      },
      ...{ seconds: 0, backend: 'tensorflow', reason: null },
    };
    project.registry.addRun(run);
    project.registry.updateRun('run-1', { state: 'done', step: 7 });
    project.registry.addLook({
      ...{ run: 'run-1', reason: 'final', who: 'somebody' },
      ...{ locked: ['P0001'], model: 'a' },
    });
    await reopen();
    expect(project.registry.split('a')).toEqual(split);
    expect(project.registry.runs()).toEqual([{ ...run, state: 'done', step: 7 }]);
    expect(project.registry.looks()).toMatchObject([{ run: 'run-1', reason: 'final' }]);
    expect(() => project.registry.split('b')).toThrow('There is no split called "b"');
    expect(() => project.runFolder('../up')).toThrow('is no run');
  });

  it('adds all scans or none', async () => {
    const voxels = await project.voxels.put({ samples, geometry });
    const broken = newScan(voxels, geometry, { phase: 1, view: undefined as never });
    expect(() => project.registry.addScans([newScan(voxels, geometry), broken])).toThrow();
    expect(project.registry.scans()).toEqual([]);
    expect(project.registry.patients()).toEqual([]);
  });
});
