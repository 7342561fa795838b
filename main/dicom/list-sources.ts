import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { LeftOut } from '#src/contracts/documents/import';
import { HeldoutError } from '#src/contracts/failure';
import { throwIfCancelled, type JobContext } from '#main/jobs/context';
import { explainReadError, type SourceFile } from './source-file';
import { listZip } from './zip-archive';

export interface SourceList {
  /** In the order of their paths, numbers by value. */
  readonly sources: readonly SourceFile[];
  readonly leftOut: readonly LeftOut[];
}

const byPath = new Intl.Collator('en', { numeric: true });
const isZip = (name: string) => /\.zip$/iu.test(name);
const STATS_AT_ONCE = 64;

/**
 * Finds every file below the given paths: folders whole, zip archives opened in place, links followed unless they lead
 * back. Nothing is read yet but the archives' directories.
 *
 * @throws HeldoutError `input` for a path that does not exist or may not be read
 */
export async function listSources(paths: readonly string[], context: JobContext): Promise<SourceList> {
  const sources: SourceFile[] = [];
  const leftOut: LeftOut[] = [];
  const visited = new Set<string>();

  async function addZip(file: string, path: string, root: string): Promise<void> {
    try {
      const list = await listZip(file, path, root);
      sources.push(...list.sources);
      leftOut.push(...list.leftOut);
    } catch (error) {
      leftOut.push({ path: path === '' ? basename(file) : path, reason: sentenceOf(error), image: true });
    }
  }

  async function addFile(file: string, path: string, root: string): Promise<void> {
    try {
      const found = await stat(file);
      if (found.isDirectory()) await addFolder(file, path, root);
      else if (!found.isFile())
        leftOut.push({ path, reason: 'Not a file (a device or a pipe).', image: false });
      else if (isZip(path)) await addZip(file, path, root);
      else sources.push({ path, root, file, size: found.size, modified: found.mtimeMs, entry: null });
    } catch (error) {
      leftOut.push({ path, reason: sentenceOf(error), image: true });
    }
  }

  async function addFolder(folder: string, path: string, root: string): Promise<void> {
    throwIfCancelled(context);
    const { dev, ino } = await stat(folder);
    const identity = `${dev}:${ino}`;
    if (visited.has(identity)) return;
    visited.add(identity);
    // Project folders hold images of Heldout's own making, never something to import.
    if (/\.heldout$/iu.test(folder)) return;
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.map((entry) => entry.name).toSorted(byPath.compare);
    for (let first = 0; first < names.length; first += STATS_AT_ONCE)
      await Promise.all(
        names
          .slice(first, first + STATS_AT_ONCE)
          .map((name) => addFile(join(folder, name), path === '' ? name : `${path}/${name}`, root)),
      );
    context.report({ done: sources.length, total: null, unit: 'files', message: 'Looking for images' });
  }

  for (const given of paths) {
    const file = resolve(given);
    const found = await stat(file).catch((error: unknown) => {
      throw new HeldoutError('input', `${given} cannot be opened: ${sentenceOf(error)}`);
    });
    if (found.isDirectory()) await addFolder(file, '', basename(file));
    else if (isZip(file)) await addZip(file, '', basename(file).replace(/\.zip$/iu, ''));
    else await addFile(file, basename(file), basename(dirname(file)));
  }
  // Several files are looked at together: which is done first is chance.
  sources.sort((a, b) => byPath.compare(a.path, b.path));
  leftOut.sort((a, b) => byPath.compare(a.path, b.path));
  return { sources, leftOut };
}

function sentenceOf(error: unknown): string {
  const explained = explainReadError(error);
  if (explained instanceof HeldoutError) return explained.failure.sentence;
  throw explained;
}
