import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from './atomic-file';

/** Where the keys of sealed identities are kept, apart from the projects themselves. */
export interface KeyVault {
  /** The key of a project (32 bytes), or null when this computer does not have it. */
  load(projectId: string): Promise<Uint8Array | null>;
  save(projectId: string, key: Uint8Array): Promise<void>;
  /** A sentence when keys are less well protected than they could be, else null. */
  readonly warning: string | null;
}

/** Folder of the keys: HELDOUT_CONFIG, else the user's configuration folder. */
function defaultKeyFolder(): string {
  const configured =
    process.env['HELDOUT_CONFIG'] ??
    join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'heldout');
  return join(configured, 'keys');
}

/**
 * Keys as files that only this user may read. Used where there is no keychain (the command line, Linux without a
 * keyring), and says so.
 */
export function fileKeyVault(folder = defaultKeyFolder()): KeyVault {
  // A project may come from somebody else: its id never becomes a file name.
  const place = (projectId: string) =>
    join(folder, `${createHash('sha256').update(projectId).digest('hex')}.key`);
  return {
    warning:
      'Identities are sealed with a key that lies in a file of your user account, not in a keychain: ' +
      'whoever can read your files can read them.',
    async load(projectId) {
      try {
        return new Uint8Array(await readFile(place(projectId)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    async save(projectId, key) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFileAtomic(place(projectId), key, { mode: 0o600 });
    },
  };
}
