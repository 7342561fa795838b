import { createWriteStream } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import yauzl from 'yauzl';

/**
 * Unpacks files of a zip, with their modes. Links are not followed nor made.
 *
 * @param {string} zip
 * @param {string} folder
 * @param {(name: string) => string | null} place where an entry goes, relative to `folder`; null leaves it out
 */
export async function unzip(zip, folder, place) {
  const open = /** @type {(path: string, options: object) => Promise<import('yauzl').ZipFile>} */ (
    promisify(yauzl.open)
  );
  const archive = await open(zip, { lazyEntries: true, autoClose: true });
  /** @type {(entry: import('yauzl').Entry) => Promise<import('node:stream').Readable>} */
  const contents = promisify(archive.openReadStream.bind(archive));
  await new Promise((resolve, reject) => {
    archive.on('error', reject);
    archive.on('end', () => resolve(undefined));
    archive.on('entry', (/** @type {import('yauzl').Entry} */ entry) => {
      const name = entry.fileName.endsWith('/') ? null : place(entry.fileName);
      if (name === null) return archive.readEntry();
      extract(entry, name).then(() => archive.readEntry(), reject);
    });
    archive.readEntry();
  });

  /**
   * @param {import('yauzl').Entry} entry
   * @param {string} name
   */
  async function extract(entry, name) {
    const file = join(folder, normalize(name));
    if (!file.startsWith(folder + sep)) throw new Error(`${name} would leave ${folder}`);
    await mkdir(dirname(file), { recursive: true });
    await pipeline(await contents(entry), createWriteStream(file));
    await chmod(file, (entry.externalFileAttributes >>> 16) & 0o777 || 0o644);
  }
}
