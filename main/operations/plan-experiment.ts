import { freemem } from 'node:os';
import type { ExperimentPlan } from '#src/contracts/documents/experiment-plan';
import type { ExperimentDocument, ExperimentPlanned } from '#src/contracts/documents/experiment';
import { HeldoutError } from '#src/contracts/failure';
import { designExperiment, type ExperimentRequest } from '#src/experiments/design-experiment';
import { ASSUMED_SPREAD, foreseenGap } from '#src/experiments/experiment-estimates';
import { designPicture, type DesignPicture } from '#src/experiments/design-picture';
import { developmentScans, experimentTrainings, trainingCount } from '#src/experiments/experiment-trainings';
import type { SplittableScan } from '#src/splits/split';
import { quietContext, throwIfCancelled, type JobContext } from '#main/jobs/context';
import type { Project } from '#main/store/project';
import { experimentBytes } from './experiment-disk';
import { keepPlan } from './experiment-files';
import { SECONDS_AROUND_A_TRAINING, stepTime } from './experiment-time';
import { dataBytes } from './plan-run';
import { fitMemory, paintedLabels, parseOverrides, requireSensible, trainingSettings } from './run-settings';
import { splittableScans } from './splits';

/** What a person decides about an experiment; the rest is planned from the data. */
export interface PlanExperimentRequest extends ExperimentRequest {
  readonly name: string;
  /** Steps of every training. */
  readonly steps: number;
  readonly threads?: number;
  /** Parts of a run's config that replace the planned ones, in every training. */
  readonly config?: object;
}

const STEPS_PER_EPOCH = 100;

/**
 * Plans an experiment on all scans with a reference mask, freezes images and references by their contents, and keeps the
 * plan in the project. Nothing is trained. Says before it starts how long it will take and which gap it can show.
 *
 * @param available bytes of memory that a training may use
 * @throws HeldoutError `usage` (request, or no arm can be), `input` (nothing painted), `conflict` (the name has another plan)
 */
export async function planExperiment(
  project: Project,
  request: PlanExperimentRequest,
  context: JobContext,
  available: number = freemem(),
): Promise<ExperimentPlanned> {
  const sketch = sketched(project, request, available, context);
  const plan: ExperimentPlan = {
    schema: 'heldout.experiment-plan/1',
    createdAt: new Date().toISOString(),
    ...sketch,
    scans: await frozenScans(project, sketch.scans, context),
  };
  const file = await keepPlan(project, plan);
  return {
    schema: 'heldout.experiment-planned/1',
    name: plan.name,
    file,
    ...(await forecast(project, plan)),
  };
}

/**
 * What an experiment would be and cost, without keeping anything.
 *
 * @throws HeldoutError as {@link planExperiment}
 */
export async function draftExperiment(
  project: Project,
  request: PlanExperimentRequest,
  available: number = freemem(),
): Promise<ExperimentForecast & { readonly diskBytes: number; readonly picture: DesignPicture }> {
  const sketch = sketched(project, request, available, quietContext());
  return {
    ...(await forecast(project, sketch)),
    diskBytes: experimentBytes(project, sketch),
    picture: designPicture(experimentTrainings(sketch), developmentScans(sketch)),
  };
}

/** A plan before its images and references are frozen. */
export type ExperimentSketch = Omit<ExperimentPlan, 'schema' | 'createdAt' | 'scans'> & {
  readonly scans: readonly SplittableScan[];
};

function sketched(
  project: Project,
  request: PlanExperimentRequest,
  available: number,
  context: JobContext,
): ExperimentSketch {
  project.experimentFolder(request.name);
  if (!Number.isInteger(request.steps) || request.steps < 1)
    throw new HeldoutError('usage', `${request.steps} is not a number of steps.`);
  const scans = splittableScans(project);
  const design = designExperiment(scans, request);
  const settings = settingsFor(project, scans, design.budget, request, available, context);
  return { name: request.name, ...design, settings, scans };
}

type ExperimentForecast = Omit<ExperimentPlanned, 'schema' | 'name' | 'file'>;

/** What a plan will cost and can show. */
async function forecast(project: Project, plan: ExperimentSketch): Promise<ExperimentForecast> {
  const trainings = trainingCount(plan);
  const steps = stepsOf(plan);
  const { seconds, source } = await stepTime(project, plan.settings);
  return {
    design: designDocument(plan),
    trainings,
    steps,
    secondsExpected: Math.round(trainings * (steps * seconds + SECONDS_AROUND_A_TRAINING)),
    timeSource: source,
    foreseen: foreseen(plan),
    refused: plan.refused,
    remarks: plan.remarks,
  };
}

