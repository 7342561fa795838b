import { readFileSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly started: string;
}

/**
 * When a process began, as the system tells it, so that a new process with an old number is not taken for the old
 * one. Empty where the system does not tell.
 */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive(holder: Holder): boolean {
  // A project on a shared disk may be open elsewhere, which cannot be checked from here.
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startOf(holder.pid) === holder.started;
}

/**
 * Keeps a project to one process. A lock left by a process that is gone is taken over.
 *
 * @returns how to let go
 * @throws HeldoutError `conflict` when another living process has the project open
 */
export async function lockProject(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'lock');
  const mine: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      const handle = await open(path, 'wx');
      await handle.writeFile(JSON.stringify(mine));
      await handle.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = await readHolder(path);
    if (holder !== null && isAlive(holder))
      throw new HeldoutError(
        'conflict',
        `${basename(folder)} in ${dirname(folder)} is open in another window or command` +
          `${holder.host === mine.host ? '' : ` on ${holder.host}`}: close it there first.`,
      );
    await rm(path, { force: true });
  }
  throw new HeldoutError('conflict', `${basename(folder)} is being opened by another program: try again.`);
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    // Cut off while it was written: its writer is gone.
    return null;
  }
}
