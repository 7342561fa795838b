import type { ExperimentDocument } from '#src/contracts/documents/experiment';
import type { ExperimentControl, ExperimentPlan } from '#src/contracts/documents/experiment-plan';
import { HeldoutError } from '#src/contracts/failure';
import { experimentTrainings, type ExperimentTraining } from '#src/experiments/experiment-trainings';
import { meanDefined } from '#src/experiments/probe-score';
import { claimedValues, definedValues } from '#src/experiments/score-table';
import type { RunRecord } from '#src/registry/records';
import { throwIfCancelled, type JobContext } from '#main/jobs/context';
import type { Launcher } from '#main/jobs/launcher';
import type { Project } from '#main/store/project';
import {
  experimentRunId,
  requirePlanFits,
  shownScans,
  trainingConfig,
  type ShownScans,
} from './experiment-data';
import type { Estimating } from './experiment-estimating';
import { keepPlan, readPlan, readPlanFile, readScores } from './experiment-files';
import { noteLook, wasLookedAt } from './experiment-looks';
import { scoreTraining } from './experiment-scores';
import { experimentDocumentOf } from './experiment-status';
import { SECONDS_AROUND_A_TRAINING, stepTime } from './experiment-time';
import { stepsOf } from './plan-experiment';
import { resumeRun, startPlanned } from './training';

/** Said after each training: how far the experiment is, and what this model reaches on those it held out. */
export interface TrainingFinished {
  readonly training: string;
  readonly run: string;
  readonly done: number;
  readonly of: number;
  readonly secondsLeft: number;
  /** Mean Dice on the held-out slices, over patients; null where neither mask holds a label. */
  readonly heldOutDice: number | null;
  readonly patients: number;
}

/**
 * Takes an experiment to its end from wherever it is: what is trained and scored stays, a training that was cut short goes
 * on from its last checkpoint, the rest follows in the plan's order. The locked set is scored last, once all models are
 * made, after the look has been written down.
 *
 * @param name of an experiment of this project, or path of a plan.json, which is then kept in the project
 * @throws HeldoutError `not-found`, `input` (the plan does not fit the project), `resource` (a training failed; run it
 *   again to go on), `cancelled`
 */
export async function runExperiment(
  project: Project,
  name: string,
  context: JobContext,
  launcher: Launcher,
  onFinished: (finished: TrainingFinished) => void = () => undefined,
): Promise<ExperimentDocument> {
  const plan = await planNamed(project, name);
  await trainExperiment(project, plan, context, launcher, onFinished);
  const trainings = experimentTrainings(plan);
  if (plan.locked.length > 0 && !wasLookedAt(project, plan))
    noteLook(project, plan, 'all models of the experiment scored');
  await scoreLocked(project, plan, trainings, context, launcher);
  return experimentDocumentOf(project, plan, trainings, true);
}

/**
 * Trains and scores all models of an experiment from wherever it is, and leaves the locked set alone.
 *
 * @throws HeldoutError as {@link runExperiment}
 */
export async function trainExperiment(
  project: Project,
  plan: ExperimentPlan,
  context: JobContext,
  launcher: Launcher,
  onFinished: (finished: TrainingFinished) => void,
): Promise<void> {
  requirePlanFits(project, plan);
  const trainings = experimentTrainings(plan);
  const shown = new Map<ExperimentControl | null, ShownScans>();
  const shownTo = async (control: ExperimentControl | null): Promise<ShownScans> => {
    const known = shown.get(control) ?? (await shownScans(project, plan, control));
    shown.set(control, known);
    return known;
  };
  for (const [index, training] of trainings.entries()) {
    throwIfCancelled(context);
    const scans = await shownTo(training.control);
    const { seconds } = await stepTime(project, plan.settings);
    const left = (after: number) =>
      Math.round((trainings.length - after) * (stepsOf(plan) * seconds + SECONDS_AROUND_A_TRAINING));
    const inner = within(context, plan, index, trainings.length, left(index));
    const run = await trainedRun(project, plan, training, scans, inner, launcher);
    const scores = await scoreTraining(project, plan, training, 'development', scans, inner, launcher);
    const values = definedValues(
      claimedValues(
        [[training]],
        training.heldOut.map(({ patient, scan, slices }) => ({ patient, scan, slices: slices.length })),
        new Map([[training.key, new Map(Object.entries(scores.scans))]]),
      ),
    );
    onFinished({
      training: training.key,
      run: run.id,
      done: index + 1,
      of: trainings.length,
      secondsLeft: left(index + 1),
      heldOutDice: meanDefined(values),
      patients: values.length,
    });
  }
}

