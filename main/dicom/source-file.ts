import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { HeldoutError } from '#src/contracts/failure';
import { inflateEntry, type ZipEntry } from './zip-entry';

/** A file to be read, on disk or inside a zip archive. Plain data: it crosses to the workers. */
export interface SourceFile {
  /** Relative to the path that the person gave, with `/`; what reports show. */
  readonly path: string;
  /** Name of the folder or archive that the person gave (for a file: of the folder it lies in). */
  readonly root: string;
  /** Absolute path of the file, or of the archive that holds it. */
  readonly file: string;
  /** Bytes, unpacked. */
  readonly size: number;
  /** Milliseconds since 1970, of the file or its archive. */
  readonly modified: number;
  readonly entry: ZipEntry | null;
}

/**
 * Reads the first `limit` bytes of a source (all of it by default). Synchronous: it runs in workers.
 *
 * @throws HeldoutError `input` when it has vanished, may not be read, or its archive is damaged there
 */
export function readSource(source: SourceFile, limit = Infinity): Uint8Array<ArrayBuffer> {
  return withOpenFile(source, (descriptor) =>
    source.entry === null
      ? readExactly(descriptor, 0, Math.min(limit, fstatSync(descriptor).size))
      : inflateEntry(
          (position, length) => readExactly(descriptor, position, length),
          source.entry,
          source.path,
          limit,
        ),
  );
}

/** Reads `length` bytes from `position` on; fewer when the source ends before. */
export function readSourceRange(
  source: SourceFile,
  position: number,
  length: number,
): Uint8Array<ArrayBuffer> {
  if (source.entry !== null) return readSource(source).subarray(position, position + length);
  return withOpenFile(source, (descriptor) => readExactly(descriptor, position, length));
}

function withOpenFile<T>(source: SourceFile, read: (descriptor: number) => T): T {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(source.file, 'r');
    return read(descriptor);
  } catch (error) {
    throw explainReadError(error);
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

/** Turns what the system says about an unreadable file into a sentence. */
export function explainReadError(error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException | null)?.code) {
    case 'ENOENT':
      return new HeldoutError(
        'input',
        'It was gone when it was to be read: import it again when it is back.',
      );
    case 'EACCES':
    case 'EPERM':
      return new HeldoutError('input', 'It may not be read: check its permissions.');
    case 'EIO':
      return new HeldoutError('input', 'The disk could not read it: copy it again from its source.');
    case 'EISDIR':
      return new HeldoutError('input', 'It is a folder, not a file.');
    default:
      return error;
  }
}

function readExactly(descriptor: number, position: number, length: number): Uint8Array<ArrayBuffer> {
  // Not from Node's pool: the bytes are viewed as 16-bit samples and handed on.
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const read = readSync(descriptor, bytes, done, length - done, position + done);
    if (read === 0) return bytes.subarray(0, done);
    done += read;
  }
  return bytes;
}
