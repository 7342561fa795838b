import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExperimentPlan } from '#src/contracts/documents/experiment-plan';
import type { TrainingScores } from '#src/contracts/documents/training-scores';
import { HeldoutError } from '#src/contracts/failure';
import type { ExperimentTraining } from '#src/experiments/experiment-trainings';
import { countSlices } from '#src/experiments/slice-counts';
import { throwIfCancelled, type JobContext } from '#main/jobs/context';
import type { Launcher } from '#main/jobs/launcher';
import type { Project } from '#main/store/project';
import { readVoxelFile } from '#main/store/voxel-file';
import { runFiles } from '#main/training/run-folder';
import { experimentRunId, labelsOf, type ShownScans } from './experiment-data';
import { keepScores, readScores, removePredictions, type ScoredSide } from './experiment-files';
import { predictOrders } from './predict';

/**
 * Predicts the development or the locked scans with the model of a finished training and keeps the counts, unless they
 * are kept already. Predictions are removed once they are counted.
 *
 * @param shown images and references as this training's control shows them
 * @throws HeldoutError `resource`, `cancelled`
 */
export async function scoreTraining(
  project: Project,
  plan: ExperimentPlan,
  training: ExperimentTraining,
  side: ScoredSide,
  shown: ShownScans,
  context: JobContext,
  launcher: Launcher,
): Promise<TrainingScores> {
  const run = project.registry.run(experimentRunId(plan.name, training));
  const kept = await readScores(project.experimentFolder(plan.name), side, training.key);
  if (kept !== null && kept.run === run.id && kept.step === run.step) return kept;
  const folder = project.runFolder(run.id);
  const predictions = join(runFiles(folder).predictions, side);
  await removePredictions(predictions);
  await mkdir(predictions, { recursive: true });
  const scans = plan.scans.filter(({ patient }) => plan.locked.includes(patient) === (side === 'locked'));
  const orders = scans.map(({ scan }, index) => ({
    voxels: project.voxels.path(shown.get(scan)?.voxels ?? ''),
    out: join(predictions, `${index}.hvx`),
  }));
  await predictOrders(folder, orders, context, launcher);
  const labels = labelsOf(plan, training.control);
  const counted: TrainingScores['scans'] = {};
  for (const [index, { scan }] of scans.entries()) {
    throwIfCancelled(context);
    const { samples, geometry } = await readVoxelFile(orders[index]?.out ?? '');
    const reference = await project.voxels.get(shown.get(scan)?.mask ?? '');
    if (!(samples instanceof Uint8Array) || samples.length !== reference.samples.length)
      throw new HeldoutError(
        'internal',
        `The prediction for the scan ${scan} does not lie on the scan's grid.`,
      );
    counted[scan] = countSlices(Uint8Array.from(reference.samples), samples, geometry.dims, labels);
  }
  const scores: TrainingScores = {
    schema: 'heldout.training-scores/1',
    training: training.key,
    run: run.id,
    step: run.step,
    scans: counted,
  };
  await keepScores(project, plan.name, side, scores);
  await removePredictions(predictions);
  return scores;
}
