import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * The folder of development data that is not part of the repository (`../shared/data`, or HELDOUT_SHARED_DATA), or
 * null with a printed sentence where it is absent: tests that need it are then skipped.
 */
export function sharedData(set: string): string | null {
  const folder = resolve(process.env['HELDOUT_SHARED_DATA'] ?? '../shared/data', set);
  if (existsSync(folder)) return folder;
  console.warn(
    `Skipped: the development data set ${set} is not at hand (set HELDOUT_SHARED_DATA to its folder).`,
  );
  return null;
}

/** The shipped Sunnybrook sample. */
export function sampleZip(): string {
  return resolve('samples/sunnybrook-sample.zip');
}
