import { availableParallelism } from 'node:os';
import { existsSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import type { RunConfig } from '#src/contracts/documents/run';
import { HeldoutError } from '#src/contracts/failure';
import { initialStatistics, initialWeights } from '#src/models/initial-weights';
import { unetLayout } from '#src/models/unet';
import { directFeeder, workerFeeder, type FeedingOrder } from './batch-feeder';
import { requireCorrectEngine } from './conformance';
import type { FromTraining } from './messages';
import { readModelFile } from './model-file';
import { Network, type NetworkState } from './network';
import { Arena, type Precision } from './ops/arena';
import { loadRunData } from './run-data';
import { readRunConfig, runFiles, truncateRunLog } from './run-folder';
import { loadTensorflow } from './tensorflow-binding';
import { train, type TrainerResult } from './trainer';

/** One feeding worker keeps up with this many cores of training. */
const CORES_PER_FEEDER = 8;

/** Loads TensorFlow and holds it to the self-test in the precision that it is to work in. */
export function openEngine(
  threads: number,
  precision: Precision,
): { arena: Arena; device: string; onGpu: boolean } {
  const binding = loadTensorflow(threads);
  const arena = new Arena(binding);
  requireCorrectEngine(arena, precision);
  const onGpu = binding.isUsingGpuDevice();
  return { arena, onGpu, device: onGpu ? 'GPU (CUDA)' : `CPU, ${threads} thread${threads === 1 ? '' : 's'}` };
}

/** Weights and moments before the first step. */
function freshState(config: Pick<RunConfig, 'model' | 'seed'>): NetworkState {
  const layout = unetLayout(config.model);
  return {
    weights: initialWeights(layout, config.seed),
    firstMoment: new Float32Array(layout.parameterCount),
    secondMoment: new Float32Array(layout.parameterCount),
    statistics: initialStatistics(layout),
    step: 0,
  };
}

/**
 * Trains one run from its folder, from its last checkpoint when it has one.
 *
 * @param startFeeder starts a feeding worker, or null to make batches in this thread
 */
export async function trainRun(
  folder: string,
  voxelsFolder: string,
  control: {
    readonly send: (message: FromTraining) => void;
    readonly shouldStop: () => boolean;
    readonly startFeeder: ((order: FeedingOrder) => Worker) | null;
  },
): Promise<TrainerResult> {
  const config = await readRunConfig(folder);
  if (config.backend !== 'tensorflow')
    throw new HeldoutError('usage', `The engine ${config.backend} is not available here: choose tensorflow.`);
  const data = await loadRunData(voxelsFolder, config);
  const { arena, device } = openEngine(config.threads, config.precision);
  const files = runFiles(folder);
  const saved = existsSync(files.checkpoint) ? await readModelFile(files.checkpoint) : null;
  if (saved !== null && saved.header.run !== config.id)
    throw new HeldoutError(
      'input',
      `The checkpoint in ${folder} belongs to another run (${saved.header.run}).`,
    );
  const state = saved?.state ?? freshState(config);
  await truncateRunLog(folder, state.step);
  const network = new Network(arena, unetLayout(config.model), state, config.precision);
  const { startFeeder } = control;
  const workers = Math.max(1, Math.floor(availableParallelism() / CORES_PER_FEEDER));
  const feeder =
    startFeeder === null
      ? directFeeder(data.training, config)
      : workerFeeder(data.training, config, state.step, workers, startFeeder);
  control.send({ type: 'started', device, resumedAt: state.step });
  try {
    return await train({
      folder,
      config,
      network,
      feeder,
      data,
      secondsBefore: saved?.header.seconds ?? 0,
      shouldStop: control.shouldStop,
      onRecord: (record) => {
        control.send({ type: 'record', record });
      },
    });
  } finally {
    await feeder.close();
    network.dispose();
    arena.close();
  }
}
