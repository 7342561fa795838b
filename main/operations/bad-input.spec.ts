/** What people will give us some day: each gets a sentence, and nothing that was saved is lost. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quietContext, type JobContext } from '#main/jobs/context';
import { writeNifti } from '#main/nifti/write-nifti';
import { fileKeyVault } from '#main/store/key-vault';
import { Project } from '#main/store/project';
import { sampleZip } from '#main/testing/shared-data';
import { smallDisk } from '#main/testing/small-disk';
import type { Geometry } from '#src/imaging/geometry';
import { LabelMap } from '#src/masks/label-map';
import { importPaths } from './import';
import { planRun } from './plan-run';
import { SAMPLE_LABELS } from './sample';
import { createSplit } from './splits';
import { startRun } from './training';

const context = quietContext();
/** Reading in this thread: a worker would have to be built first. */
const HERE = { workerFile: null };

let root: string;
let project: Project;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'heldout-bad-input-'));
  project = await createProject(join(root, 'test.heldout'));
});
afterEach(async () => {
  await project.close();
  await rm(root, { recursive: true, force: true });
});

function createProject(folder: string): Promise<Project> {
  const keyVault = fileKeyVault(join(root, 'keys'));
  return Project.create(folder, { name: 'test', labels: SAMPLE_LABELS, identities: 'sealed', keyVault });
}

function openProject(folder: string): Promise<Project> {
  return Project.open(folder, { keyVault: fileKeyVault(join(root, 'keys')) });
}

/** The sample's files below the test's folder; the slices of one phase of one patient. */
async function unpacked(): Promise<{ dicom: string; masks: string; slices: string[] }> {
  execFileSync('python3', ['-m', 'zipfile', '-e', sampleZip(), root]);
  const dicom = join(root, 'dicom');
  const [patient = ''] = (await readdir(dicom)).sort();
  const phase = join(dicom, patient, 'ED');
  const slices = (await readdir(phase)).sort().map((file) => join(phase, file));
  return { dicom, masks: join(root, 'masks'), slices };
}

function importInto(target: Project, paths: string[], during: JobContext = context) {
  return importPaths(target, { paths }, during, HERE);
}

describe('an import', () => {
  it('of a folder without images says what it found and adds nothing', async () => {
    const folder = join(root, 'letters');
    await mkdir(folder);
    await writeFile(join(folder, 'letter.txt'), 'Dear colleague');
    await writeFile(join(folder, 'empty.dcm'), '');
    const report = await importInto(project, [folder]);
    expect(report).toMatchObject({ patients: 0, scans: 0, masks: 0, files: 0 });
    expect(report.leftOut.map(({ path, image }) => ({ path, image }))).toEqual([
      { path: 'empty.dcm', image: true },
      { path: 'letter.txt', image: false },
    ]);
    expect(report.warnings.join(' ')).toMatch(/no image/iu);
    await mkdir(join(root, 'nothing'));
    expect((await importInto(project, [join(root, 'nothing')])).warnings.join(' ')).toMatch(/no image/iu);
  });

  it('of a path that is not there names it', async () => {
    await expect(importInto(project, [join(root, 'gone')])).rejects.toThrow(/gone/u);
  });

  it('goes on when a file vanishes under way, and names it', async () => {
    const { dicom, slices } = await unpacked();
    const [first = ''] = slices;
    let isReading = false;
    const vanishing: JobContext = {
      signal: context.signal,
      report({ message }) {
        if (isReading || !/Reading images/u.test(message)) return;
        isReading = true;
        execFileSync('rm', [first]);
      },
    };
    const report = await importInto(project, [dicom], vanishing);
    expect(isReading).toBe(true);
    expect(report.scans).toBeGreaterThanOrEqual(9);
    expect(project.registry.scans()).toHaveLength(report.scans);
    const again = await importInto(project, [dicom]);
    expect(again.leftOut.filter(({ image }) => image)).toEqual([]);
  });

  it('leaves a truncated file out, with its name and why, and keeps the rest', async () => {
    const { dicom, slices } = await unpacked();
    const [first = ''] = slices;
    await truncate(first, Math.floor((await stat(first)).size / 2));
    const report = await importInto(project, [dicom]);
    expect(report.leftOut).toHaveLength(1);
    expect(report.leftOut[0]?.path.endsWith('.dcm')).toBe(true);
    expect(report.leftOut[0]?.reason).toMatch(/cut off|truncated|incomplete/iu);
    expect(report.patients).toBe(5);
    // The slice that is missing leaves a gap, which must be said.
    expect(report.volumes.flatMap(({ warnings }) => warnings).join(' ')).toMatch(/missing|gap/iu);
  });

  it('leaves a mask of another grid out and says which grid it has', async () => {
    const { dicom } = await unpacked();
    await importInto(project, [dicom]);
    const [scan] = project.registry.scans();
    if (scan === undefined) throw new Error('no scan');
    const folder = join(root, 'other masks');
    await mkdir(folder);
    const geometry: Geometry = { ...scan.geometry, dims: [64, 64, 3] };
    await writeNifti(join(folder, 'a_mask.nii.gz'), {
      geometry,
      samples: new Uint8Array(64 * 64 * 3).fill(1, 500, 900),
    });
    const report = await importInto(project, [folder]);
    expect(report.masks).toBe(0);
    expect(report.leftOut).toHaveLength(1);
    expect(report.leftOut[0]?.path).toBe('a_mask.nii.gz');
    expect(report.leftOut[0]?.reason).toContain('64');
    expect(project.summary().masks).toBe(0);
  });
});

