import { HeldoutError, type Failure } from '#src/contracts/failure';
import { experimentEstimates, type ExperimentEstimates } from '#src/experiments/experiment-result';
import { experimentTrainings } from '#src/experiments/experiment-trainings';
import type { Launcher } from '#main/jobs/launcher';
import { planIn, scoreTable } from './experiment-files';

/** What is to be estimated. */
export interface EstimateOrder {
  /** Folder of the experiment. */
  readonly folder: string;
  readonly withLocked: boolean;
  /** What is known to leak since the plan was made, in a sentence; null otherwise. */
  readonly leak: string | null;
}

export interface Estimated {
  /** Trainings whose predictions of the development patients are counted. */
  readonly scored: readonly string[];
  readonly estimates: ExperimentEstimates;
}

/** Computes the estimates of an experiment from what lies in its folder. */
export type Estimating = (order: EstimateOrder) => Promise<Estimated>;

/** The last and only message of the process that estimates. */
export type FromEstimates =
  | { readonly type: 'estimated'; readonly estimated: Estimated }
  | { readonly type: 'failed'; readonly failure: Failure };

/** In this process: seconds of work, which the command line may take. */
export async function estimateHere({ folder, withLocked, leak }: EstimateOrder): Promise<Estimated> {
  const plan = await planIn(folder);
  const trainings = experimentTrainings(plan);
  const table = await scoreTable(folder, 'development', trainings);
  const locked = withLocked ? await scoreTable(folder, 'locked', trainings) : new Map();
  return {
    scored: [...table.keys()],
    estimates: experimentEstimates(plan, trainings, table, locked, leak),
  };
}

/** In a process of its own, so that a window stays responsive while it works. */
export function estimateApart(launcher: Launcher): Estimating {
  return ({ folder, withLocked, leak }) =>
    new Promise((resolve, reject) => {
      const helper = launcher.launch(
        'estimates',
        [folder, withLocked ? 'locked' : 'development', ...(leak === null ? [] : [leak])],
        {},
      );
      helper.onMessage((message) => {
        const last = message as FromEstimates;
        if (last.type === 'estimated') resolve(last.estimated);
        else reject(new HeldoutError(last.failure.code, last.failure.sentence, last.failure.details));
      });
      helper.onExit((code) => {
        reject(
          new HeldoutError(
            'internal',
            `The results could not be computed: their process ended (${code === null ? 'by the system' : `code ${code}`}). Nothing that was trained is lost; try again.`,
          ),
        );
      });
    });
}
