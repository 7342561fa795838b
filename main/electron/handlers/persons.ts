import { dismissSuggestion, mergePatients, suggestMerges, undoMerge } from '#main/operations/same-person';
import type { Handlers } from '../dispatch';
import type { Workspace } from '../workspace';

type Channels = Extract<keyof Handlers, `person.${string}`>;

export function personHandlers(workspace: Workspace): Pick<Handlers, Channels> {
  return {
    'person.suggest'() {
      const { project } = workspace;
      return workspace.jobs.wait((context) => suggestMerges(project, context));
    },
    'person.merge'({ keep, other }) {
      const merge = mergePatients(workspace.project, keep, other);
      workspace.changed();
      return merge;
    },
    'person.undo'({ mergeId }) {
      const merge = undoMerge(workspace.project, mergeId);
      workspace.changed();
      return merge;
    },
    'person.dismiss'({ first, second }) {
      dismissSuggestion(workspace.project, first, second);
      return null;
    },
  };
}
