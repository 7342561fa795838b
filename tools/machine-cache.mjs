import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * The machine-wide cache folder: HELDOUT_CACHE, else $XDG_CACHE_HOME/heldout, else ~/.cache/heldout.
 *
 * @returns {string}
 */
export function cacheFolder() {
  const { HELDOUT_CACHE: own, XDG_CACHE_HOME: shared } = process.env;
  if (own) return own;
  return join(shared || join(homedir(), '.cache'), 'heldout');
}

/**
 * SHA-512 of a file, base64 (the form of an npm integrity string, without its `sha512-`).
 *
 * @param {string} file
 * @returns {Promise<string>}
 */
export async function sha512(file) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return hash.digest('base64');
}
