import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { safeStorage } from 'electron';
import { writeFileAtomic } from '#main/store/atomic-file';
import type { KeyVault } from '#main/store/key-vault';

/** Whether the system has a keychain that Electron can use. On Linux `basic_text` is no protection at all. */
function hasKeychain(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false;
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text';
}

/**
 * Keys of sealed projects, encrypted by the system's keychain. Where there is none, `files` is used as it is, with
 * its loud warning. A project made on the command line has its key in `files`; it is found there.
 *
 * @param folder where the encrypted keys are kept
 */
export function keychainVault(folder: string, files: KeyVault): KeyVault {
  if (!hasKeychain()) return files;
  // The id comes from a project that somebody else may have made: it never becomes a file name.
  const place = (projectId: string) =>
    join(folder, `${createHash('sha256').update(projectId).digest('hex')}.key`);
  return {
    warning: null,
    async load(projectId) {
      const sealed = await readFile(place(projectId)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      if (sealed === null) return files.load(projectId);
      return new Uint8Array(Buffer.from(safeStorage.decryptString(sealed), 'base64'));
    },
    async save(projectId, key) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFileAtomic(place(projectId), safeStorage.encryptString(Buffer.from(key).toString('base64')));
    },
  };
}
