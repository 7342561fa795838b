import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { compareDocument } from '#src/contracts/documents/compare';
import type { RunConfig } from '#src/contracts/documents/run';
import { LabelMap } from '#src/masks/label-map';
import type { SplitDesign } from '#src/splits/split';
import { quietContext } from '#main/jobs/context';
import type { Launcher } from '#main/jobs/launcher';
import { gridOf, newScan, temporaryProject } from '#main/store/testing/temporary-project';
import { readVoxelFile, writeVoxelFile } from '#main/store/voxel-file';
import type { ToTraining } from '#main/training/messages';
import { writeModelFile } from '#main/training/model-file';
import { readRunConfig, runFiles, writeRunConfig } from '#main/training/run-folder';
import { comparedVolumes, compareRun } from './compare';
import { answerCase, finishReading, startReading } from './readings';
import { writeReport } from './report';
import { createSplit } from './splits';
import { writeTables } from './tables';

/*
 * The project, its files, the prediction protocol and every number are real; the network is not. In its place stands a
 * "model" that finds the bright box of an image and, in images of a patient it did not train on, is one column off.
 */

const PATIENTS = 8;
const geometry = gridOf([12, 8, 10]);
const [NX, NY, NZ] = geometry.dims;

/** A bright box of patient-dependent width in slices 1 to 8. */
function box(patient: number, shift: number): Uint8Array {
  const labels = new Uint8Array(NX * NY * NZ);
  for (let k = 1; k < NZ - 1; k++)
    for (let j = 2; j < 6; j++)
      for (let i = 2 + shift; i < 6 + (patient % 3) + shift; i++) labels[(k * NY + j) * NX + i] = 1;
  return labels;
}

interface Counted extends Launcher {
  predicted: number;
}

/** Runs the "model" in this process. The patient is written into the image's first sample. */
function boxLauncher(): Counted {
  const launcher: Counted = {
    predicted: 0,
    launch(_, [mode, folder = '']) {
      let message: (message: unknown) => void = () => undefined;
      let exit: (code: number) => void = () => undefined;
      return {
        pid: undefined,
        kill: () => undefined,
        onMessage: (listener) => (message = listener),
        onExit: (listener) => (exit = listener),
        send: (received) => {
          const order = received as ToTraining;
          if (order.type !== 'predict' || mode !== 'predict') throw new Error('only predictions here');
          const work = async () => {
            const { training } = await readRunConfig(folder);
            for (const item of order.items) {
              const { samples } = await readVoxelFile(item.voxels);
              const patient = samples[0] ?? 0;
              const isSeen = training.some((entry) => entry.patient === `P000${patient}`);
              await writeVoxelFile(item.out, { samples: box(patient, isSeen ? 0 : 1), geometry });
              launcher.predicted++;
            }
          };
          void work().then(() => {
            message({ type: 'done', step: 10, seconds: 1 });
            exit(0);
          });
        },
      };
    },
  };
  return launcher;
}

const base: Omit<RunConfig, 'id' | 'split' | 'fold' | 'training'> = {
  schema: 'heldout.run/1',
  seed: 1,
  model: { base: 8, depth: 2, norm: 'batch', classes: 2, inChannels: 1 },
  batch: 4,
  patch: [32, 32],
  targetSpacing: [1.5, 1.5],
  precision: 'float32',
  backend: 'tensorflow',
  threads: 1,
  schedule: { kind: 'cosine', learningRate: 0.002, minutes: 1, epochs: null, stepsPerEpoch: 10 },
  augmentation: {
    rotationDegrees: 0,
    turnedShare: 0,
    scale: [1, 1],
    shiftFraction: 0,
    elasticMm: 0,
    gamma: [1, 1],
    noise: 0,
    mirror: false,
  },
  labels: [1],
  foregroundShare: 0.5,
  keepLargest: [],
  probeEvery: 5,
  probes: { seen: [], heldOut: [] },
  versions: {},
};

let place: Awaited<ReturnType<typeof temporaryProject>>;
const context = quietContext();

