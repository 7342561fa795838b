import { engineStatus } from '#main/training/engines';
import { installTensorflow } from '#main/training/install-tensorflow';
import type { Handlers } from '../dispatch';
import type { Workspace } from '../workspace';

export function engineHandlers(workspace: Workspace): Pick<Handlers, 'engines.list' | 'engines.install'> {
  return {
    'engines.list': () => engineStatus(workspace.around.launcher),
    'engines.install': ({ kind }) =>
      workspace.jobs.start(async (context) => {
        await installTensorflow(kind, context);
        return { kind: 'engines', engines: await engineStatus(workspace.around.launcher) };
      }),
  };
}
