import type { JobStarted } from '#src/contracts/channels';
import { importPaths } from '#main/operations/import';
import type { Handlers } from '../dispatch';
import type { Workspace } from '../workspace';

/** Imports into the open project as a job. */
export function startImport(workspace: Workspace, paths: string[]): JobStarted {
  const { project } = workspace;
  return workspace.jobs.start(async (context) => {
    try {
      return { kind: 'import', document: await importPaths(project, { paths }, context) };
    } finally {
      // Whatever ended it, what was taken in until then is there.
      workspace.changed();
    }
  });
}

export function importHandlers(
  workspace: Workspace,
): Pick<Handlers, 'import.choose' | 'import.paths' | 'import.last' | 'job.cancel'> {
  return {
    async 'import.choose'({ kind }) {
      // Before the person chooses anything: without a project there is no place for it.
      void workspace.project;
      const paths = await workspace.around.dialogs.importFrom(kind);
      return paths === null ? null : startImport(workspace, paths);
    },
    'import.paths': ({ paths }) => startImport(workspace, paths),
    'import.last': () => workspace.project.registry.lastImport(),
    'job.cancel'({ jobId }) {
      workspace.jobs.cancel(jobId);
      return null;
    },
  };
}
