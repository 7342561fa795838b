import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { LogRecord, RunConfig } from '#src/contracts/documents/run';
import { HeldoutError } from '#src/contracts/failure';
import { learningRateAt } from '#src/models/schedule';
import { explainWriteError } from '#main/store/atomic-file';
import type { BatchFeeder } from './batch-feeder';
import { writeModelFile } from './model-file';
import type { Network } from './network';
import { scoreProbes } from './probe-scores';
import type { RunData } from './run-data';
import { appendRunLog, runFiles } from './run-folder';

/** A record is written at each epoch and at least this often. */
const RECORD_SECONDS = 30;
/** A checkpoint is saved as soon as it costs no more than this share of the time since the last one. */
const CHECKPOINT_SHARE = 0.02;
/** What the first checkpoint is taken to cost. */
const FIRST_CHECKPOINT_MS = 10;
/** Probes are left out of an epoch when they have taken more than this share of the time so far. */
const PROBE_SHARE = 0.05;

export interface TrainerOptions {
  readonly folder: string;
  readonly config: RunConfig;
  readonly network: Network;
  readonly feeder: BatchFeeder;
  readonly data: RunData;
  /** Seconds of training before this start (from the checkpoint). */
  readonly secondsBefore: number;
  readonly shouldStop: () => boolean;
  readonly onRecord: (record: LogRecord) => void;
}

export interface TrainerResult {
  readonly state: 'done' | 'stopped';
  readonly step: number;
  readonly seconds: number;
}

/**
 * Trains from the network's step to the end of the schedule, or until asked to stop; writes the log, checkpoints and, at
 * the end, `model/weights.bin`.
 *
 * The budget in minutes counts seconds of training over all resumes. A run bounded by epochs takes the same steps
 * whatever happens in between.
 *
 * @throws HeldoutError `input` when the loss is no longer a number, `resource` when a checkpoint cannot be saved
 */
export async function train(options: TrainerOptions): Promise<TrainerResult> {
  const { folder, config, network, feeder, data } = options;
  const { schedule } = config;
  const files = runFiles(folder);
  const start = performance.now();
  const seconds = () => options.secondsBefore + (performance.now() - start) / 1000;
  const share = () => {
    const byTime = schedule.minutes === null ? 0 : seconds() / (60 * schedule.minutes);
    const bySteps = schedule.epochs === null ? 0 : network.step / (schedule.epochs * schedule.stepsPerEpoch);
    return Math.max(byTime, bySteps);
  };

  let savedStep = network.step;
  let savedAt = performance.now();
  let saveMs = FIRST_CHECKPOINT_MS;
  const requireNumbers = () => {
    const loss = network.meanLoss();
    if (loss === null || Number.isFinite(loss)) return;
    throw new HeldoutError(
      'input',
      `The loss is no longer a number at step ${network.step}. The last good checkpoint (step ${savedStep}) is kept; train again with a lower learning rate.`,
    );
  };
  const save = async (file: string, moments: boolean) => {
    const information = { run: config.id, model: config.model, step: network.step, seed: config.seed };
    try {
      await writeModelFile(file, { ...information, seconds: seconds() }, network.state(), moments);
    } catch (error) {
      throw cannotSave(error, network.step, savedStep);
    }
  };
  const checkpoint = async () => {
    requireNumbers();
    const before = performance.now();
    if (network.step > savedStep) await save(files.checkpoint, true);
    savedStep = network.step;
    savedAt = performance.now();
    saveMs = savedAt - before;
  };

  let probeMs = 0;
  let since = { at: performance.now(), step: network.step, waited: 0 };
  const record = async (withProbes: boolean) => {
    requireNumbers();
    const elapsed = performance.now() - since.at;
    let entry: LogRecord = {
      step: network.step,
      epoch: Math.floor(network.step / schedule.stepsPerEpoch),
      seconds: seconds(),
      loss: network.takeMeanLoss(),
      learningRate: learningRateAt(schedule, share()),
      msPerStep: elapsed / (network.step - since.step),
      waitShare: since.waited / elapsed,
      rssMb: process.memoryUsage.rss() / 1e6,
    };
    if (withProbes) {
      const probeStart = performance.now();
      entry = { ...entry, dice: scoreProbes(network, config, data.probes) };
      probeMs += performance.now() - probeStart;
    }
    await appendRunLog(folder, entry).catch((error: unknown) => {
      throw cannotSave(error, network.step, savedStep);
    });
    options.onRecord(entry);
    since = { at: performance.now(), step: network.step, waited: 0 };
  };

  while (share() < 1 && !options.shouldStop()) {
    const asked = performance.now();
    const batch = await feeder.next(network.step);
    since.waited += performance.now() - asked;
    network.train(batch, learningRateAt(schedule, share()));
    // The steps block this thread; a turn of the event loop lets a request to stop come in.
    await setImmediate();
    if (share() >= 1) break;
    const now = performance.now();
    if (network.step % schedule.stepsPerEpoch === 0) await record(probeMs <= PROBE_SHARE * (now - start));
    else if (now - since.at > 1000 * RECORD_SECONDS) await record(false);
    if (saveMs <= CHECKPOINT_SHARE * (performance.now() - savedAt)) await checkpoint();
  }

  const state = share() >= 1 ? 'done' : 'stopped';
  // A stop must not wait for probes.
  if (network.step > since.step) await record(state === 'done');
  await checkpoint();
  if (state === 'done') {
    await mkdir(dirname(files.weights), { recursive: true });
    await save(files.weights, false);
  }
  return { state, step: network.step, seconds: seconds() };
}

function cannotSave(error: unknown, step: number, savedStep: number): HeldoutError {
  const explained = explainWriteError(error, 'the run');
  const reason =
    explained instanceof HeldoutError
      ? explained.message
      : 'The run folder cannot be written: check the disk.';
  return new HeldoutError(
    'resource',
    `Step ${step} could not be saved. ${reason} The checkpoint of step ${savedStep} is kept: resume the run from there.`,
    String(error),
  );
}
