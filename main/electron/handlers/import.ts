import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { JobStarted } from '#src/contracts/channels';
import { HeldoutError, toFailure } from '#src/contracts/failure';
import { DEFAULT_LABEL_COLOURS } from '#src/masks/label-colours';
import { importPaths, prepareImport } from '#main/operations/import';
import { leftOutTable, leftOutText } from '#main/operations/left-out';
import { writeFileAtomic } from '#main/store/atomic-file';
import { Project } from '#main/store/project';
import type { Handlers } from '../dispatch';
import type { ImportSource } from '../import-reports';
import type { Workspace } from '../workspace';

const FIRST_PROJECT = 'My patients';

/** Starting the workers of the next import would take the time in which the window draws what this one has added (ms). */
const REST_MS = 3000;
let warming: NodeJS.Timeout | undefined;

/** Imports into the open project as a job; `look` says what would happen and writes nothing. */
export function startImport(workspace: Workspace, source: ImportSource, look: boolean): JobStarted {
  const { project } = workspace;
  const before = project.summary().scans;
  clearTimeout(warming);
  return workspace.jobs.start(async (context) => {
    try {
      const document = await importPaths(project, { ...source, dryRun: look }, context);
      const importId = look ? null : (project.registry.imports()[0]?.importId ?? null);
      return { kind: 'import', summary: workspace.imports.add(importId, document, source) };
    } catch (error) {
      throw toFailure(error).code === 'cancelled' ? stopped(look, project.summary().scans - before) : error;
    } finally {
      // Whatever ended it, what was taken in until then is there.
      workspace.changed();
      warming = setTimeout(prepareImport, REST_MS).unref();
    }
  });
}

function stopped(look: boolean, scans: number): HeldoutError {
  const taken = scans === 1 ? '1 scan is' : `${scans} scans are`;
  return new HeldoutError(
    'cancelled',
    look
      ? 'Stopped as you asked. Nothing has been written.'
      : `Stopped as you asked: ${taken} in and kept. Drop the same folder again to add the rest.`,
  );
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

type Channels = Extract<keyof Handlers, `import.${string}` | 'job.cancel'>;

export function importHandlers(workspace: Workspace): Pick<Handlers, Channels> {
  const { dialogs, settings, copy } = workspace.around;
  const { imports } = workspace;
  const registry = () => workspace.project.registry;
  const start = async (paths: string[], look = settings.page.lookFirst) => {
    await openSomeProject(workspace);
    return startImport(workspace, { paths, answers: {} }, look);
  };
  return {
    async 'import.choose'({ kind, look }) {
      const paths = await dialogs.importFrom(kind);
      return paths === null ? null : start(paths, look);
    },
    'import.paths': ({ paths }) => start(paths),
    'import.last'() {
      const [last] = registry().imports();
      return last === undefined ? null : imports.show(registry(), last.importId);
    },
    'import.list': () => registry().imports(),
    'import.show': ({ importId }) => imports.show(registry(), importId),
    'import.leftOut': ({ offset, count, ...query }) => imports.page(registry(), query, offset, count),
    'import.copyLeftOut'({ at, ...query }) {
      const entries = imports.selected(registry(), query);
      copy(leftOutText(at === null ? entries : entries.slice(at, at + 1)));
      return null;
    },
    async 'import.saveLeftOut'(query) {
      const file = await dialogs.saveTable(`${workspace.project.summary().name} left out`);
      if (file === null) return null;
      await writeFileAtomic(file, leftOutTable(imports.selected(registry(), query)));
      return { file: basename(file) };
    },
    'import.again'({ importId, answers, look }) {
      const source = imports.source(importId);
      return startImport(workspace, { ...source, answers: { ...source.answers, ...answers } }, look);
    },
    'job.cancel'({ jobId }) {
      workspace.jobs.cancel(jobId);
      return null;
    },
  };
}
