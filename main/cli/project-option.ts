import { resolve } from 'node:path';
import { fileKeyVault } from '#main/store/key-vault';
import { findProject } from '#main/store/find-project';
import { openProject } from '#main/operations/open-project';
import type { Project } from '#main/store/project';
import type { Invocation } from './command';

/** The option that every command on a project has. */
export const projectOption = { project: { type: 'string' } } as const;

/**
 * Opens the project named by `--project` (default: the project folder at or above the current one), does the work
 * and closes it, whatever happens.
 *
 * @throws usage or not-found, with the folder that was tried
 */
export async function withProject<T>(
  invocation: Invocation,
  work: (project: Project) => Promise<T>,
): Promise<T> {
  const named = invocation.options.text('project');
  const folder = named === undefined ? findProject(process.cwd()) : resolve(named);
  const project = await openProject(folder, fileKeyVault());
  try {
    return await work(project);
  } finally {
    await project.close();
  }
}
