import { constants, gunzipSync } from 'node:zlib';
import { HeldoutError } from '#src/contracts/failure';
import { explainGzipError } from './gzip-errors';
import { bytesNamed } from './parse-nifti';

/** Packed bytes that hold a header for sure, however badly they pack. */
const HEAD_BYTES = 16 * 1024;
/** Extensions and padding behind the voxels that the header does not name. */
const SLACK_BYTES = 16 * 1024 * 1024;
const MOST_BYTES = 4 * 1024 ** 3;
/** Deflate cannot do better than this. */
const BEST_RATIO = 1032;

/**
 * Unpacks a gzipped NIfTI image, no further than its header says: a small file cannot fill the memory.
 *
 * @throws HeldoutError `input` when it is cut off, damaged, or unpacks to more than its header says or 4 GB
 */
export function unpackNifti(packed: Uint8Array, name: string): Uint8Array<ArrayBuffer> {
  try {
    // What is so short fits into the memory whatever it holds.
    if (packed.length <= HEAD_BYTES) return gunzipSync(packed);
    const head = gunzipSync(packed.subarray(0, HEAD_BYTES), { finishFlush: constants.Z_SYNC_FLUSH });
    const named = bytesNamed(head, name);
    if (named > packed.length * BEST_RATIO)
      throw new HeldoutError(
        'input',
        `${name} is cut off: ${packed.length} packed bytes cannot hold the ${named} that its header names. ` +
          'Copy it again from its source.',
      );
    if (named > MOST_BYTES) throw tooLarge(name);
    return gunzipSync(packed, { maxOutputLength: named + SLACK_BYTES });
  } catch (error) {
    throw explainGzipError(error, name);
  }
}

const tooLarge = (name: string) =>
  new HeldoutError('input', `${name} is too large: it unpacks to more than 4 GB. Cut it into volumes first.`);
