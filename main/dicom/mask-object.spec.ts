/** DICOM segmentations and structure sets hold the voxels that highdicom and scikit-image find in them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Geometry } from '#src/imaging/geometry';
import { countLabels } from '#src/masks/label-counts';
import { quietContext } from '#main/jobs/context';
import { eachVolume } from './load-volumes';
import type { MaskObject, SegmentationObject } from './mask-object';
import { placeMaskObject, type PlacedMask } from './place-mask-object';
import { readMaskObject } from './read-mask-object';
import type { SourceFile } from './source-file';

const FIXTURES = 'main/dicom/fixtures/masks';

interface Expected {
  readonly voxels: Readonly<Record<string, number>>;
  readonly overlapping: number;
  readonly sha256: string;
}
const expected = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as Record<
  string,
  Expected
>;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heldout-mask-objects-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const sourceOf = (file: string): SourceFile => ({
  path: basename(file),
  root: basename(dirname(file)),
  file,
  size: 0,
  modified: 0,
  entry: null,
  isGzip: false,
});

async function read(file: string): Promise<MaskObject> {
  const reading = await readMaskObject(sourceOf(file));
  if (reading.object === null) throw new Error(reading.reason);
  return reading.object;
}

const fixture = (name: string) => join(FIXTURES, `${name}.dcm`);

/** The grid of the series that the masks were made for. */
async function gridOf(series: string): Promise<Geometry> {
  for await (const item of eachVolume([join(FIXTURES, series)], quietContext()))
    if ('volume' in item) return item.volume.volume.geometry;
  throw new Error('no volume');
}

function summaryOf({ values, overlapping }: PlacedMask): Expected {
  return {
    voxels: countLabels(values),
    overlapping,
    sha256: createHash('sha256').update(values).digest('hex'),
  };
}

/** A copy of a fixture with one piece of text, or of bytes, exchanged. */
async function altered(name: string, from: Buffer | string, to: Buffer | string): Promise<string> {
  const bytes = await readFile(fixture(name));
  const at = bytes.indexOf(from);
  if (at < 0) throw new Error('not there');
  bytes.set(Buffer.from(to), at);
  const file = join(folder, 'altered.dcm');
  await writeFile(file, bytes);
  return file;
}

async function reasonOf(file: string): Promise<string> {
  const reading = await readMaskObject(sourceOf(file));
  return reading.object === null ? reading.reason : 'read';
}

const ON_SERIES = Object.keys(expected).filter((name) => !/phase/u.test(name));

describe('SEG, RTSTRUCT, NIfTI masks: a DICOM mask on the grid of its scan', () => {
  it.each(ON_SERIES)('holds the voxels that the oracle finds: %s', async (name) => {
    const object = await read(fixture(name));
    const placed = placeMaskObject({ object, geometry: await gridOf('series'), fit: 'exact' });
    const onGrid = placed ?? placeMaskObject({ object, geometry: await gridOf('series'), fit: 'nearest' });
    if (onGrid === null) throw new Error('does not fit');
    expect(summaryOf(onGrid)).toEqual(expected[name]);
    // Contours off the middle of their slices need the reference; planes never do.
    expect(placed === null).toBe(name === 'structures' || name === 'structures-partly');
  });

  it('names its segments, their colours and the images that they were drawn on', async () => {
    const object = (await read(fixture('binary'))) as SegmentationObject;
    expect(object.segments).toEqual([
      { number: 1, name: 'Myocardium', colour: '#ffa500' },
      { number: 2, name: 'LV cavity', colour: '#40e0d0' },
    ]);
    expect(object.planes).toHaveLength(4);
    expect(new Set(object.planes.map(({ sources }) => sources.join(' '))).size).toBe(4);
    expect(object.seriesUids).toHaveLength(1);
    expect(object.betweenSlices).toBe(3.7);
    expect(object.warnings).toEqual([]);
    const structures = await read(fixture('structures'));
    expect(structures.segments).toEqual([
      { number: 2, name: 'lv CAVITY', colour: '#00c864' },
      { number: 4, name: 'Ring', colour: '#ff8000' },
    ]);
    expect(structures.warnings.join(' ')).toMatch(/2 points and open contours/u);
  });

  it.each([
    ['fractional-probability', /probability.*\(255\)/u],
    ['fractional-occupancy-rle', /occupancy.*\(100\)/u],
  ])('says how fractions became voxels: %s', async (name, sentence) => {
    expect((await read(fixture(name))).warnings.join(' ')).toMatch(sentence);
  });

  it('segment numbers that need 16 bits are read', async () => {
    expect((await read(fixture('labelmap-16'))).segments.map(({ number }) => number)).toEqual([2, 300]);
  });

  it('frames of two phases at one place stay apart', async () => {
    const object = (await read(fixture('both-phases'))) as SegmentationObject;
    expect(object.planes).toHaveLength(6);
  });

  it('a segment that is called like the patient is numbered instead', async () => {
    const object = await read(await altered('binary', 'Myocardium', 'Scar FIX 1'));
    expect(object.segments.map(({ name }) => name)).toEqual(['Segment 1', 'LV cavity']);
  });
});

