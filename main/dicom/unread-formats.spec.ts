/** Files that may hold images and are not read: each is named with what to do. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quietContext } from '#main/jobs/context';
import { eachVolume } from './load-volumes';
import { unreadFormat } from './unread-formats';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heldout-unread-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a file that is not read', () => {
  const tar = Buffer.alloc(1024);
  tar.write('ustar', 257, 'latin1');
  it.each<[string, Buffer, string]>([
    ['export.tar', tar, 'A tar archive is not opened: unpack it first.'],
    ['export.tar.gz', gzipSync(tar), 'A tar archive is not opened: unpack it first.'],
    ['export.7z', Buffer.from('377abcaf271c0004', 'hex'), 'A 7z archive is not opened: unpack it first.'],
    ['export.rar', Buffer.from('526172211a070100', 'hex'), 'A rar archive is not opened: unpack it first.'],
    ['1.dcm.bz2', Buffer.from('425a683931415926', 'hex'), 'A bzip2 archive is not opened: unpack it first.'],
    [
      'scan.nrrd',
      Buffer.from('NRRD0004\n# Complete NRRD file format'),
      'It is an image in the format NRRD, which is not read: convert it to NIfTI.',
    ],
    [
      'scan.mha',
      Buffer.from('ObjectType = Image\nNDims = 3'),
      'It is an image in the format MetaImage, which is not read: convert it to NIfTI.',
    ],
    [
      'scan.PAR',
      Buffer.from('# === DATA DESCRIPTION FILE ======'),
      'It is an image in the format Philips PAR/REC, which is not read: convert it to NIfTI.',
    ],
  ])('is named with what to do, and the others are read: %s', async (name, bytes, reason) => {
    await writeFile(join(folder, name), bytes);
    await cp('main/dicom/fixtures/stack', folder, { recursive: true });
    const items = [];
    for await (const item of eachVolume([folder], quietContext())) items.push(item);
    expect(items.filter((item) => 'volume' in item)).toHaveLength(1);
    expect(items.flatMap((item) => ('leftOut' in item ? [item.leftOut] : []))).toEqual([
      { path: name, reason, image: true },
    ]);
  });

  it('is known by its first bytes', () => {
    expect(unreadFormat(Buffer.from('PK\x03\x04rest', 'latin1'))).toMatch(/^A zip archive/u);
    expect(unreadFormat(Buffer.from('MATRIX72v'))).toMatch(/ECAT/u);
    expect(unreadFormat(Buffer.from('plain text'))).toBeNull();
  });
});
