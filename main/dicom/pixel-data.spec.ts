/** Stored pixels: every encoding that is read gives exactly the values that pydicom gives. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LeftOut } from '#src/contracts/documents/import';
import { sampleTypeOf, type Volume } from '#src/imaging/volume';
import { quietContext } from '#main/jobs/context';
import { eachVolume, type LoadedVolume } from './load-volumes';

const FIXTURES = 'main/dicom/fixtures';
const TYPES = { i2: 'int16', u2: 'uint16', f4: 'float32' } as const;

interface Expected {
  readonly transferSyntax: string;
  readonly shape: readonly number[];
  readonly affineLps: readonly number[];
  readonly dtype: keyof typeof TYPES;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly sha256: string;
}
const expected = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as Record<
  string,
  Expected
>;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heldout-pixels-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function load(path: string): Promise<{ volumes: LoadedVolume[]; leftOut: LeftOut[] }> {
  const volumes: LoadedVolume[] = [];
  const leftOut: LeftOut[] = [];
  for await (const item of eachVolume([path], quietContext()))
    if ('volume' in item) volumes.push(item.volume);
    else leftOut.push(item.leftOut);
  return { volumes, leftOut };
}

/** The only volume of a fixture. */
async function volumeOf(name: string): Promise<Volume> {
  const { volumes, leftOut } = await load(join(FIXTURES, `${name}.dcm`));
  expect(leftOut).toEqual([]);
  expect(volumes).toHaveLength(1);
  const [loaded] = volumes;
  if (loaded === undefined) throw new Error('no volume');
  return loaded.volume;
}

function summaryOf({ samples }: Volume) {
  return {
    type: sampleTypeOf(samples),
    sum: Float64Array.from(samples).reduce((sum, value) => sum + value, 0),
    min: Math.min(...samples),
    max: Math.max(...samples),
    sha256: createHash('sha256')
      .update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength))
      .digest('hex'),
  };
}

describe('the pixels and the place of an image', () => {
  it.each(Object.entries(expected))('are those that pydicom reads: %s', async (name, values) => {
    const volume = await volumeOf(name);
    const { dtype, sum, min, max, sha256, shape, affineLps } = values;
    expect(summaryOf(volume)).toEqual({ type: TYPES[dtype], sum, min, max, sha256 });
    expect(volume.geometry.dims).toEqual(shape);
    expect(volume.geometry.calibrated).toBe(true);
    volume.geometry.affine.forEach((value, at) => {
      expect(value).toBeCloseTo(affineLps[at] ?? NaN, 5);
    });
  });

  it('are the same whatever the encoding, and negative where they are stored so', () => {
    const same = 'explicit implicit big-endian deflated rle jpeg-lossless jpeg-2000 jpeg-ls'.split(' ');
    expect(new Set(same.map((name) => expected[name]?.sha256)).size).toBe(1);
    expect(expected['explicit']?.min).toBeLessThan(0);
    expect(expected['signed-12-bit-jpeg-lossless']?.min).toBeLessThan(0);
  });

  it('are found at the top of their words where the high bit says so', async () => {
    const bytes = readFileSync(join(FIXTURES, 'signed-12-bit.dcm'));
    const start = bytes.length - 2 * 32 * 32;
    for (let at = start; at < bytes.length; at += 2)
      // Junk below the stored bits must not count.
      bytes.writeUInt16LE(((bytes.readUInt16LE(at) << 4) & 0xffff) | 0b1001, at);
    const highBit = bytes.indexOf(Buffer.from([0x28, 0x00, 0x02, 0x01]));
    bytes.writeUInt16LE(15, highBit + 8);
    await writeFile(join(folder, 'image.dcm'), bytes);
    const { volumes } = await load(folder);
    expect(volumes.map(({ volume }) => summaryOf(volume).sha256)).toEqual([
      expected['signed-12-bit']?.sha256,
    ]);
  });

  it('keep their values when small ones are bright; only the display is inverted', async () => {
    const { volumes } = await load(join(FIXTURES, 'monochrome-1.dcm'));
    expect(volumes.map(({ volume }) => summaryOf(volume).sha256)).toEqual([expected['explicit']?.sha256]);
  });
});

describe('compressed pixels that are damaged', () => {
  const names = ['rle', 'jpeg-lossless', 'jpeg-lossless-fragments', 'jpeg-2000', 'jpeg-ls', 'deflated'];

  it.each(names)('are left out with a sentence when the file ends early: %s', async (name) => {
    const bytes = readFileSync(join(FIXTURES, `${name}.dcm`));
    await writeFile(join(folder, 'image.dcm'), bytes.subarray(0, bytes.length - 120));
    const { volumes, leftOut } = await load(folder);
    expect(volumes).toEqual([]);
    expect(leftOut.map(({ path, image }) => ({ path, image }))).toEqual([{ path: 'image.dcm', image: true }]);
    expect(leftOut[0]?.reason).toMatch(/^It is (cut off|damaged).*\.$/u);
    expect(leftOut[0]?.reason).not.toMatch(/FIXTURE-ID|Fixture/u);
  });

  it.each([
    ['zeros', (data: Buffer) => data.fill(0)],
    ['a second half of zeros', (data: Buffer) => data.fill(0, data.length >> 1)],
    ['another number of segments', (data: Buffer) => data.fill(1, 0, 1)],
    ['a segment that begins beyond the end', (data: Buffer) => data.fill(0xff, 8, 10)],
    ['a segment that begins in the header', (data: Buffer) => data.fill(0, 8, 12)],
  ])('are never filled up with zeros where RLE data hold %s', async (_, damage) => {
    const bytes = readFileSync(join(FIXTURES, 'rle.dcm'));
    damage(encodedIn(bytes));
    await writeFile(join(folder, 'damaged.dcm'), bytes);
    const { volumes, leftOut } = await load(folder);
    expect(volumes).toEqual([]);
    expect(leftOut).toEqual([
      { path: 'damaged.dcm', reason: 'Its compressed pixels are damaged or cut off.', image: true },
    ]);
  });

  it.each(['jpeg-lossless', 'jpeg-2000', 'jpeg-ls'])(
    'do not spoil the images that are read after them: %s',
    async (name) => {
      const bytes = readFileSync(join(FIXTURES, `${name}.dcm`));
      encodedIn(bytes).fill(0);
      await writeFile(join(folder, 'damaged.dcm'), bytes);
      const { volumes, leftOut } = await load(folder);
      expect(volumes).toEqual([]);
      expect(leftOut).toEqual([
        { path: 'damaged.dcm', reason: 'Its compressed pixels are damaged or cut off.', image: true },
      ]);
      expect(summaryOf(await volumeOf(name)).sha256).toBe(expected[name]?.sha256);
    },
  );
});

/** The compressed bytes of a file with one fragment: a view, so that writing to it damages the file. */
function encodedIn(bytes: Buffer): Buffer {
  const item = bytes.lastIndexOf(Buffer.from([0xfe, 0xff, 0x00, 0xe0]));
  return bytes.subarray(item + 8, item + 8 + bytes.readUInt32LE(item + 4));
}