/** Steps of every training of a plan. */
export function stepsOf({ settings: { schedule } }: Pick<ExperimentPlan, 'settings'>): number {
  return (schedule.epochs ?? 0) * schedule.stepsPerEpoch;
}

/** Gap that the development patients can show, before anything is known of their spread. */
export function foreseen(plan: ExperimentSketch): ExperimentDocument['foreseen'] {
  const n = new Set(developmentScans(plan).map(({ patient }) => patient)).size;
  return { n, spread: ASSUMED_SPREAD, smallestDetectableGap: foreseenGap(n) };
}

/** The design in numbers, as documents and reports print it. */
export function designDocument(plan: ExperimentSketch): ExperimentDocument['design'] {
  const development = developmentScans(plan);
  const locked = plan.scans.filter(({ patient }) => plan.locked.includes(patient));
  const patients = (scans: readonly { readonly patient: string }[]) =>
    new Set(scans.map(({ patient }) => patient)).size;
  const trainings = experimentTrainings(plan);
  return {
    arms: plan.arms.map(({ arm, folds, pool }) => {
      const counts = trainings
        .filter((training) => training.arm === arm && training.control === null)
        .map(({ training }) => patients(training));
      return { arm, folds, pool, patients: [Math.min(...counts), Math.max(...counts)] };
    }),
    repeats: plan.repeats,
    seeds: plan.seeds,
    budget: plan.budget,
    steps: stepsOf(plan),
    developmentPatients: patients(development),
    developmentScans: development.length,
    lockedPatients: patients(locked),
    lockedScans: locked.length,
    margin: plan.margin,
  };
}

function settingsFor(
  project: Project,
  scans: readonly SplittableScan[],
  budget: number,
  request: PlanExperimentRequest,
  available: number,
  context: JobContext,
): ExperimentPlan['settings'] {
  const wanted = parseOverrides(request.config ?? {});
  for (const name of ['seed', 'keepLargest'] as const)
    if (wanted[name] !== undefined)
      throw new HeldoutError(
        'usage',
        `"${name}" cannot be given in the config of an experiment: ${name === 'seed' ? 'give --seeds' : 'its trainings keep every piece'}.`,
      );
  if (wanted.schedule?.minutes != null || wanted.schedule?.epochs != null)
    throw new HeldoutError(
      'usage',
      'An experiment trains every arm for the same number of steps: give --steps.',
    );
  const named = scans.map(({ scan }) => project.registry.scanNamed(scan));
  const labels = wanted.labels ?? paintedLabels(named);
  if (labels.length === 0)
    throw new HeldoutError('input', 'Nothing is painted yet: paint or import masks first.');
  const asked = wanted.schedule?.stepsPerEpoch;
  const epochs = Math.max(1, Math.round(request.steps / (asked ?? STEPS_PER_EPOCH)));
  const stepsPerEpoch = asked ?? Math.max(1, Math.round(request.steps / epochs));
  const settings = trainingSettings(
    named.map((scan) => ({ scan, slices: budget / named.length })),
    labels,
    {
      ...wanted,
      schedule: { ...wanted.schedule, stepsPerEpoch },
      ...(request.threads === undefined ? {} : { threads: request.threads }),
    },
    { minutes: null, epochs },
  );
  requireSensible(settings);
  return fitMemory(settings, dataBytes(named), available, context);
}

/** Images and references by their contents, so that a mask painted tomorrow does not change the experiment of today. */
async function frozenScans(
  project: Project,
  scans: readonly SplittableScan[],
  context: JobContext,
): Promise<ExperimentPlan['scans']> {
  const frozen: ExperimentPlan['scans'] = [];
  for (const scan of scans) {
    throwIfCancelled(context);
    const { id, voxels } = project.registry.scanNamed(scan.scan);
    const mask = await project.masks.freeze(id);
    if (mask === null)
      throw new HeldoutError('input', `The scan ${scan.scan} has no mask any more: paint it again.`);
    frozen.push({ ...scan, voxels, mask });
    context.report({
      done: frozen.length,
      total: scans.length,
      unit: 'scans',
      message: 'Preparing the masks',
    });
  }
  return frozen;
}
