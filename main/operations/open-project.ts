import type { KeyVault } from '#main/store/key-vault';
import { Project } from '#main/store/project';
import { settleInterruptedRuns } from './training';

/**
 * Opens a project and puts right what a crash or a power cut left behind: runs that still say "running" become
 * stopped, so that they can be resumed.
 * @throws HeldoutError as {@link Project.open} does
 */
export async function openProject(folder: string, keyVault: KeyVault): Promise<Project> {
  const project = await Project.open(folder, { keyVault });
  settleInterruptedRuns(project);
  return project;
}
