import type { ExperimentDocument } from '#src/contracts/documents/experiment';
import type { ExperimentPlan } from '#src/contracts/documents/experiment-plan';
import { experimentTrainings, type ExperimentTraining } from '#src/experiments/experiment-trainings';
import { sliceCount } from '#src/experiments/training-slices';
import type { Project } from '#main/store/project';
import { experimentRunId, mergedSince } from './experiment-data';
import { estimateHere, type Estimating } from './experiment-estimating';
import { readPlan } from './experiment-files';
import { looksAt, noteLook, wasLookedAt } from './experiment-looks';
import { SECONDS_AROUND_A_TRAINING, stepTime } from './experiment-time';
import { designDocument, foreseen, stepsOf } from './plan-experiment';

/**
 * How far an experiment is and what it has shown. Without `look` nothing of the locked set is given, so that asking how
 * far it is costs nothing; with it, the scores that were made of it are given and the look is written down.
 *
 * @param look reason for the look; null = none
 * @param estimating where the estimates are computed
 * @throws HeldoutError `not-found` for an unknown experiment, `input` for a damaged or newer plan
 */
export async function experimentStatus(
  project: Project,
  name: string,
  look: string | null = null,
  estimating: Estimating = estimateHere,
): Promise<ExperimentDocument> {
  const plan = await readPlan(project, name);
  const trainings = experimentTrainings(plan);
  if (look !== null && wasLookedAt(project, plan)) noteLook(project, plan, look);
  return experimentDocumentOf(project, plan, trainings, look !== null, estimating);
}

/** The document of an experiment; `withLocked` gives what is known of the locked set. */
export async function experimentDocumentOf(
  project: Project,
  plan: ExperimentPlan,
  trainings: readonly ExperimentTraining[],
  withLocked: boolean,
  estimating: Estimating = estimateHere,
): Promise<ExperimentDocument> {
  const leak = mergedSince(project, plan);
  const folder = project.experimentFolder(plan.name);
  const { scored, estimates } = await estimating({ folder, withLocked, leak });
  const states = trainingStates(project, plan, trainings, new Set(scored));
  const done = states.filter(({ state, scored }) => state === 'done' && scored).length;
  return {
    schema: 'heldout.experiment/1',
    name: plan.name,
    complete: done === trainings.length,
    design: designDocument(plan),
    trainings: states,
    done,
    secondsLeft: await secondsLeft(project, plan, states),
    foreseen: foreseen(plan),
    ...estimates,
    refused: plan.refused,
    remarks: plan.remarks,
    looks: looksAt(project, plan),
  };
}

function trainingStates(
  project: Project,
  plan: ExperimentPlan,
  trainings: readonly ExperimentTraining[],
  scored: ReadonlySet<string>,
): ExperimentDocument['trainings'] {
  const runs = new Map(project.registry.runs().map((run) => [run.id, run]));
  return trainings.map((training) => {
    const id = experimentRunId(plan.name, training);
    const run = runs.get(id);
    const { key, arm, control, repeat, seed, fold } = training;
    return {
      ...{ training: key, run: id, arm, control, repeat, seed, fold },
      state: run?.state ?? 'planned',
      scored: scored.has(key),
      step: run?.step ?? 0,
      steps: stepsOf(plan),
      slices: sliceCount(training.training),
      scans: training.training.length,
      patients: new Set(training.training.map(({ patient }) => patient)).size,
    };
  });
}

async function secondsLeft(
  project: Project,
  plan: ExperimentPlan,
  states: ExperimentDocument['trainings'],
): Promise<number> {
  const { seconds } = await stepTime(project, plan.settings);
  const left = states.filter(({ scored }) => !scored);
  const steps = left.reduce((sum, { step, steps }) => sum + Math.max(0, steps - step), 0);
  return Math.round(steps * seconds + left.length * SECONDS_AROUND_A_TRAINING);
}
