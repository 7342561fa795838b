import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { redact } from './redact';

/** A log of this size (bytes) is set aside as `heldout.1.log`, which replaces the one before. */
const LARGEST = 2_000_000;

/** The app's log file; everything that goes in is redacted. */
export interface Log {
  readonly file: string;
  write(level: 'info' | 'warning' | 'error', message: string): void;
}

/**
 * Opens `heldout.log` in `folder`.
 *
 * @param ownFolder the program's own folder, whose paths may stay readable
 */
export function openLog(folder: string, ownFolder: string): Log {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'heldout.log');
  return {
    file,
    write(level, message) {
      try {
        if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST)
          renameSync(file, join(folder, 'heldout.1.log'));
        const line = redact(message, ownFolder).replaceAll('\n', '\n  ');
        appendFileSync(file, `${new Date().toISOString()} ${level} ${line}\n`, { mode: 0o600 });
      } catch (error) {
        // A full disk must not keep the app from saying so in its window.
        console.error('The log cannot be written.', error instanceof Error ? error.name : '');
      }
    },
  };
}
