import { execFileSync } from 'node:child_process';

/**
 * Puts a file system of `bytes` on `folder`, so that a test can meet a full disk; null, with a printed sentence, where
 * this user may not mount one.
 *
 * @returns how to take it away again, with all that is on it, also while files on it are open
 */
export function smallDisk(folder: string, bytes: number): (() => void) | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    console.warn('Skipped: a full disk needs the right to mount one.');
    return null;
  }
  return () => execFileSync('umount', ['-l', folder]);
}