describe('SEG, RTSTRUCT, NIfTI masks: a damaged one is left out with the reason', () => {
  it.each([
    ['binary', 250, /cut off/u],
    ['binary-rle', 40, /cut off/u],
    ['labelmap-rle', 60, /cut off/u],
  ])('when the end is missing: %s', async (name, missing, reason) => {
    const bytes = await readFile(fixture(name));
    const file = join(folder, 'short.dcm');
    await writeFile(file, bytes.subarray(0, bytes.length - missing));
    expect(await reasonOf(file)).toMatch(reason);
  });

  it('when it has another type of segmentation, or a segment that nothing describes', async () => {
    expect(await reasonOf(await altered('binary', 'BINARY', 'UNSURE'))).toMatch(/"UNSURE"/u);
    // SegmentNumber (0062,0004) 2 becomes 7: the frames still name 2.
    const number = (value: number) => Buffer.from([0x62, 0, 4, 0, 0x55, 0x53, 2, 0, value, 0]);
    expect(await reasonOf(await altered('binary', number(2), number(7)))).toMatch(/segment 2, which/u);
    expect(await reasonOf(await altered('labelmap', number(2), number(7)))).toMatch(/segment 2, which/u);
  });

  it('when it says not where its frames lie', async () => {
    const plane = Buffer.from([0x20, 0, 0x13, 0x91, 0x53, 0x51]);
    const other = Buffer.from([0x21, 0, 0x13, 0x91, 0x53, 0x51]);
    expect(await reasonOf(await altered('labelmap', plane, other))).toMatch(/where its frames lie/u);
  });

  it('when a contour has a point that is no number, or there is no closed one', async () => {
    const bytes = await readFile(fixture('structures-elsewhere'));
    const text = bytes.toString('latin1');
    const open = join(folder, 'open.dcm');
    await writeFile(open, Buffer.from(text.replaceAll('CLOSED_PLANAR', 'OPEN_NOWHERE\0'), 'latin1'));
    expect(await reasonOf(open)).toMatch(/no closed contours/u);
    const [first = ''] = /-?\d+\.\d{6}\\/u.exec(text) ?? [];
    const damaged = await altered('structures-elsewhere', first, `${'x'.repeat(first.length - 1)}\\`);
    expect(await reasonOf(damaged)).toMatch(/contour of "Ring" is damaged/u);
  });

  it('when its structures lie in several frames of reference', async () => {
    const text = (await readFile(fixture('structures'))).toString('latin1');
    // The last ReferencedFrameOfReferenceUID (3006,0024).
    const last = text.lastIndexOf('\x060$\0');
    const [uid = ''] = /[\d.]{20,}/u.exec(text.slice(last)) ?? [];
    const other = `${uid.slice(0, -1)}${uid.endsWith('1') ? '2' : '1'}`;
    const file = join(folder, 'frames.dcm');
    await writeFile(file, Buffer.from(text.slice(0, last) + text.slice(last).replace(uid, other), 'latin1'));
    expect(await reasonOf(file)).toMatch(/2 frames of reference/u);
  });
});
