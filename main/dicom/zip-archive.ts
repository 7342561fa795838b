import { stat } from 'node:fs/promises';
import yauzl from 'yauzl';
import type { LeftOut } from '#src/contracts/documents/import';
import { HeldoutError } from '#src/contracts/failure';
import type { SourceFile } from './source-file';

/** Bounds that real archives of images keep and zip bombs break. */
const MAXIMUM_ENTRIES = 2_000_000;
const MAXIMUM_ENTRY_BYTES = 2 ** 32;
const MAXIMUM_RATIO = 200;
const RATIO_MATTERS_FROM = 2 ** 30;
const ENCRYPTED_FLAG = 1;

/**
 * Lists the files of a zip archive by its directory; nothing is unpacked.
 *
 * @param path shown before each entry's own path; empty for an archive that the person named
 * @param root name of what the person gave
 * @throws HeldoutError `input` for an archive that is damaged, encrypted, names files outside itself, or unpacks to far
 *   more than it holds
 */
export async function listZip(
  file: string,
  path: string,
  root: string,
): Promise<{ sources: SourceFile[]; leftOut: LeftOut[] }> {
  const name = path === '' ? (file.split(/[\\/]/u).at(-1) ?? file) : path;
  const refuse = (why: string) => new HeldoutError('input', `${name} was not opened: ${why}`);
  const { size: archiveSize, mtimeMs } = await stat(file);
  const sources: SourceFile[] = [];
  const leftOut: LeftOut[] = [];
  let packed = 0;
  let unpacked = 0;
  let archive: yauzl.ZipFile;
  try {
    archive = await openZip(file);
  } catch {
    throw refuse('it is no readable zip archive; copy it again from its source.');
  }
  try {
    if (archive.entryCount > MAXIMUM_ENTRIES) throw refuse(`it lists more than ${MAXIMUM_ENTRIES} files.`);
    for await (const entry of entriesOf(archive, (message) => refuseEntry(message, refuse))) {
      if (entry.fileName.endsWith('/')) continue;
      if ((entry.generalPurposeBitFlag & ENCRYPTED_FLAG) !== 0)
        throw refuse('it is protected with a password; unpack it first.');
      packed += entry.compressedSize;
      unpacked += entry.uncompressedSize;
      if (packed > archiveSize) throw refuse('its files overlap, as in an archive made to fill the disk.');
      if (unpacked > RATIO_MATTERS_FROM && unpacked > MAXIMUM_RATIO * archiveSize)
        throw refuse(
          'it would unpack to more than 200 times its size, as in an archive made to fill the disk.',
        );
      const inside = path === '' ? entry.fileName : `${path}/${entry.fileName}`;
      if (entry.uncompressedSize > MAXIMUM_ENTRY_BYTES) {
        leftOut.push({
          path: inside,
          reason: 'It is larger than 4 GB inside a zip archive: unpack it first.',
          image: true,
        });
        continue;
      }
      sources.push({
        path: inside,
        root,
        file,
        size: entry.uncompressedSize,
        modified: mtimeMs,
        entry: {
          headerOffset: entry.relativeOffsetOfLocalHeader,
          compressedSize: entry.compressedSize,
          size: entry.uncompressedSize,
          method: entry.compressionMethod,
          crc32: entry.crc32,
        },
        isGzip: false,
      });
    }
  } finally {
    archive.close();
  }
  return { sources, leftOut };
}

function refuseEntry(message: string, refuse: (why: string) => HeldoutError): HeldoutError {
  return /relative path|absolute path|invalid characters/iu.test(message)
    ? refuse('it names files outside itself (absolute paths or "..").')
    : refuse('its directory is damaged; copy it again from its source.');
}

function openZip(file: string): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(file, { lazyEntries: true, autoClose: false }, (error, archive) => {
      if (error === null) resolve(archive);
      else reject(error);
    });
  });
}

async function* entriesOf(
  archive: yauzl.ZipFile,
  explain: (message: string) => Error,
): AsyncGenerator<yauzl.Entry, void> {
  let settle: { resolve: (entry: yauzl.Entry | null) => void; reject: (error: Error) => void } | null = null;
  archive.on('entry', (entry: yauzl.Entry) => settle?.resolve(entry));
  archive.on('end', () => settle?.resolve(null));
  archive.on('error', (error: Error) => settle?.reject(explain(error.message)));
  for (;;) {
    const entry = await new Promise<yauzl.Entry | null>((resolve, reject) => {
      settle = { resolve, reject };
      archive.readEntry();
    });
    if (entry === null) return;
    yield entry;
  }
}