describe('a full disk', () => {
  let unmount: (() => void) | null = null;
  let small: string;

  async function projectOn(bytes: number): Promise<Project | null> {
    small = join(root, 'small');
    await mkdir(small);
    unmount = smallDisk(small, bytes);
    return unmount === null ? null : createProject(join(small, 'small.heldout'));
  }
  afterEach(() => {
    unmount?.();
    unmount = null;
  });

  it('ends an import with a sentence; what was in the project stays, and it can go on', async () => {
    const place = await projectOn(4_000_000);
    if (place === null) return;
    const { dicom } = await unpacked();
    await expect(importInto(place, [dicom])).rejects.toThrow(/disk is full/iu);
    await place.close();
    const again = await openProject(join(small, 'small.heldout'));
    const kept = again.registry.scans();
    expect(kept.length).toBeLessThan(10);
    for (const scan of kept) expect((await again.voxels.get(scan.voxels)).geometry).toEqual(scan.geometry);
    execFileSync('mount', ['-o', 'remount,size=100000000', small]);
    expect((await importInto(again, [dicom])).scans + kept.length).toBe(10);
    await again.close();
  });

  it('refuses a stroke with a sentence; earlier ones stay and later ones are taken when there is room', async () => {
    const place = await projectOn(60_000_000);
    if (place === null) return;
    const { dicom } = await unpacked();
    await importInto(place, [dicom]);
    const [scan] = place.registry.scans();
    if (scan === undefined) throw new Error('no scan');
    const { maskId, labels } = await place.masks.open(scan.id);
    const map = new LabelMap(labels, scan.geometry.dims);
    const paint = (i: number) => {
      map.beginStroke();
      const brush = { radiusMm: 4, label: 1, spacing: [1, 1, 1] as const, plane: 0 as const, ball: false };
      map.paintCapsule([i, 40, 2], [i + 10, 60, 2], brush);
      return map.commitStroke() ?? new Uint8Array();
    };
    await place.masks.append(maskId, paint(20));
    const kept = Uint8Array.from(map.labels);
    // Filling the disk to the last byte: the journal's file has no room to grow.
    const filler = join(small, 'filler');
    execFileSync('sh', ['-c', `dd if=/dev/zero of="${filler}" bs=4096 2>/dev/null || true`]);
    let refused: unknown = null;
    const lost: Uint8Array[] = [];
    for (let at = 0; at < 400 && refused === null; at += 1) {
      const entry = paint(30 + (at % 150));
      await place.masks.append(maskId, entry).then(
        () => kept.set(map.labels),
        (error: unknown) => {
          refused = error;
          lost.push(entry);
        },
      );
    }
    expect(String(refused)).toMatch(/disk is full/iu);
    expect(await place.masks.labels(scan.id)).toEqual(kept);
    await rm(filler);
    for (const entry of lost) await place.masks.append(maskId, entry);
    expect(await place.masks.labels(scan.id)).toEqual(Uint8Array.from(map.labels));
    await place.masks.close(maskId);
    await place.close();
  });
});

