import type { ExperimentControl, ExperimentPlan } from '#src/contracts/documents/experiment-plan';
import { trainingCount } from '#src/experiments/experiment-trainings';
import { voxelCount } from '#src/imaging/geometry';
import { unetLayout } from '#src/models/unet';
import type { SplittableScan } from '#src/splits/split';
import type { Project } from '#main/store/project';
import { dataBytes } from './plan-run';

/** Config, log and counts of a training, measured. */
const AROUND_A_TRAINING = 200e3;

/**
 * Bytes on disk that an experiment adds to the project: of each training a checkpoint (weights and two moments) and a
 * model, of each control the images or masks that it shows, and the predictions of one training at a time.
 */
export function experimentBytes(
  project: Project,
  plan: Omit<ExperimentPlan, 'schema' | 'createdAt' | 'scans'> & {
    readonly scans: readonly SplittableScan[];
  },
): number {
  const { parameterCount, statisticCount } = unetLayout(plan.settings.model);
  const weights = 4 * (4 * parameterCount + 4 * statisticCount);
  const scans = plan.scans.map(({ scan }) => project.registry.scanNamed(scan));
  const masks = scans.reduce((sum, { geometry }) => sum + voxelCount(geometry.dims), 0);
  const shown = (control: ExperimentControl) =>
    control === 'blank-images' ? dataBytes(scans) - masks : masks;
  return (
    trainingCount(plan) * (weights + AROUND_A_TRAINING) +
    plan.controls.reduce((sum, { control }) => sum + shown(control), 0) +
    masks
  );
}
