import { constants, gunzipSync } from 'node:zlib';
import { explainGzipError } from '#main/nifti/gzip-errors';

/** No file whose needs are unknown is unpacked beyond this: a small file cannot fill the memory. */
const MOST_BYTES = 2 ** 28;

/**
 * A gzipped file whole.
 *
 * @param mostBytes as many as its header says that it can have
 * @throws HeldoutError `input` when it is cut off, damaged, or unpacks to more
 */
export function unpackedGzip(
  packed: Uint8Array,
  path: string,
  mostBytes = MOST_BYTES,
): Uint8Array<ArrayBuffer> {
  const name = path.split('/').at(-1) ?? path;
  try {
    return gunzipSync(packed, { maxOutputLength: mostBytes });
  } catch (error) {
    throw explainGzipError(error, name);
  }
}

/** What the first bytes of a gzipped file unpack to; null when they are no gzip data after all. */
export function unpackedHead(head: Uint8Array): Uint8Array<ArrayBuffer> | null {
  try {
    // The head of a stream has no end: take what comes out of it.
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return null;
  }
}
