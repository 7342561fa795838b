import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import type { LogRecord, RunConfig } from '#src/contracts/documents/run';
import { HeldoutError } from '#src/contracts/failure';
import type { RunRecord } from '#src/registry/records';
import type { JobContext } from '#main/jobs/context';
import type { Launcher } from '#main/jobs/launcher';
import type { Project } from '#main/store/project';
import { choosePrecision } from '#main/training/precision';
import { readRunConfig, readRunLog, runFiles, writeRunConfig } from '#main/training/run-folder';
import { installedTensorflow } from '#main/training/tensorflow-cache';
import { recordsOf, TrainingSession } from '#main/training/training-session';
import { planRun, type PlanRequest } from './plan-run';

/** What a person asks of a training; everything left out is planned from the data and the machine. */
export interface RunRequest extends PlanRequest {
  readonly precision?: 'auto' | 'float32' | 'bfloat16';
}

export interface StartedRun {
  readonly record: RunRecord;
  /** Resolves when the process has ended, however it ended; a failure is the record's `state` and `reason`. */
  readonly finished: Promise<RunRecord>;
}

type OnRecord = (run: string, record: LogRecord) => void;

/** Trainings of this process, so that they can be stopped; by project and run. */
const sessions = new Map<string, TrainingSession>();

/**
 * Plans a run, writes its config and starts its process.
 *
 * @param request minutes default to 15, probes to one slice in five, precision to `auto`
 * @param context its signal stops the run cleanly, as `stopRun` does
 * @throws HeldoutError before anything starts: no masks, an empty side, not enough memory, no TensorFlow
 */
export async function startRun(
  project: Project,
  request: RunRequest,
  context: JobContext,
  launcher: Launcher,
  onRecord: OnRecord = () => undefined,
): Promise<StartedRun> {
  requireEngine();
  const planned = await planRun(project, runIdFor(request), request, context);
  const { precision, fallback } = await choosePrecision(request.precision ?? 'auto', launcher);
  const around = fallback === null ? {} : { fallback };
  return startPlanned(project, { ...planned, precision }, around, context, launcher, onRecord);
}

/**
 * Writes the config of a run that is planned already, registers it and starts its process.
 *
 * @param around what its record says beside its config
 * @throws HeldoutError `resource` without TensorFlow
 */
export async function startPlanned(
  project: Project,
  config: RunConfig,
  around: Pick<RunRecord, 'experiment' | 'fallback'>,
  context: JobContext,
  launcher: Launcher,
  onRecord: OnRecord = () => undefined,
): Promise<StartedRun> {
  requireEngine();
  const { id } = config;
  const folder = project.runFolder(id);
  await writeRunConfig(folder, config);
  const record: RunRecord = {
    id,
    split: config.split,
    fold: config.fold,
    state: 'running',
    createdAt: new Date().toISOString(),
    step: 0,
    seconds: 0,
    backend: config.backend,
    precision: config.precision,
    reason: null,
    ...around,
  };
  try {
    project.registry.addRun(record);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return { record, finished: launch(project, config, context, launcher, onRecord) };
}

/**
 * Goes on with a run from its last checkpoint; from the start when it has none.
 *
 * @throws HeldoutError `conflict` when it is done or under way, `not-found` for an unknown run
 */
export async function resumeRun(
  project: Project,
  id: string,
  context: JobContext,
  launcher: Launcher,
  onRecord: OnRecord = () => undefined,
): Promise<StartedRun> {
  const record = project.registry.run(id);
  if (sessions.has(sessionKey(project, id)))
    throw new HeldoutError('conflict', `Run ${id} is under way already.`);
  if (record.kind === 'imported')
    throw new HeldoutError(
      'conflict',
      `The predictions of ${id} were made elsewhere: there is no training here to go on with.`,
    );
  if (record.state === 'done')
    throw new HeldoutError('conflict', `Run ${id} is done: start a new run to train for longer.`);
  requireEngine();
  const config = await readRunConfig(project.runFolder(id));
  const running = project.registry.updateRun(id, { state: 'running', reason: null });
  return { record: running, finished: launch(project, config, context, launcher, onRecord) };
}

/** Stops a run cleanly (its checkpoint is saved); resolves when its process has ended. */
export async function stopRun(project: Project, id: string): Promise<void> {
  const session = sessions.get(sessionKey(project, id));
  if (session !== undefined) await session.stop();
  else if (project.registry.run(id).state === 'running') project.registry.updateRun(id, interrupted);
}

/**
 * Marks runs as stopped that a crash or a power cut left "running"; call it when a project is opened.
 *
 * @returns those runs
 */
export function settleInterruptedRuns(project: Project): RunRecord[] {
  return project.registry
    .runs()
    .filter(({ id, state }) => state === 'running' && !sessions.has(sessionKey(project, id)))
    .map(({ id }) => project.registry.updateRun(id, interrupted));
}

/** The run's log, oldest first. */
export async function readLog(project: Project, id: string): Promise<LogRecord[]> {
  return readRunLog(project.runFolder(project.registry.run(id).id));
}

const interrupted = {
  state: 'stopped',
  reason: 'It was interrupted; resume it to go on from its last checkpoint.',
} as const;

async function launch(
  project: Project,
  config: RunConfig,
  context: JobContext,
  launcher: Launcher,
  onRecord: OnRecord,
): Promise<RunRecord> {
  const { id } = config;
  const key = sessionKey(project, id);
  const session = new TrainingSession(
    launcher,
    ['train', project.runFolder(id), project.voxels.folder],
    config.threads,
    recordsOf((record) => {
      project.registry.updateRun(id, { step: record.step, seconds: record.seconds });
      onRecord(id, record);
      reportRecord(config, record, context);
    }),
  );
  sessions.set(key, session);
  session.obey(context.signal);
  const end = await session.ended;
  sessions.delete(key);
  if (end.state === 'failed') {
    const { sentence, details } = end.failure;
    if (details !== undefined) await writeFile(runFiles(project.runFolder(id)).failure, `${details}\n`);
    return project.registry.updateRun(id, { state: 'failed', reason: sentence });
  }
  return project.registry.updateRun(id, { state: end.state, step: end.step, seconds: end.seconds });
}

function reportRecord(config: RunConfig, record: LogRecord, context: JobContext): void {
  const { minutes, epochs, stepsPerEpoch } = config.schedule;
  const loss = `loss ${record.loss.toFixed(3)}`;
  if (minutes === null)
    context.report({
      done: record.step,
      total: epochs === null ? null : epochs * stepsPerEpoch,
      unit: 'steps',
      message: loss,
    });
  else
    context.report({
      done: Math.round(record.seconds),
      total: Math.round(60 * minutes),
      unit: 'seconds',
      message: `${loss}, step ${record.step}`,
    });
}

function requireEngine(): void {
  if (installedTensorflow() === null)
    throw new HeldoutError(
      'resource',
      'TensorFlow is not installed on this computer: run `heldout doctor --install cpu`, or install it on the Train screen of the app.',
    );
}

function sessionKey(project: Project, id: string): string {
  return `${project.folder}\n${id}`;
}

/** For instance `by-patient-fold0-3fa2c1`. */
function runIdFor(request: RunRequest): string {
  const slug = (request.split ?? 'all')
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^-+|-+$/gu, '')
    .slice(0, 32);
  const fold = request.split === null ? '' : `-fold${request.fold ?? 0}`;
  return `${slug === '' ? 'run' : slug}${fold}-${randomBytes(3).toString('hex')}`;
}