/**
 * Opens the locked set of an experiment whose trainings are all done: writes the look down, scores the locked patients
 * with every model, and gives the result with them.
 *
 * @param reason what for, in the words of the person
 * @throws HeldoutError `conflict` while trainings are missing, `usage` without a reason or a locked set, `input`,
 *   `resource`, `cancelled`
 */
export async function openLockedSet(
  project: Project,
  name: string,
  reason: string,
  context: JobContext,
  launcher: Launcher,
  estimating: Estimating,
): Promise<ExperimentDocument> {
  const plan = await readPlan(project, name);
  requirePlanFits(project, plan);
  if (plan.locked.length === 0)
    throw new HeldoutError('usage', `The experiment "${name}" has no locked set.`);
  if (reason.trim() === '')
    throw new HeldoutError(
      'usage',
      'Say what the locked set is opened for: the reason stands in the report.',
    );
  const trainings = experimentTrainings(plan);
  for (const training of trainings) {
    const scores = await readScores(project.experimentFolder(name), 'development', training.key);
    if (scores === null)
      throw new HeldoutError(
        'conflict',
        'The locked set stays shut until every training is done: whoever looks earlier may stop when the result pleases.',
      );
  }
  noteLook(project, plan, reason.trim());
  await scoreLocked(project, plan, trainings, context, launcher);
  return experimentDocumentOf(project, plan, trainings, true, estimating);
}

async function planNamed(project: Project, name: string): Promise<ExperimentPlan> {
  if (!name.endsWith('.json')) return readPlan(project, name);
  const plan = await readPlanFile(name);
  requirePlanFits(project, plan);
  await keepPlan(project, plan);
  return plan;
}

/** The finished run of a training: as it is, gone on with, or begun. */
async function trainedRun(
  project: Project,
  plan: ExperimentPlan,
  training: ExperimentTraining,
  shown: ShownScans,
  context: JobContext,
  launcher: Launcher,
): Promise<RunRecord> {
  const id = experimentRunId(plan.name, training);
  const known = project.registry.runs().find((run) => run.id === id);
  if (known?.state === 'done') return known;
  const started =
    known === undefined
      ? await startPlanned(
          project,
          trainingConfig(plan, training, shown),
          { experiment: plan.name },
          context,
          launcher,
        )
      : await resumeRun(project, id, context, launcher);
  const run = await started.finished;
  throwIfCancelled(context);
  if (run.state !== 'done')
    throw new HeldoutError(
      'resource',
      `The training ${training.key} ended early: ${run.reason ?? 'it was stopped.'} Run the experiment again to go on from its last checkpoint.`,
    );
  return run;
}

async function scoreLocked(
  project: Project,
  plan: ExperimentPlan,
  trainings: readonly ExperimentTraining[],
  context: JobContext,
  launcher: Launcher,
): Promise<void> {
  if (plan.locked.length === 0) return;
  const shown = await shownScans(project, plan, null);
  const scored = trainings.filter(({ control }) => control === null);
  for (const [index, training] of scored.entries()) {
    context.report({
      done: index,
      total: scored.length,
      unit: 'trainings',
      message: 'Scoring the locked set',
    });
    const quiet = { signal: context.signal, report: () => undefined };
    await scoreTraining(project, plan, training, 'locked', shown, quiet, launcher);
  }
}

/** Turns the steps of one training into those of the experiment. */
function within(
  context: JobContext,
  plan: ExperimentPlan,
  index: number,
  of: number,
  secondsLeft: number,
): JobContext {
  const steps = stepsOf(plan);
  return {
    signal: context.signal,
    report: (progress) => {
      if (progress.unit !== 'steps') return;
      const seconds = Math.max(0, secondsLeft * (1 - progress.done / steps / (of - index)));
      context.report({
        done: index * steps + progress.done,
        total: of * steps,
        unit: 'steps',
        message: `${index} of ${of} trainings done, about ${inWords(seconds)} left`,
      });
    },
  };
}

/** "40 s", "12 min", "3.5 h". */
export function inWords(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
