import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';

/** Makes the names in a folder durable. Where a system cannot sync folders (Windows) the rename is durable by itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file so that a crash at any moment leaves either the old or the new one, whole: temporary file in the same
 * folder, fsync, rename, fsync of the folder.
 *
 * @param options.mode permissions of the new file (default 0o644)
 * @param options.sync false leaves the folder's fsync to the caller, who batches it
 * @throws HeldoutError `resource` when the disk is full; the old file is untouched
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array | readonly Uint8Array[],
  options: { readonly mode?: number; readonly sync?: boolean } = {},
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx', options.mode ?? 0o644);
    try {
      if (typeof data === 'string' || data instanceof Uint8Array) await handle.writeFile(data);
      else for (const part of data) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    if (options.sync !== false) await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw explainWriteError(error, path);
  }
}

/** Turns a full or read-only disk into a sentence; everything else stays as it is. */
export function explainWriteError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new HeldoutError(
      'resource',
      `The disk is full: ${basename(path)} could not be written. Free some space and do it again; what was saved before is whole.`,
    );
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM')
    return new HeldoutError(
      'resource',
      `${basename(path)} may not be written: check the permissions of its folder.`,
    );
  return error;
}
