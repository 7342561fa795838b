/** DICOM files that were packed one by one. */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quietContext } from '#main/jobs/context';
import { eachVolume, type LoadedItem } from './load-volumes';

const FIXTURES = 'main/dicom/fixtures';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heldout-gzip-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function load(path: string) {
  const items: LoadedItem[] = [];
  for await (const item of eachVolume([path], quietContext())) items.push(item);
  return {
    volumes: items.flatMap((item) => ('volume' in item ? [item.volume] : [])),
    leftOut: items.flatMap((item) => ('leftOut' in item ? [item.leftOut] : [])),
  };
}

async function pack(from: string, ending = '.gz') {
  for (const name of await readdir(from)) {
    if (!name.endsWith('.dcm')) continue;
    await writeFile(join(folder, `${name}${ending}`), gzipSync(await readFile(join(from, name))));
  }
}

describe('a gzipped DICOM file', () => {
  it.each([
    ['of a stack', join(FIXTURES, 'stack')],
    ['with a mosaic, enhanced frames or a dose grid', join(FIXTURES, 'frames')],
  ])('%s is read as if it was not packed', async (_, from) => {
    await pack(from);
    const [packed, plain] = [await load(folder), await load(from)];
    const brief = ({ volumes }: typeof packed) =>
      volumes
        .map(({ volume, description, phase, warnings }) => ({ volume, description, phase, warnings }))
        .toSorted((a, b) => JSON.stringify(a.description).localeCompare(JSON.stringify(b.description)));
    expect(plain.volumes.length).toBeGreaterThan(0);
    expect(brief(packed)).toEqual(brief(plain));
    const reasons = ({ leftOut }: typeof packed) =>
      leftOut.flatMap(({ reason, image }) => (image ? [reason] : [])).toSorted();
    expect(reasons(packed)).toEqual(reasons(plain));
  });

  it('is known by its content, whatever its name', async () => {
    await pack(join(FIXTURES, 'stack'), '');
    expect((await load(folder)).volumes).toHaveLength(1);
  });

  it('that is cut off or damaged is left out, and the others are read', async () => {
    await pack(join(FIXTURES, 'stack'));
    const whole = await readFile(join(folder, '1.dcm.gz'));
    await writeFile(join(folder, '1.dcm.gz'), whole.subarray(0, whole.length - 200));
    await writeFile(join(folder, 'junk.dcm.gz'), Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    const { volumes, leftOut } = await load(folder);
    expect(volumes).toHaveLength(1);
    expect(leftOut.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      {
        path: '1.dcm.gz',
        reason: '1.dcm.gz is cut off: its gzip data end too early. Copy it again from its source.',
        image: true,
      },
      {
        path: 'junk.dcm.gz',
        reason: 'It is damaged or incomplete: its header cannot be read. Copy it again from its source.',
        image: true,
      },
    ]);
  });

  it('that unpacks to far more than its header names is left out', async () => {
    await pack(join(FIXTURES, 'stack'));
    const bomb = Buffer.concat([await readFile(join(FIXTURES, 'stack/1.dcm')), Buffer.alloc(80_000_000)]);
    await writeFile(join(folder, '1.dcm.gz'), gzipSync(bomb));
    const { volumes, leftOut } = await load(folder);
    expect(volumes).toHaveLength(1);
    expect(leftOut.map(({ reason }) => reason)).toEqual([
      '1.dcm.gz is damaged: it unpacks to more than its header says. Copy it again from its source.',
    ]);
  });

  it('of a text is not an image', async () => {
    await writeFile(join(folder, 'letter.txt.gz'), gzipSync('Dear colleague'));
    expect((await load(folder)).leftOut).toEqual([
      { path: 'letter.txt.gz', reason: 'Not an image.', image: false },
    ]);
  });
});
