import { HeldoutError } from '#src/contracts/failure';
import { readLog, resumeRun, startRun, stopRun } from '#main/operations/training';
import type { Handlers } from '../dispatch';
import type { StartRun } from '../training-queue';
import type { Workspace } from '../workspace';

type Channels = Extract<keyof Handlers, `run.${string}`>;

export function runHandlers(workspace: Workspace): Pick<Handlers, Channels> {
  const { launcher } = workspace.around;
  const refuseWhileBusy = () => {
    if (workspace.training.busy)
      throw new HeldoutError('conflict', 'A training is under way. Stop it or wait until it has ended.');
    if (workspace.experiments.busy)
      throw new HeldoutError('conflict', 'An experiment is under way. Stop it or wait until it has ended.');
  };
  return {
    'run.list': () => workspace.project.registry.runs(),
    async 'run.start'({ split, folds, minutes, seed }) {
      refuseWhileBusy();
      const { project } = workspace;
      return workspace.training.start(
        folds.map(
          (fold): StartRun =>
            (context, onRecord) =>
              startRun(project, { split, fold, minutes, seed }, context, launcher, onRecord),
        ),
      );
    },
    async 'run.stop'({ run }) {
      workspace.training.clearWaiting();
      await stopRun(workspace.project, run);
      return null;
    },
    async 'run.resume'({ run }) {
      refuseWhileBusy();
      const { project } = workspace;
      const [record] = await workspace.training.start([
        (context, onRecord) => resumeRun(project, run, context, launcher, onRecord),
      ]);
      return record ?? project.registry.run(run);
    },
    'run.log': ({ run }) => readLog(workspace.project, run),
  };
}
