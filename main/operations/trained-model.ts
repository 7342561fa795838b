import { HeldoutError } from '#src/contracts/failure';
import type { Project } from '#main/store/project';
import { weightsFile } from '#main/training/run-folder';

/** Where a model lies that was trained here. */
export interface TrainedModel {
  /** Of the run. */
  readonly folder: string;
  /** File of its weights, the best where there are several. */
  readonly weights: string;
}

/**
 * The model of a run.
 *
 * @throws HeldoutError `not-found` for an unknown run or one without weights, `usage` for predictions made elsewhere
 */
export function trainedModel(project: Project, run: string): TrainedModel {
  const { id, kind } = project.registry.run(run);
  if (kind === 'imported')
    throw new HeldoutError(
      'usage',
      `The predictions of ${run} were made elsewhere, so there is no model here: use the program that made them.`,
    );
  const folder = project.runFolder(id);
  const weights = weightsFile(folder);
  if (weights === null)
    throw new HeldoutError('not-found', `Run ${run} has no weights yet: train it for a while first.`);
  return { folder, weights };
}