beforeEach(async () => {
  place = await temporaryProject();
  const { project } = place;
  const scans = [];
  for (let patient = 1; patient <= PATIENTS; patient++)
    for (const phase of [0, 6]) {
      const labels = box(patient, 0);
      const samples = Int16Array.from(labels, (label, index) => (index === 0 ? patient : 90 * label + phase));
      scans.push(
        newScan(await project.voxels.put({ samples, geometry }), geometry, {
          patientKey: `HOSPITAL-${patient}`,
          identity: { name: `Doe^Number${patient}` },
          study: { uid: `1.2.3.${patient}` },
          series: { uid: `1.2.3.${patient}.${phase}`, description: 'Doe cine', modality: 'MR' },
          phase,
        }),
      );
    }
  const { added } = project.registry.addScans(scans);
  for (const [index, scan] of added.entries())
    await project.masks.save(scan.id, box(Math.floor(index / 2) + 1, 0));
});

afterEach(async () => {
  await place.project.close();
  await place.remove();
});

/** A finished run of one fold: its record, config and weights file. */
async function trained(
  id: string,
  split: string,
  fold: number,
  changes: Partial<RunConfig> = {},
): Promise<void> {
  const { project } = place;
  const { items } = project.registry.split(split);
  const training = items
    .filter((item) => item.fold !== fold && item.fold !== 'locked')
    .map(({ patient, scan }) => ({
      patient,
      scan,
      voxels: '0'.repeat(64),
      mask: '0'.repeat(64),
      slices: null,
    }));
  const folder = project.runFolder(id);
  await writeRunConfig(folder, { ...base, id, split, fold, training, ...changes });
  const { weights } = runFiles(folder);
  await mkdir(join(weights, '..'), { recursive: true });
  const none = new Float32Array(0);
  await writeModelFile(
    weights,
    { run: id, model: base.model, step: 10, seconds: 1, seed: 1 },
    { weights: none, statistics: none, firstMoment: none, secondMoment: none, step: 10 },
    false,
  );
  project.registry.addRun({
    id,
    split,
    fold,
    state: 'done',
    createdAt: `2024-01-0${fold + 1}T00:00:00Z`,
    step: 10,
    seconds: 1,
    backend: 'tensorflow',
    reason: null,
  });
}

function splitBy(design: SplitDesign, locked = 0) {
  return createSplit(place.project, {
    name: design,
    plan: { design, folds: 2, heldOut: null, locked, seed: 1 },
  });
}

