import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { HeldoutError } from '#src/contracts/failure';
import { unpackedGzip } from './gzip-file';
import { inflateEntry, type ZipEntry } from './zip-entry';

/** A file to be read, on disk or inside a zip archive. Plain data: it crosses to the workers. */
export interface SourceFile {
  /** Relative to the path that the person gave, with `/`; what reports show. */
  readonly path: string;
  /** Name of the folder or archive that the person gave (for a file: of the folder it lies in). */
  readonly root: string;
  /** Absolute path of the file, or of the archive that holds it. */
  readonly file: string;
  /** Bytes, unpacked; 0 for a file that was listed and not opened yet. */
  readonly size: number;
  /** Milliseconds since 1970, of the file or its archive; 0 for a file that was listed and not opened yet. */
  readonly modified: number;
  readonly entry: ZipEntry | null;
  /** A DICOM file that was packed by itself (`.dcm.gz`); known once it was opened. NIfTI files unpack themselves. */
  readonly isGzip: boolean;
}

/** A file on disk that was found and not opened yet. */
export function unopenedFile(path: string, root: string, file: string): SourceFile {
  return { path, root, file, size: 0, modified: 0, entry: null, isGzip: false };
}

/** What is known of a file once it was opened. */
export type FileStamp = Pick<SourceFile, 'size' | 'modified' | 'isGzip'>;

/**
 * Reads the beginning of a source into `target`, as much as fits. Synchronous: it runs in workers.
 *
 * @returns a view of `target`, good until it is used again
 * @throws HeldoutError `input` as {@link readSource} does
 */
export function readSourceHead(
  source: SourceFile,
  target: Uint8Array<ArrayBuffer>,
): { bytes: Uint8Array<ArrayBuffer>; stamp: FileStamp } {
  if (source.entry !== null)
    return {
      bytes: readSource(source, target.length),
      stamp: { size: source.size, modified: source.modified, isGzip: false },
    };
  return withOpenFile(source.file, (descriptor) => {
    const { size, mtimeMs } = fstatSync(descriptor);
    return { bytes: readInto(target, descriptor, 0), stamp: { size, modified: mtimeMs, isGzip: false } };
  });
}

/**
 * Reads the first `limit` bytes of a source (all of it by default), unpacked. Synchronous: it runs in workers.
 *
 * @throws HeldoutError `input` when it has vanished, may not be read, or is damaged where it is packed
 */
export function readSource(source: SourceFile, limit = Infinity): Uint8Array<ArrayBuffer> {
  if (source.isGzip) return unpackedGzip(readSource({ ...source, isGzip: false }), source.path);
  return withOpenFile(source.file, (descriptor) =>
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

/** Fills `target` from `position` on in a file that is in no archive; a shorter view of it where the file ends before. */
export function readFileInto(
  { file }: Pick<SourceFile, 'file'>,
  position: number,
  target: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  return withOpenFile(file, (descriptor) => readInto(target, descriptor, position));
}

function withOpenFile<T>(file: string, read: (descriptor: number) => T): T {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(file, 'r');
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
  return readInto(new Uint8Array(length), descriptor, position);
}

/** Fills `target` from `position` on; a shorter view of it where the file ends before. */
function readInto(
  target: Uint8Array<ArrayBuffer>,
  descriptor: number,
  position: number,
): Uint8Array<ArrayBuffer> {
  let done = 0;
  while (done < target.length) {
    const read = readSync(descriptor, target, done, target.length - done, position + done);
    if (read === 0) return target.subarray(0, done);
    done += read;
  }
  return target;
}
