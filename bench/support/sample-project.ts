import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SAMPLE_LABELS } from '#main/operations/sample';
import { fileKeyVault } from '#main/store/key-vault';
import { Project } from '#main/store/project';

/** A temporary folder with a key folder of its own, in which projects can be made. */
export interface Workplace {
  readonly root: string;
  /** What HELDOUT_CONFIG must be for programs that open these projects. */
  readonly configFolder: string;
  folder(name: string): string;
  create(name: string): Promise<Project>;
  open(name: string): Promise<Project>;
  remove(): Promise<void>;
}

/** Opens a project with its key from `configFolder`. */
export function openProject(folder: string, configFolder: string): Promise<Project> {
  return Project.open(folder, { keyVault: fileKeyVault(join(configFolder, 'keys')) });
}

export async function temporaryWorkplace(): Promise<Workplace> {
  const root = await mkdtemp(join(tmpdir(), 'heldout-bench-'));
  const configFolder = join(root, 'config');
  const folder = (name: string) => join(root, `${name}.heldout`);
  return {
    root,
    configFolder,
    folder,
    create: (name) =>
      Project.create(folder(name), {
        name,
        labels: SAMPLE_LABELS,
        identities: 'sealed',
        keyVault: fileKeyVault(join(configFolder, 'keys')),
      }),
    open: (name) => openProject(folder(name), configFolder),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
