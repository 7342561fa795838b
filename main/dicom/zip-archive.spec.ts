/** Zip archives: read in place like folders, and never trusted. */
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LeftOut } from '#src/contracts/documents/import';
import { quietContext } from '#main/jobs/context';
import { eachVolume, type LoadedVolume } from './load-volumes';

const FIXTURES = 'main/dicom/fixtures';
const DIRECTORY_RECORD = Buffer.from('PK\x01\x02', 'latin1');
const DIRECTORY_END = Buffer.from('PK\x05\x06', 'latin1');
/** Within a directory record: flags, CRC, the two sizes and the place of the entry. */
const AT = { flags: 8, crc32: 16, packed: 20, unpacked: 24, offset: 42 };
const LOCAL_HEADER = 30 + 'deep/image.dcm'.length;

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'heldout-zip-'));
  folder = join(root, 'a/b/c');
  await mkdir(folder, { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function load(path: string): Promise<{ volumes: LoadedVolume[]; leftOut: LeftOut[] }> {
  const volumes: LoadedVolume[] = [];
  const leftOut: LeftOut[] = [];
  for await (const item of eachVolume([path], quietContext()))
    if ('volume' in item) volumes.push(item.volume);
    else leftOut.push(item.leftOut);
  for (const { reason } of leftOut) {
    expect(reason).toMatch(/^\S.*\.$/u);
    expect(reason).not.toMatch(/FIXTURE|Fixture|heldout-zip/u);
  }
  return { volumes, leftOut };
}

const fixture = (name: string) => readFileSync(join(FIXTURES, name));

/** Puts an archive, changed, into the folder and reads the folder. */
async function loadChanged(name: string, change: (bytes: Buffer, record: number) => Uint8Array | undefined) {
  const bytes = fixture(name);
  await writeFile(join(folder, 'images.zip'), change(bytes, bytes.indexOf(DIRECTORY_RECORD)) ?? bytes);
  return load(folder);
}

describe('a zip archive', () => {
  it('is read in place, stored or deflated, with the same result as its file', async () => {
    const [plain] = (await load(join(FIXTURES, 'explicit.dcm'))).volumes;
    const { volumes, leftOut } = await load(join(FIXTURES, 'zip-stored.zip'));
    expect(leftOut).toEqual([]);
    expect(volumes).toEqual([{ ...plain, sourcePath: 'deep/image.dcm' }]);
    const inFolder = await loadChanged('zip-stored.zip', (bytes) => bytes);
    expect(inFolder.volumes).toEqual([{ ...plain, sourcePath: 'images.zip/deep/image.dcm' }]);
  });

  it.each(['zip-slip.zip', 'zip-absolute.zip', 'zip-backslash.zip'])(
    'that names files outside itself is refused, and nothing is written: %s',
    async (name) => {
      await writeFile(join(folder, 'images.zip'), fixture(name));
      await writeFile(join(folder, 'good.dcm'), fixture('explicit.dcm'));
      const { volumes, leftOut } = await load(folder);
      expect(volumes.map(({ sourcePath }) => sourcePath)).toEqual(['good.dcm']);
      expect(leftOut).toEqual([
        {
          path: 'images.zip',
          reason: 'images.zip was not opened: it names files outside itself (absolute paths or "..").',
          image: true,
        },
      ]);
      const files = (await readdir(root, { recursive: true })).filter((file) => /\.(dcm|zip)$/u.test(file));
      expect(files.sort()).toEqual(['a/b/c/good.dcm', 'a/b/c/images.zip']);
    },
  );

  it.each<[what: string, change: (bytes: Buffer) => Uint8Array]>([
    ['is empty', () => new Uint8Array()],
    ['is a text', () => Buffer.from('Dear colleague')],
    ['is cut off', (bytes) => bytes.subarray(0, -40)],
    ['is cut off in its first file', (bytes) => bytes.subarray(0, 500)],
    ['has lost its beginning', (bytes) => bytes.subarray(300)],
    ['has a damaged directory', (bytes) => bytes.fill(0, bytes.indexOf(DIRECTORY_RECORD), bytes.length - 22)],
    ['has zeros for its end', (bytes) => bytes.fill(0, bytes.indexOf(DIRECTORY_END))],
  ])('that %s is left out with a sentence', async (_, change) => {
    const { volumes, leftOut } = await loadChanged('zip-stored.zip', (bytes) => change(bytes));
    expect(volumes).toEqual([]);
    expect(leftOut).toHaveLength(1);
    expect(leftOut[0]?.path).toMatch(/^images\.zip/u);
    expect(leftOut[0]?.reason).toMatch(/zip/u);
  });

  it('that is given by itself is named when it is damaged', async () => {
    const path = join(folder, 'images.zip');
    await writeFile(path, 'Dear colleague');
    expect((await load(path)).leftOut).toEqual([
      {
        path: 'images.zip',
        reason: 'images.zip was not opened: it is no readable zip archive; copy it again from its source.',
        image: true,
      },
    ]);
  });

  it('with a password is refused with a sentence', async () => {
    const { leftOut } = await loadChanged('zip-two.zip', (bytes, record) => {
      bytes.writeUInt16LE(1, record + AT.flags);
      return bytes;
    });
    expect(leftOut.map(({ path, reason }) => [path, reason])).toEqual([
      ['images.zip', 'images.zip was not opened: it is protected with a password; unpack it first.'],
    ]);
  });

  it('made to fill the disk is refused with a sentence', async () => {
    const { leftOut } = await loadChanged('zip-stored.zip', (bytes, record) => {
      bytes.writeUInt16LE(8, record + 10);
      bytes.writeUInt32LE(0xfffffff0, record + AT.unpacked);
      return bytes;
    });
    expect(leftOut.map(({ path }) => path)).toEqual(['images.zip']);
    expect(leftOut[0]?.reason).toContain('more than 200 times its size');
  });

  it('whose files overlap is refused with a sentence', async () => {
    const { leftOut } = await loadChanged('zip-two.zip', (bytes, record) => {
      bytes.writeUInt32LE(bytes.length - 100, record + AT.packed);
      return bytes;
    });
    expect(leftOut.map(({ path }) => path)).toEqual(['images.zip']);
    expect(leftOut[0]?.reason).toContain('its files overlap');
  });
});

describe('a file inside a zip archive', () => {
  const path = 'images.zip/deep/image.dcm';

  it('that is packed in a way that is not read is named', async () => {
    const { volumes, leftOut } = await loadChanged('zip-bzip2.zip', (bytes) => bytes);
    expect(volumes).toEqual([]);
    expect(leftOut).toEqual([
      { path, reason: `${path} is packed in a way that is not read (zip method 12).`, image: true },
    ]);
  });

  it.each<[what: string, change: (bytes: Buffer, record: number) => void]>([
    ['whose pixels have changed', (bytes, record) => bytes.fill(7, record - 20, record - 10)],
    ['whose header has changed', (bytes) => bytes.fill(7, LOCAL_HEADER + 400, LOCAL_HEADER + 410)],
    ['whose checksum is another', (bytes, record) => bytes.writeUInt32LE(4711, record + AT.crc32)],
    ['that is not where the directory says', (bytes, record) => bytes.writeUInt32LE(9, record + AT.offset)],
  ])('%s is left out: its checksum says so', async (_, change) => {
    const { volumes, leftOut } = await loadChanged('zip-stored.zip', (bytes, record) => {
      change(bytes, record);
      return bytes;
    });
    expect(volumes).toEqual([]);
    expect(leftOut).toEqual([
      {
        path,
        reason: `${path} is damaged inside its zip archive: unpack the archive and try its files.`,
        image: true,
      },
    ]);
  });

  it.each([
    ['less', 1000],
    ['more', -1000],
  ])('that unpacks to %s than the directory says is left out', async (_, difference) => {
    const { volumes, leftOut } = await loadChanged('zip-two.zip', (bytes, record) => {
      bytes.writeUInt32LE(bytes.readUInt32LE(record + AT.unpacked) + difference, record + AT.unpacked);
      return bytes;
    });
    expect(volumes.map(({ sourcePath }) => sourcePath)).toEqual(['images.zip/deep/second.dcm']);
    expect(leftOut.map((entry) => entry.path)).toEqual(['images.zip/deep/first.dcm']);
    expect(leftOut[0]?.reason).toContain('is damaged inside its zip archive');
  });
});