describe('comparing a run', () => {
  it('measures both sides; with one fold trained it compares two groups', async () => {
    const { project } = place;
    splitBy('patient');
    await trained('run-a', 'patient', 0);
    const launcher = boxLauncher();
    const document = await compareRun(project, 'run-a', context, launcher);
    expect(v.is(compareDocument, document)).toBe(true);
    expect(launcher.predicted).toBe(2 * PATIENTS);
    const { seen, heldOut } = document.labels['1'] ?? {};
    expect([seen?.n, heldOut?.n]).toEqual([4, 4]);
    expect(seen?.mean).toBe(1);
    for (const { patient, side, dice, scans } of document.patients) {
      const width = 4 + (Number(patient.slice(-1)) % 3);
      expect(scans).toHaveLength(2);
      expect(dice).toBeCloseTo(side === 'seen' ? 1 : (width - 1) / width, 12);
    }
    expect(document.gap?.mean).toBeCloseTo((seen?.mean ?? 0) - (heldOut?.mean ?? 0), 12);
    expect(document.crossed).toBeNull();
    expect(document.verdict.code).toBe('inflated');
    const [background, painted] = document.confusion.heldOut.counts;
    expect(painted?.[0]).toBe(background?.[1]);
    expect(document.confusion.seen.counts[1]?.[0]).toBe(0);
  });

  it('crosses the folds once every one has a finished run with the same settings', async () => {
    const { project } = place;
    splitBy('patient');
    await trained('run-a', 'patient', 0);
    await trained('run-b', 'patient', 1, { batch: 8 });
    const launcher = boxLauncher();
    expect((await compareRun(project, 'run-a', context, launcher)).crossed).toBeNull();
    await trained('run-c', 'patient', 1, { targetSpacing: [1.4, 1.4] });
    const { crossed, verdict } = await compareRun(project, 'run-a', context, launcher);
    expect(crossed?.runs).toEqual(['run-a', 'run-c']);
    expect(crossed?.patients).toHaveLength(PATIENTS);
    for (const { patient, seen, heldOut, heldOutWholeScan } of crossed?.patients ?? []) {
      const width = 4 + (Number(patient.slice(-1)) % 3);
      expect(seen).toBe(1);
      expect(heldOut).toBeCloseTo((width - 1) / width, 12);
      expect(heldOutWholeScan).toBeCloseTo((width - 1) / width, 12);
    }
    const tau = [1, 2, 3, 4, 5, 6, 7, 8].reduce((sum, patient) => sum + 1 / (4 + (patient % 3)) / 8, 0);
    expect(crossed?.statistics.gap.mean).toBeCloseTo(tau, 12);
    expect(verdict.code).toBe('inflated');
    expect(verdict).toEqual(crossed?.statistics.verdict);
  });

  it('is kept, and done again when a mask changes', async () => {
    const { project } = place;
    splitBy('patient');
    await trained('run-a', 'patient', 0);
    const launcher = boxLauncher();
    const first = await compareRun(project, 'run-a', context, launcher);
    const file = join(project.runFolder('run-a'), 'compare.json');
    const kept = await readFile(file, 'utf8');
    expect(await compareRun(project, 'run-a', context, launcher)).toEqual(first);
    expect(await readFile(file, 'utf8')).toBe(kept);

    await writeFile(file, kept.slice(0, 100));
    expect(await compareRun(project, 'run-a', context, launcher)).toEqual(first);

    const scan = project.registry.scanNamed('P0001.1');
    const { maskId, labels } = await project.masks.open(scan.id);
    const map = new LabelMap(labels, geometry.dims);
    map.beginStroke();
    map.paintCapsule([8, 4, 4], [8, 4, 4], {
      radiusMm: 1.6,
      label: 1,
      spacing: [1.5, 1.5, 8],
      plane: 0,
      ball: false,
    });
    const entry = map.commitStroke();
    if (!entry) throw new Error('nothing was painted');
    await project.masks.append(maskId, entry);
    const changed = await compareRun(project, 'run-a', context, launcher);
    const diceOf = (document: typeof first) =>
      document.patients.find(({ patient }) => patient === 'P0001')?.scans[0]?.labels['1']?.dice;
    expect(diceOf(changed)).toBeLessThan(diceOf(first) ?? 0);
    expect(launcher.predicted).toBe(2 * PATIENTS);
    await project.masks.close(maskId);
  });

  it('never scores the locked set', async () => {
    const { project } = place;
    const { items } = splitBy('patient', 0.25);
    await trained('run-a', 'patient', 0);
    const launcher = boxLauncher();
    const document = await compareRun(project, 'run-a', context, launcher);
    const locked = new Set(items.filter(({ fold }) => fold === 'locked').map(({ patient }) => patient));
    expect(locked.size).toBe(2);
    expect(launcher.predicted).toBe(2 * (PATIENTS - 2));
    expect(document.patients.some(({ patient }) => locked.has(patient))).toBe(false);
    expect(project.registry.looks()).toEqual([]);
  });

  it('gives the verdict "leak" on a split that leaks, with both parts of a patient', async () => {
    const { project } = place;
    splitBy('slice');
    await trained('run-a', 'slice', 0);
    const { verdict, patients, crossed } = await compareRun(project, 'run-a', context, boxLauncher());
    expect(verdict.code).toBe('leak');
    expect(verdict.sentence).toMatch(/^8 of 8 patients stand on both sides/);
    expect(crossed).toBeNull();
    expect(patients.filter(({ patient }) => patient === 'P0001').map(({ side }) => side)).toEqual([
      'heldOut',
      'seen',
    ]);
  });

  it('refuses a run that held nobody out, or is not finished', async () => {
    const { project } = place;
    splitBy('patient');
    await trained('run-a', 'patient', 0);
    project.registry.updateRun('run-a', { state: 'running' });
    await expect(compareRun(project, 'run-a', context, boxLauncher())).rejects.toThrow(/is running/);
    project.registry.updateRun('run-a', { state: 'done', split: null, fold: null });
    await expect(compareRun(project, 'run-a', context, boxLauncher())).rejects.toThrow(/nobody held out/);
  });

  it('hands out image, reference and prediction of a scan', async () => {
    const { project } = place;
    splitBy('patient');
    await trained('run-a', 'patient', 0);
    const volumes = await comparedVolumes(project, 'run-a', 'P0002.1', context, boxLauncher());
    expect(volumes.probeSlices).toEqual([2, 7]);
    expect(new Int16Array(volumes.samples)[0]).toBe(2);
    expect([...volumes.reference]).toEqual([...box(2, 0)]);
    expect(volumes.prediction).toHaveLength(NX * NY * NZ);
  });
});

