import { constants, inflateRawSync } from 'node:zlib';
import { HeldoutError } from '#src/contracts/failure';
import { crc32 } from './crc32';

/** Where an entry lies in its archive, as the archive's directory says. */
export interface ZipEntry {
  readonly headerOffset: number;
  readonly compressedSize: number;
  readonly size: number;
  /** 0 = stored, 8 = deflated. */
  readonly method: number;
  readonly crc32: number;
}

const LOCAL_HEADER_SIGNATURE = 0x04034b50;
const LOCAL_HEADER_SIZE = 30;
const STORED = 0;
const DEFLATED = 8;
/** A header of 64 KB rarely needs more than this of deflated data. */
const HEAD_SHARE = 1.25;

/**
 * Reads one entry by its directory record, without walking the archive again.
 *
 * @param limit unpack at most this many bytes
 * @throws HeldoutError `input` when the archive is damaged, or holds more than its directory says (a zip bomb)
 */
export function inflateEntry(
  read: (position: number, length: number) => Uint8Array<ArrayBuffer>,
  entry: ZipEntry,
  path: string,
  limit = Infinity,
): Uint8Array<ArrayBuffer> {
  const damaged = () =>
    new HeldoutError(
      'input',
      `${path} is damaged inside its zip archive: unpack the archive and try its files.`,
    );
  const local = read(entry.headerOffset, LOCAL_HEADER_SIZE);
  const view = new DataView(local.buffer, local.byteOffset, local.byteLength);
  if (local.length < LOCAL_HEADER_SIZE || view.getUint32(0, true) !== LOCAL_HEADER_SIGNATURE) throw damaged();
  const start = entry.headerOffset + LOCAL_HEADER_SIZE + view.getUint16(26, true) + view.getUint16(28, true);
  if (entry.method === STORED) {
    const bytes = read(start, Math.min(entry.size, limit));
    if (bytes.length < Math.min(entry.size, limit)) throw damaged();
    if (bytes.length === entry.size && crc32(bytes) !== entry.crc32) throw damaged();
    return bytes;
  }
  if (entry.method !== DEFLATED)
    throw new HeldoutError(
      'input',
      `${path} is packed in a way that is not read (zip method ${entry.method}).`,
    );
  const isPart = limit < entry.size;
  const wanted = isPart
    ? Math.min(entry.compressedSize, Math.ceil(limit * HEAD_SHARE))
    : entry.compressedSize;
  const packed = read(start, wanted);
  if (packed.length < wanted) throw damaged();
  try {
    const bytes = inflateRawSync(packed, {
      // A part of a stream has no end; the bound holds whatever the directory claims.
      ...(isPart ? { finishFlush: constants.Z_SYNC_FLUSH } : { maxOutputLength: Math.max(1, entry.size) }),
    });
    if (!isPart && (bytes.length !== entry.size || crc32(bytes) !== entry.crc32)) throw damaged();
    return new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, Math.min(bytes.length, limit));
  } catch (error) {
    if (error instanceof HeldoutError) throw error;
    throw damaged();
  }
}
