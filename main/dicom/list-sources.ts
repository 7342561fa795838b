import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { LeftOut } from '#src/contracts/documents/import';
import { HeldoutError } from '#src/contracts/failure';
import { throwIfCancelled, type JobContext } from '#main/jobs/context';
import { explainReadError, unopenedFile, type SourceFile } from './source-file';
import { listZip } from './zip-archive';

export interface SourceList {
  /** Folder by folder, in the order of their names, numbers by value. */
  readonly sources: readonly SourceFile[];
  readonly leftOut: readonly LeftOut[];
}

const byPath = new Intl.Collator('en', { numeric: true });
const isZip = (name: string) => /\.zip$/iu.test(name);
const NO_FILE = 'Not a file (a device or a pipe).';

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
      // Archives list their files in the order in which they were packed.
      for (const source of list.sources.toSorted((a, b) => byPath.compare(a.path, b.path)))
        sources.push(source);
      leftOut.push(...list.leftOut);
    } catch (error) {
      leftOut.push({ path: path === '' ? basename(file) : path, reason: sentenceOf(error), image: true });
    }
  }

  async function addEntry(entry: Dirent, file: string, path: string, root: string): Promise<void> {
    try {
      // Where a link leads only the system knows.
      const found = entry.isSymbolicLink() ? await stat(file) : entry;
      if (found.isDirectory()) await addFolder(file, path, root);
      else if (!found.isFile()) leftOut.push({ path, reason: NO_FILE, image: false });
      else if (isZip(path)) await addZip(file, path, root);
      else sources.push(unopenedFile(path, root, file));
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
    const entries = (await readdir(folder, { withFileTypes: true })).toSorted((a, b) =>
      byPath.compare(a.name, b.name),
    );
    for (const entry of entries) {
      const { name } = entry;
      const inside = path === '' ? name : `${path}/${name}`;
      if (entry.isFile() && !isZip(name)) sources.push(unopenedFile(inside, root, join(folder, name)));
      else await addEntry(entry, join(folder, name), inside, root);
    }
    context.report({ done: sources.length, total: null, unit: 'files', message: 'Looking for images' });
  }

  for (const given of paths) {
    const file = resolve(given);
    const found = await stat(file).catch((error: unknown) => {
      throw new HeldoutError('input', `${given} cannot be opened: ${sentenceOf(error)}`);
    });
    if (found.isDirectory()) await addFolder(file, '', basename(file));
    else if (isZip(file)) await addZip(file, '', basename(file).replace(/\.zip$/iu, ''));
    else if (found.isFile()) sources.push(unopenedFile(basename(file), basename(dirname(file)), file));
    else leftOut.push({ path: basename(file), reason: NO_FILE, image: false });
  }
  return { sources, leftOut };
}

function sentenceOf(error: unknown): string {
  const explained = explainReadError(error);
  if (explained instanceof HeldoutError) return explained.failure.sentence;
  throw explained;
}