describe('the report of a run', () => {
  it('is written whole and names nobody', async () => {
    const { project, root } = place;
    splitBy('patient');
    await trained('run-a', 'patient', 0);
    await trained('run-b', 'patient', 1);
    const file = join(root, 'report.html');
    await writeReport(project, 'run-a', file, context, boxLauncher());
    const page = await readFile(file, 'utf8');
    expect(page).toMatch(/^<!doctype html>[^]*<\/html>\s*$/u);
    expect(page).toContain('Knowing the patient inflates the score');
    expect(page.match(/data:image\/png;base64,/gu)).toHaveLength(6);
    expect(page).not.toMatch(/Doe|HOSPITAL|1\.2\.3\./u);
    expect(page).not.toContain(root);
    expect(page).not.toContain('Notes and marks');
    expect(page).not.toContain('Blinded readings');
  });

  it('has the notes and marks of readers, and a table of them beside it', async () => {
    const { project, root } = place;
    splitBy('patient');
    await trained('run-a', 'patient', 0);
    const mark = { run: 'run-a', scan: 'P0001.1', reader: 'Ann' };
    project.marks.set({ ...mark, mark: 'wrong', note: 'apex, "cut"' });
    const file = join(root, 'report.html');
    const written = await writeReport(project, 'run-a', file, context, boxLauncher());
    expect(written).toEqual([file, join(root, 'report.marks.csv')]);
    expect(await readFile(file, 'utf8')).toContain('apex, &quot;cut&quot;');
    const [head, row] = (await readFile(written[1] ?? '', 'utf8')).split('\r\n');
    expect(head).toBe('run,patient,scan,reader,mark,note,at');
    expect(row).toMatch(/^run-a,P0001,P0001\.1,Ann,wrong,"apex, ""cut""",20/u);
    const tables = await writeTables(project, 'run-a', join(root, 'tables'), context, boxLauncher());
    expect(tables.at(-1)).toBe(join(root, 'tables', 'run-a.marks.csv'));
  });
});

describe('blinded readings in the report of a run', () => {
  it('are there once they are finished, with an n beside each number', async () => {
    const { project, root } = place;
    splitBy('patient');
    await trained('run-a', 'patient', 0);
    const file = join(root, 'report.html');
    const launcher = boxLauncher();
    const plan = { questions: ['acceptable'] as const, count: 4, repeatShare: 0.5, seed: 5, reader: 'Ann' };
    for (let session = 1; session <= 2; session += 1)
      await startReading(project, { ...plan, runs: ['run-a'] }, context, launcher);
    for (let number = 1; number <= 6; number += 1)
      answerCase(project, 1, { number, answer: 'agree', seconds: 1, note: '' });
    await writeReport(project, 'run-a', file, context, launcher);
    expect(await readFile(file, 'utf8')).not.toContain('Blinded readings');
    finishReading(project, 1);
    await writeReport(project, 'run-a', file, context, launcher);
    const text = (await readFile(file, 'utf8')).replaceAll(/<[^>]+>/gu, ' ').replaceAll(/\s+/gu, ' ');
    expect(text).toContain('Ann, 20');
    expect(text).toContain('6 of 6 cases answered, 2 of them repeats, from 1 run; seed 5');
    expect(text).toContain('accepted, held-out 1.000 0.158 to 1.000 2 of n = 2 patients');
    expect(text).toContain('seen minus held-out 0.000 −0.658 to 0.658 n = 4 patients');
    expect(text).toContain('acceptable? – – n = 2 repeats of 2 patients, 1.00 the same');
    // The other one is still blinded.
    expect(text.match(/cases answered/gu)).toHaveLength(1);
  });
});

describe('the tables of a run', () => {
  it('are two CSV files, with a row for each scan and for each patient', async () => {
    const { project, root } = place;
    splitBy('patient');
    await trained('run-a', 'patient', 0);
    const files = await writeTables(project, 'run-a', join(root, 'tables'), context, boxLauncher());
    const rows = await Promise.all(
      files.map(async (file) => (await readFile(file, 'utf8')).split('\r\n').length - 2),
    );
    expect(rows).toEqual([2 * PATIENTS, PATIENTS]);
  });
});
