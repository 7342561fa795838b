import { open, readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { throwIfCancelled, type JobContext } from '#main/jobs/context';

const POLL_MS = 500;

/**
 * Runs `work` while no other process on this machine holds the lock file; waits for the other one to finish.
 *
 * A lock whose process has died is taken over.
 *
 * @param waiting said while another process holds it
 */
export async function withMachineLock<T>(
  file: string,
  context: JobContext,
  waiting: string,
  work: () => Promise<T>,
): Promise<T> {
  while (!(await acquire(file))) {
    throwIfCancelled(context);
    context.report({ done: 0, total: null, unit: 'steps', message: waiting });
    await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const holder = Number(await readFile(file, 'utf8').catch(() => '0'));
  // An empty file is a lock that is being written this moment.
  if (holder > 0 && !isAlive(holder)) await rm(file, { force: true });
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
