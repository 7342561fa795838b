import type { Request } from '#src/contracts/channels';
import { HeldoutError } from '#src/contracts/failure';
import { importPredictions, whoTrainedIn, type WhoTrained } from '#main/operations/import-predictions';
import { readLog, resumeRun, startRun, stopRun } from '#main/operations/training';
import type { Dialogs } from '../dialogs';
import type { Handlers } from '../dispatch';
import type { StartRun } from '../training-queue';
import type { Workspace } from '../workspace';

type Channels = Extract<keyof Handlers, `run.${string}`>;

export function runHandlers(workspace: Workspace): Pick<Handlers, Channels> {
  const { launcher, dialogs } = workspace.around;
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
    async 'run.importPredictions'({ name, trained, fold }) {
      const { project } = workspace;
      const folder = await dialogs.predictions();
      if (folder === null) return null;
      const who = await whoTrained(trained, dialogs);
      if (who === null) return null;
      const result = await workspace.jobs.wait((context) =>
        importPredictions(project, { name, folder, fold, trained: who }, context),
      );
      if ('document' in result) workspace.changed();
      return result;
    },
    'run.log': ({ run }) => readLog(workspace.project, run),
  };
}

/** Asks for the file where it is to be chosen; null when the person cancels. */
async function whoTrained(
  trained: Request<'run.importPredictions'>['trained'],
  dialogs: Dialogs,
): Promise<WhoTrained | null> {
  if (trained.kind === 'split') return { kind: 'split', nameOrFile: trained.split };
  if (trained.kind !== 'file') return { kind: trained.kind };
  const file = await dialogs.whoTrained();
  return file === null ? null : whoTrainedIn(file);
}
