import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import {
  experimentName,
  experimentPlan,
  type ExperimentPlan,
} from '#src/contracts/documents/experiment-plan';
import { trainingScores, type TrainingScores } from '#src/contracts/documents/training-scores';
import { HeldoutError } from '#src/contracts/failure';
import type { ScoreTable } from '#src/experiments/score-table';
import { compareText } from '#src/splits/units';
import { writeFileAtomic } from '#main/store/atomic-file';
import type { Project } from '#main/store/project';

/** Whose slices a file of scores is about. */
export type ScoredSide = 'development' | 'locked';

/** The files of one experiment. */
function experimentFiles(project: Project, name: string) {
  return filesIn(project.experimentFolder(name));
}

function filesIn(folder: string) {
  return {
    folder,
    plan: join(folder, 'plan.json'),
    scores: (training: string, side: ScoredSide) =>
      join(folder, 'scores', `${training}${side === 'locked' ? '.locked' : ''}.json`),
  };
}

/** Where the plan of an experiment lies. @throws HeldoutError `usage` for a name that could leave the project */
export function planFile(project: Project, name: string): string {
  return experimentFiles(project, name).plan;
}

/** Whether the project has an experiment of this name; what cannot be a name of one is none. */
export function hasExperiment(project: Project, name: string): boolean {
  return v.is(experimentName, name) && existsSync(planFile(project, name));
}

/**
 * Keeps a plan in the project. The same plan again does nothing.
 *
 * @returns path of the plan
 * @throws HeldoutError `conflict` when the name has another plan: a plan never changes
 */
export async function keepPlan(project: Project, plan: ExperimentPlan): Promise<string> {
  const files = experimentFiles(project, plan.name);
  if (existsSync(files.plan)) {
    const kept = await readPlanFile(files.plan);
    // Parsed like the kept one, so that the order of keys does not count.
    const same = { ...v.parse(experimentPlan, plan), createdAt: kept.createdAt };
    if (JSON.stringify(kept) === JSON.stringify(same)) return files.plan;
    throw new HeldoutError(
      'conflict',
      `There is another plan called "${plan.name}" already, and a plan never changes: choose another name.`,
    );
  }
  await mkdir(files.folder, { recursive: true });
  await writeFileAtomic(files.plan, `${JSON.stringify(plan, null, 1)}\n`);
  return files.plan;
}

/** The plan in the folder of an experiment. @throws HeldoutError as {@link readPlanFile} */
export function planIn(folder: string): Promise<ExperimentPlan> {
  return readPlanFile(filesIn(folder).plan);
}

/** Names of the project's experiments, in the order of the alphabet. */
export async function experimentNames(project: Project): Promise<string[]> {
  const entries = await readdir(join(project.folder, 'experiments')).catch(() => []);
  return entries.filter((name) => hasExperiment(project, name)).sort(compareText);
}

/** The plan of an experiment. @throws HeldoutError `not-found`, or as {@link readPlanFile} */
export async function readPlan(project: Project, name: string): Promise<ExperimentPlan> {
  const { plan } = experimentFiles(project, name);
  if (!existsSync(plan))
    throw new HeldoutError(
      'not-found',
      `There is no experiment called "${name}". Make one with: heldout experiment plan ${name}`,
    );
  return readPlanFile(plan);
}

/** Reads a plan.json. @throws HeldoutError `input` when it is missing, damaged or newer than this program */
export async function readPlanFile(file: string): Promise<ExperimentPlan> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new HeldoutError('input', `${file} cannot be read as a plan of an experiment.`, String(error));
  }
  const { schema } = v.is(v.looseObject({ schema: v.string() }), json) ? json : { schema: '' };
  if (/^heldout\.experiment-plan\/(?:[2-9]|\d\d)/u.test(schema))
    throw new HeldoutError(
      'input',
      `${file} is a plan of a newer version (${schema}): install a newer Heldout. Nothing was changed.`,
    );
  const parsed = v.safeParse(experimentPlan, json);
  if (!parsed.success)
    throw new HeldoutError(
      'input',
      `${file} is not a plan of an experiment: ${v.summarize(parsed.issues).split('\n')[0] ?? ''}`,
      v.summarize(parsed.issues),
    );
  return parsed.output;
}

/** Keeps the counts of one training. */
export async function keepScores(
  project: Project,
  name: string,
  side: ScoredSide,
  scores: TrainingScores,
): Promise<void> {
  const file = experimentFiles(project, name).scores(scores.training, side);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFileAtomic(file, JSON.stringify(scores));
}

/**
 * The counts of one training; null when there are none, or when they are damaged and must be counted again.
 *
 * @param folder of the experiment
 */
export async function readScores(
  folder: string,
  side: ScoredSide,
  training: string,
): Promise<TrainingScores | null> {
  const file = filesIn(folder).scores(training, side);
  try {
    const parsed = v.safeParse(trainingScores, JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

/**
 * All counts that there are, by training and scan.
 *
 * @param folder of the experiment
 */
export async function scoreTable(
  folder: string,
  side: ScoredSide,
  trainings: readonly { readonly key: string }[],
): Promise<ScoreTable> {
  const table = new Map<string, ReadonlyMap<string, TrainingScores['scans'][string]>>();
  for (const { key } of trainings) {
    const scores = await readScores(folder, side, key);
    if (scores !== null) table.set(key, new Map(Object.entries(scores.scans)));
  }
  return table;
}

/** Removes predictions that have been counted: a run's folder stays small, and the model can make them again. */
export async function removePredictions(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
