import { auditThoroughly, createSplit, previewSplit } from '#main/operations/splits';
import type { Handlers } from '../dispatch';
import type { Workspace } from '../workspace';

type Channels = Extract<keyof Handlers, `split.${string}`>;

export function splitHandlers(workspace: Workspace): Pick<Handlers, Channels> {
  return {
    'split.list': () => workspace.project.registry.splits(),
    'split.preview': (plan) => previewSplit(workspace.project, plan),
    'split.create'(request) {
      const split = createSplit(workspace.project, request);
      workspace.changed();
      return split;
    },
    'split.show': ({ name }) => workspace.project.registry.split(name),
    'split.audit'({ name }) {
      const { project } = workspace;
      return workspace.jobs.wait((context) => auditThoroughly(project, name, context));
    },
  };
}
