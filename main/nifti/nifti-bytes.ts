import { constants, gunzipSync } from 'node:zlib';

const HEADER_BYTES = 348;
const MAGIC_OFFSET = 344;
const NIFTI2_MAGIC_OFFSET = 4;

export const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Whether the beginning of a file (at least 4 KB of it, or all) is that of a single-file NIfTI-1 or NIfTI-2 image, plain
 * or gzipped.
 */
export function isNiftiHead(head: Uint8Array): boolean {
  if (!isGzip(head)) return hasMagic(head);
  try {
    // The head of a stream has no end: take what comes out of it.
    return hasMagic(gunzipSync(head.subarray(0, 16384), { finishFlush: constants.Z_SYNC_FLUSH }));
  } catch {
    return false;
  }
}

/** Whether the bytes are the header of a NIfTI or Analyze pair, whose voxels lie in another file. */
export function isNiftiPairHead(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_BYTES) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isHeader = view.getInt32(0, true) === HEADER_BYTES || view.getInt32(0, false) === HEADER_BYTES;
  return isHeader && !hasMagic(bytes);
}

function hasMagic(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_BYTES) return false;
  const at = (offset: number) => String.fromCharCode(...bytes.subarray(offset, offset + 3));
  return at(MAGIC_OFFSET) === 'n+1' || at(NIFTI2_MAGIC_OFFSET) === 'n+2';
}