describe('a project', () => {
  it('of a newer version is refused with its version and not touched', async () => {
    const folder = join(root, 'test.heldout');
    await project.close();
    const file = join(folder, 'project.json');
    const newer = (await readFile(file, 'utf8')).replace(/"version": 1\b/u, '"version": 99');
    await writeFile(file, newer);
    await expect(openProject(folder)).rejects.toThrow(/newer/iu);
    expect(await readFile(file, 'utf8')).toBe(newer);
    await writeFile(file, newer.replace('"version": 99', '"version": 1'));
    project = await openProject(folder);
  });

  it('that is open is refused a second time', async () => {
    await expect(openProject(join(root, 'test.heldout'))).rejects.toThrow(/is open in another/u);
  });

  it('refuses two labels with the same number', async () => {
    const [label] = SAMPLE_LABELS;
    if (label === undefined) throw new Error('no label');
    await expect(project.setLabels([label, { ...label, name: 'other' }])).rejects.toThrow(
      /number 1|label 1/iu,
    );
    expect(project.labels()).toEqual(SAMPLE_LABELS);
  });

  it('keeps the labels that masks hold', async () => {
    await importInto(project, [sampleZip()]);
    const other = { label: 2, name: 'other', colour: '#56b4e9' };
    await expect(project.setLabels([other])).rejects.toThrow(/Label 1 is painted in 10 masks/u);
    await project.setLabels([{ label: 1, name: 'renamed', colour: '#009e73' }, other]);
    expect(project.labels().map(({ name }) => name)).toEqual(['renamed', 'other']);
  });
});

describe('a training', () => {
  const plan = { design: 'patient', folds: null, heldOut: 0.2, locked: 0, seed: 1 } as const;

  it('without masks is refused before it starts', async () => {
    const { dicom } = await unpacked();
    await importInto(project, [dicom]);
    expect(() => createSplit(project, { name: 'by-patient', plan })).toThrow(/mask/iu);
    const request = { split: null, fold: null, epochs: 1 };
    await expect(planRun(project, 'all', request, context)).rejects.toThrow(/paint|mask/iu);
    expect(project.registry.runs()).toEqual([]);
  });

  it('is refused a split that leaves a side empty', async () => {
    const { slices, masks } = await unpacked();
    await importInto(project, [join(slices[0] ?? '', '..', '..')]);
    await importInto(project, [masks]);
    expect(project.summary().patients).toBe(1);
    expect(() => createSplit(project, { name: 'one', plan })).toThrow(/side|patient/iu);
    expect(project.registry.splits()).toEqual([]);
  });

  it('that does not fit into memory is refused with what it needs and what is free', async () => {
    await importInto(project, [sampleZip()]);
    createSplit(project, { name: 'by-patient', plan });
    const request = { split: 'by-patient', fold: 0, epochs: 1 };
    const little = 50_000_000;
    await expect(planRun(project, 'x', request, context, little)).rejects.toThrow(/needs .* of memory/u);
  });

  it('without TensorFlow is refused with what to do', async () => {
    await importInto(project, [sampleZip()]);
    createSplit(project, { name: 'by-patient', plan });
    const before = process.env['HELDOUT_CACHE'];
    process.env['HELDOUT_CACHE'] = join(root, 'no cache');
    try {
      const launcher = {
        launch: () => {
          throw new Error('nothing may be started');
        },
      };
      const started = startRun(project, { split: 'by-patient', fold: 0, epochs: 1 }, context, launcher);
      await expect(started).rejects.toThrow(/TensorFlow is not installed.*doctor --install/u);
    } finally {
      if (before === undefined) delete process.env['HELDOUT_CACHE'];
      else process.env['HELDOUT_CACHE'] = before;
    }
    expect(project.registry.runs()).toEqual([]);
  });
});
