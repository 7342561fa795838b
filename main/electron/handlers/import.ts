import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobStarted } from '#src/contracts/channels';
import { DEFAULT_LABEL_COLOURS } from '#src/masks/label-colours';
import { importPaths, prepareImport } from '#main/operations/import';
import { Project } from '#main/store/project';
import type { Handlers } from '../dispatch';
import type { Workspace } from '../workspace';

const FIRST_PROJECT = 'My patients';

/** Imports into the open project as a job. */
export function startImport(workspace: Workspace, paths: string[]): JobStarted {
  const { project } = workspace;
  return workspace.jobs.start(async (context) => {
    try {
      return { kind: 'import', document: await importPaths(project, { paths }, context) };
    } finally {
      // Whatever ended it, what was taken in until then is there.
      workspace.changed();
      prepareImport();
    }
  });
}

/** What is dropped before there is a project gets one: a newcomer need not learn the word first. */
async function openSomeProject(workspace: Workspace): Promise<void> {
  if (workspace.summary !== null) return;
  const { keyVault, ownFolder } = workspace.around;
  const parent = join(ownFolder, 'projects');
  await mkdir(parent, { recursive: true });
  const name = freeName(parent);
  const folder = join(parent, `${name}.heldout`);
  const labels = [{ label: 1, name: 'Structure', colour: DEFAULT_LABEL_COLOURS[0] ?? '#e69f00' }];
  await workspace.replace(
    folder,
    await Project.create(folder, { name, labels, identities: 'sealed', keyVault }),
  );
}

function freeName(parent: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? FIRST_PROJECT : `${FIRST_PROJECT} ${number}`;
    if (!existsSync(join(parent, `${name}.heldout`))) return name;
  }
}

export function importHandlers(
  workspace: Workspace,
): Pick<Handlers, 'import.choose' | 'import.paths' | 'import.last' | 'job.cancel'> {
  return {
    async 'import.choose'({ kind }) {
      const paths = await workspace.around.dialogs.importFrom(kind);
      if (paths === null) return null;
      await openSomeProject(workspace);
      return startImport(workspace, paths);
    },
    async 'import.paths'({ paths }) {
      await openSomeProject(workspace);
      return startImport(workspace, paths);
    },
    'import.last': () => workspace.project.registry.lastImport(),
    'job.cancel'({ jobId }) {
      workspace.jobs.cancel(jobId);
      return null;
    },
  };
}
