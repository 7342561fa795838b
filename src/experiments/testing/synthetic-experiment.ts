import type { ExperimentPlan, TrainingSettings } from '#src/contracts/documents/experiment-plan';
import type { LabelCounts, ScanCounts } from '#src/contracts/documents/training-scores';
import { DEFAULT_AUGMENTATION } from '#src/models/augmentation';
import type { SplittableScan } from '#src/splits/split';
import { designExperiment, type ExperimentRequest } from '../design-experiment';
import type { ExperimentTraining } from '../experiment-trainings';
import type { ScoreTable } from '../score-table';

/** `patients` patients with `scansEach` scans of `slices` slices, two sites, two conditions, one time position a scan. */
export function cohort(patients: number, scansEach = 2, slices = 10): SplittableScan[] {
  return Array.from({ length: patients * scansEach }, (_, index) => {
    const number = Math.floor(index / scansEach);
    const patient = `P${String(number + 1).padStart(4, '0')}`;
    return {
      patient,
      scan: `${patient}.${(index % scansEach) + 1}`,
      view: 'axial',
      phase: scansEach > 1 ? index % scansEach : null,
      site: number % 2 === 0 ? 'north' : 'south',
      condition: number % 3 === 0 ? 'ill' : 'well',
      slices,
    };
  });
}

export const REQUEST: ExperimentRequest = {
  arms: ['slice', 'scan', 'patient'],
  folds: 4,
  repeats: 1,
  seeds: [1],
  locked: 0.2,
  seed: 3,
  probeEvery: 5,
  guardEvery: 0,
  margin: 0.02,
  budget: null,
  controls: [],
};

const SETTINGS: TrainingSettings = {
  model: { base: 4, depth: 2, norm: 'batch', classes: 2, inChannels: 1 },
  batch: 4,
  patch: [32, 32],
  targetSpacing: [1.5, 1.5],
  precision: 'float32',
  backend: 'tensorflow',
  threads: 1,
  schedule: { kind: 'cosine', learningRate: 5e-3, minutes: null, epochs: 2, stepsPerEpoch: 20 },
  augmentation: DEFAULT_AUGMENTATION,
  labels: [1],
  foregroundShare: 0.5,
};

/** A whole plan for these scans, with hashes that name nothing. */
export function planFor(
  scans: readonly SplittableScan[],
  request: Partial<ExperimentRequest> = {},
): ExperimentPlan {
  return {
    schema: 'heldout.experiment-plan/1',
    name: 'try',
    createdAt: '2024-01-01T00:00:00.000Z',
    ...designExperiment(scans, { ...REQUEST, ...request }),
    settings: SETTINGS,
    scans: scans.map((scan) => ({ ...scan, voxels: '0'.repeat(64), mask: '1'.repeat(64) })),
  };
}

/** Counts as models would give them whose Dice in each slice is what `quality` says. */
export function scoresWith(
  trainings: readonly ExperimentTraining[],
  scans: readonly SplittableScan[],
  quality: (training: ExperimentTraining, scan: SplittableScan, slice: number) => number,
): ScoreTable {
  const counts = (dice: number): LabelCounts[] => [[Math.round(dice * 10_000), 10_000, 10_000]];
  return new Map(
    trainings.map((training) => [
      training.key,
      new Map(
        scans.map((scan): [string, ScanCounts] => [
          scan.scan,
          Array.from({ length: scan.slices }, (_, slice) => counts(quality(training, scan, slice))),
        ]),
      ),
    ]),
  );
}
