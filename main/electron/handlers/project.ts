import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';
import { SAMPLE_LABELS, shippedSample } from '#main/operations/sample';
import { Project } from '#main/store/project';
import type { Handlers } from '../dispatch';
import { startImport } from './import';
import type { Workspace } from '../workspace';

type Channels = Extract<keyof Handlers, `project.${string}`>;

export function projectHandlers(workspace: Workspace): Pick<Handlers, Channels> {
  const { settings, dialogs, keyVault, ownFolder } = workspace.around;
  const openOrForget = async (folder: string) => {
    try {
      return await workspace.open(folder);
    } catch (error) {
      // What was deleted or moved leaves the list; what is locked or newer stays.
      if (!existsSync(folder)) await settings.removeRecent(folder);
      throw error;
    }
  };
  return {
    async 'project.create'({ name, labels, identities }) {
      const folder = await dialogs.newProject(name);
      if (folder === null) return null;
      return workspace.replace(folder, await Project.create(folder, { name, labels, identities, keyVault }));
    },
    async 'project.open'() {
      const folder = await dialogs.existingProject();
      return folder === null ? null : workspace.open(folder);
    },
    'project.recent': () =>
      settings.recent.map(({ name, folder, openedAt }, index) => ({ index, name, folder, openedAt })),
    async 'project.openRecent'({ index }) {
      const entry = settings.recent[index];
      if (entry === undefined)
        throw new HeldoutError('not-found', 'This project is no longer in the list of recent ones.');
      return openOrForget(entry.folder);
    },
    async 'project.openSample'() {
      const folder = join(ownFolder, 'sample', 'Sunnybrook sample.heldout');
      if (existsSync(folder)) await workspace.open(folder);
      else {
        await mkdir(join(ownFolder, 'sample'), { recursive: true });
        const options = {
          name: 'Sunnybrook sample',
          labels: SAMPLE_LABELS,
          identities: 'sealed',
          keyVault,
        } as const;
        await workspace.replace(folder, await Project.create(folder, options));
      }
      return startImport(workspace, { paths: [shippedSample()], answers: {} }, false);
    },
    'project.current': () => workspace.summary,
    async 'project.close'() {
      await workspace.close();
      return null;
    },
    async 'project.setLabels'({ labels }) {
      await workspace.project.setLabels(labels);
      workspace.changed();
      return workspace.project.summary();
    },
  };
}
