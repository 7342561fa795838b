import type { TrainingSettings } from '#src/contracts/documents/experiment-plan';
import type { RunConfig } from '#src/contracts/documents/run';
import type { Project } from '#main/store/project';
import { readRunConfig, readRunLog } from '#main/training/run-folder';

/** How long a step takes, and how that is known. */
export interface StepTime {
  readonly seconds: number;
  readonly source: string;
}

type Work = Pick<RunConfig, 'model' | 'batch' | 'patch'>;

/** Measured on two cores: 8 patches of 128 x 128, 16 channels, 4 levels (docs/benchmarks.md). */
const REFERENCE: Work & { readonly seconds: number } = {
  model: { base: 16, depth: 4, norm: 'batch', classes: 2, inChannels: 1 },
  batch: 8,
  patch: [128, 128],
  seconds: 0.16,
};
/** Starting a process, loading the data, predicting and counting. */
export const SECONDS_AROUND_A_TRAINING = 8;
/** Runs whose logs are read, the newest first. */
const LOOKED_AT = 20;

/**
 * Expected seconds for a step with these settings: as measured by the newest run of this project, scaled by pixels and
 * channels where its settings differ; without a run, from a reference machine.
 */
export async function stepTime(project: Project, settings: TrainingSettings): Promise<StepTime> {
  const runs = project.registry
    .runs()
    .filter(({ step }) => step > 0)
    .reverse();
  for (const run of runs.slice(0, LOOKED_AT)) {
    const folder = project.runFolder(run.id);
    const config = await readRunConfig(folder).catch(() => null);
    const last = (await readRunLog(folder)).at(-1);
    if (config === null || last === undefined || !Number.isFinite(last.msPerStep) || last.msPerStep <= 0)
      continue;
    const ratio = work(settings) / work(config);
    return {
      seconds: (last.msPerStep / 1000) * ratio,
      source:
        Math.abs(ratio - 1) < 0.01
          ? `measured by the run ${run.id}`
          : `from the run ${run.id}, scaled by the number of pixels and channels`,
    };
  }
  return {
    seconds: REFERENCE.seconds * (work(settings) / work(REFERENCE)),
    source: 'from a reference machine with two cores; it becomes exact with the first training',
  };
}

/** Proportional to the multiplications of a step. */
function work({ model, batch, patch }: Work): number {
  return batch * patch[0] * patch[1] * model.base ** 2;
}
