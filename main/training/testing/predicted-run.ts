import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunConfig } from '#src/contracts/documents/run';
import type { Launcher } from '#main/jobs/launcher';
import type { Project } from '#main/store/project';
import { writeVoxelFile } from '#main/store/voxel-file';
import { writeModelFile } from '#main/training/model-file';
import { runFiles, writeRunConfig } from '#main/training/run-folder';

const STEP = 10;

/**
 * A finished run of one fold of a split that has predicted every scan already: its record, its files, and as its
 * predictions the references, one voxel further along i where the patient was held out.
 */
export async function predictedRun(
  project: Project,
  id: string,
  fold: number,
  split = 'by-patient',
): Promise<void> {
  const folder = project.runFolder(id);
  const { items } = project.registry.split(split);
  const model = { base: 4, depth: 2, norm: 'batch', classes: 2, inChannels: 1 } as const;
  const config: RunConfig = {
    ...{ schema: 'heldout.run/1', id, split, fold, seed: 1, model, batch: 4 },
    ...{
      patch: [32, 32],
      targetSpacing: [1.5, 1.5],
      precision: 'float32',
      backend: 'tensorflow',
      threads: 1,
    },
    schedule: { kind: 'cosine', learningRate: 0.005, minutes: 1, epochs: null, stepsPerEpoch: 20 },
    augmentation: {
      ...{ rotationDegrees: 0, turnedShare: 0, scale: [1, 1], shiftFraction: 0, elasticMm: 0 },
      ...{ gamma: [1, 1], noise: 0, mirror: false },
    },
    ...{ labels: [1], foregroundShare: 0.5, keepLargest: [], probeEvery: 5 },
    training: items
      .filter((item) => item.fold !== fold && item.fold !== 'locked')
      .map(({ patient, scan }) => ({
        ...{ patient, scan, voxels: '0'.repeat(64), mask: '0'.repeat(64), slices: null },
      })),
    probes: { seen: [], heldOut: [] },
    versions: {},
  };
  await writeRunConfig(folder, config);
  const { weights, predictions } = runFiles(folder);
  await mkdir(dirname(weights), { recursive: true });
  const none = new Float32Array(0);
  await writeModelFile(
    weights,
    { run: id, model, step: STEP, seconds: 1, seed: 1 },
    { weights: none, statistics: none, firstMoment: none, secondMoment: none, step: STEP },
    false,
  );
  const cache = join(predictions, `step-${STEP}`);
  await mkdir(cache, { recursive: true });
  for (const scan of project.registry.scans()) {
    const reference = (await project.masks.labels(scan.id)) ?? new Uint8Array();
    const isSeen = config.training.some((item) => item.scan === scan.scan);
    const samples = isSeen ? reference : reference.map((_, at) => reference[at - 1] ?? 0);
    await writeVoxelFile(join(cache, `${scan.id}.hvx`), { samples, geometry: scan.geometry });
  }
  project.registry.addRun({
    ...{ id, split, fold, state: 'done', createdAt: `2024-01-0${fold + 1}T00:00:00Z` },
    ...{ step: STEP, seconds: 1, backend: 'tensorflow', reason: null },
  });
}

/** For what has been predicted already: starting a process is a fault. */
export const noLauncher: Launcher = {
  launch() {
    throw new Error('nothing should be started');
  },
};
