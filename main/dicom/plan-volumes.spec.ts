/** The shipped sample, read as an operation reads it, against pydicom; and series that are not as they should be. */
import { createHash } from 'node:crypto';
import { createWriteStream, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import yauzl from 'yauzl';
import type { LeftOut } from '#src/contracts/documents/import';
import { sameGrid } from '#src/imaging/geometry';
import { viewOf } from '#src/imaging/view';
import { sampleTypeOf, type Volume } from '#src/imaging/volume';
import { quietContext } from '#main/jobs/context';
import { sampleZip } from '#main/testing/shared-data';
import { findImages } from './find-images';
import { openImportPool } from './import-pool';
import { eachVolume, type LoadedVolume } from './load-volumes';
import type { PatientOf } from './plan-volumes';

interface ExpectedPixels {
  readonly shape: readonly number[];
  readonly affineLps: readonly number[];
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly sha256: string;
}
interface ExpectedVolume extends ExpectedPixels {
  readonly phase: number;
  /** Where the sample keeps it: end diastole or end systole. */
  readonly folder: string;
  readonly sliceSums: readonly number[];
  readonly mask: ExpectedPixels;
}
const FIXTURES = 'main/dicom/fixtures';
/** In the order of the patients' folders, then in time. */
const expected = Object.values(
  JSON.parse(readFileSync(join(FIXTURES, 'sample.json'), 'utf8')) as Record<string, ExpectedVolume>,
);

const context = quietContext();
const byHeader: PatientOf = ({ image }) => ({ key: image.context.patient.id, isChosen: false });

/** The sample, unpacked once by another program than Heldout's own. */
let sample: string;
let patients: string[];
let folder: string;
beforeAll(async () => {
  sample = await mkdtemp(join(tmpdir(), 'heldout-sample-'));
  const archive = await yauzl.openPromise(sampleZip());
  for await (const entry of archive.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue;
    const target = join(sample, entry.fileName);
    await mkdir(dirname(target), { recursive: true });
    await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(target));
  }
  patients = (await readdir(join(sample, 'dicom'))).sort();
});
afterAll(() => rm(sample, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heldout-plan-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function load(...paths: string[]): Promise<{ volumes: LoadedVolume[]; leftOut: LeftOut[] }> {
  const volumes: LoadedVolume[] = [];
  const leftOut: LeftOut[] = [];
  for await (const item of eachVolume(paths, context))
    if ('volume' in item) volumes.push(item.volume);
    else leftOut.push(item.leftOut);
  return { volumes, leftOut };
}

/** What the headers of some files add up to. */
async function plan(patientOf: PatientOf, ...paths: string[]) {
  const pool = openImportPool({ workerFile: null });
  return (await findImages(paths, patientOf, pool, context)).dicom;
}

/** One patient's files below the test's folder; of `phase` only, when it is named. */
async function copied(patient: number, phase = ''): Promise<string[]> {
  await cp(join(sample, 'dicom', patients[patient] ?? '', phase), folder, { recursive: true });
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.dcm')).sort();
  return files.map((file) => join(folder, file));
}

const hashOf = ({ samples }: Volume) =>
  createHash('sha256')
    .update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength))
    .digest('hex');

function sliceSums({ samples, geometry }: Volume): number[] {
  const count = geometry.dims[0] * geometry.dims[1];
  return Array.from({ length: geometry.dims[2] }, (_, k) =>
    Float64Array.from(samples.subarray(k * count, (k + 1) * count)).reduce((sum, value) => sum + value, 0),
  );
}

function expectAffine(volume: Volume, affineLps: readonly number[], digits: number): void {
  volume.geometry.affine.forEach((value, at) => {
    expect(value).toBeCloseTo(affineLps[at] ?? NaN, digits);
  });
}

describe('the shipped sample', () => {
  it('gives five patients with two phases each, told apart by trigger times that differ from slice to slice', async () => {
    const { volumes, leftOut } = await load(sampleZip());
    expect(leftOut).toEqual([]);
    const dicom = volumes.filter(({ format }) => format === 'dicom');
    expect(new Set(dicom.map(({ patientKey }) => patientKey)).size).toBe(5);
    expect(dicom.map(({ phase }) => phase)).toEqual(expected.map(({ phase }) => phase));
    expect(dicom.flatMap(({ warnings }) => warnings)).toEqual([]);
    // Both phases share a series, and each lies in the folder that the sample's maker put it in.
    expect(new Set(dicom.map(({ seriesInstanceUid }) => seriesInstanceUid)).size).toBe(5);
    expect(dicom.map(({ sourcePath }) => sourcePath.split('/').at(-1))).toEqual(
      expected.map((values) => values.folder),
    );
  });

  it('has the pixels, the order of slices and the place in the patient that pydicom gives', async () => {
    const { volumes } = await load(join(sample, 'dicom'));
    expect(volumes).toHaveLength(expected.length);
    for (const [n, values] of expected.entries()) {
      const volume = volumes[n]?.volume;
      if (volume === undefined) throw new Error(`no volume ${n}`);
      expect(volume.geometry.dims).toEqual(values.shape);
      expect(sampleTypeOf(volume.samples)).toBe('int16');
      expect(sliceSums(volume)).toEqual(values.sliceSums);
      expect(hashOf(volume)).toBe(values.sha256);
      expectAffine(volume, values.affineLps, 4);
      // Short axes lie obliquely: no entry of the affine may be a matter of chance.
      expect(viewOf(volume.geometry)).toBe('oblique');
      expect(values.affineLps.slice(0, 12).every((value) => value !== 0)).toBe(true);
    }
  });

  it('is the same from the zip as from the folder, except for the path', async () => {
    const [fromZip, fromFolder] = [await load(sampleZip()), await load(sample)];
    expect(fromFolder.leftOut).toEqual(fromZip.leftOut);
    const summary = ({ volume, ...rest }: LoadedVolume) => ({
      ...rest,
      geometry: volume.geometry,
      sha256: hashOf(volume),
    });
    expect(fromZip.volumes.map(summary)).toEqual(fromFolder.volumes.map(summary));
    expect(fromZip.volumes).toHaveLength(20);
  });

  it('has masks that nibabel reads alike, each on the grid of its own scan', async () => {
    const scans = (await load(join(sample, 'dicom'))).volumes;
    const masks = (await load(join(sample, 'masks'))).volumes;
    expect(masks).toHaveLength(expected.length);
    for (const [n, values] of expected.entries()) {
      // In the order of their names, end diastole comes before end systole.
      const mask = masks[n - (n % 2) + (values.folder === 'ED' ? 0 : 1)]?.volume;
      const scan = scans[n]?.volume;
      if (mask === undefined || scan === undefined) throw new Error(`no mask ${n}`);
      expect(mask.geometry.dims).toEqual(values.mask.shape);
      expect(hashOf({ ...mask, samples: Uint8Array.from(mask.samples) })).toBe(values.mask.sha256);
      expectAffine(mask, values.mask.affineLps, 4);
      expect(sameGrid(mask.geometry, scan.geometry, 0.01)).toBe(true);
    }
  });
});

describe('a series', () => {
  it('is sorted by position whatever its files are called', async () => {
    const files = await copied(0, 'ES');
    const names = files.map((_, n) => `${(n * 7) % files.length}`);
    await mkdir(join(folder, 'shuffled'));
    for (const [n, file] of files.entries()) {
      await cp(file, join(folder, 'shuffled', names[n] ?? ''));
      await rm(file);
    }
    const { volumes } = await load(folder);
    expect(volumes.map(({ volume }) => hashOf(volume))).toEqual([expected[0]?.sha256]);
    expect(volumes[0]?.sourcePath).toBe('shuffled');
    // With one image at each place there is no time to tell.
    expect(volumes[0]?.phase).toBeNull();
  });

  it('keeps a gap where a slice of one phase is missing, and says so', async () => {
    await copied(2);
    const es = (await readdir(join(folder, 'ES'))).sort();
    const values = expected[4];
    const positions = await plan(byHeader, join(folder, 'ES'));
    const third = positions.volumes[0]?.plan.slices[3]?.source.path ?? '';
    expect(es).toContain(third);
    await rm(join(folder, 'ES', third));
    const { volumes, leftOut } = await load(folder);
    expect(leftOut).toEqual([]);
    const [systole, diastole] = volumes;
    if (systole === undefined || diastole === undefined) throw new Error('no volumes');
    expect([systole.phase, diastole.phase]).toEqual([0, 1]);
    expect(systole.warnings).toEqual([
      'Slice 4 of 10 is missing: the gap is kept and filled with the lowest value.',
    ]);
    expect(sliceSums(systole.volume)).toEqual(values?.sliceSums.map((sum, k) => (k === 3 ? 0 : sum)));
    expectAffine(systole.volume, values?.affineLps ?? [], 4);
    expect(diastole.warnings).toEqual([]);
    expect(hashOf(diastole.volume)).toBe(expected[5]?.sha256);
  });

  it('takes copies once, wherever they lie and whatever they are called', async () => {
    const files = await copied(0);
    await mkdir(join(folder, 'again/deep'), { recursive: true });
    for (const [n, file] of files.slice(0, 5).entries())
      await cp(file, join(folder, 'again/deep', `copy ${n}`));
    const { warnings, leftOut } = await plan(byHeader, folder);
    expect(warnings).toEqual(['5 files are copies of others and taken once.']);
    expect(leftOut).toEqual([]);
    const { volumes } = await load(folder);
    expect(volumes.map(({ volume }) => hashOf(volume))).toEqual([expected[0]?.sha256, expected[1]?.sha256]);
    expect((await load(folder, folder)).volumes).toHaveLength(2);
  });

  it('takes a copy that is packed in another way once as well', async () => {
    for (const name of ['explicit', 'implicit', 'rle', 'jpeg-lossless'])
      await cp(join(FIXTURES, `${name}.dcm`), join(folder, `${name}.dcm`));
    const { volumes, warnings } = await plan(byHeader, folder);
    expect(volumes).toHaveLength(1);
    expect(warnings).toEqual(['3 files are copies of others and taken once.']);
  });

  it('loses no image when two different ones carry the same UID', async () => {
    const [first = ''] = await copied(0, 'ES');
    const bytes = await readFile(first);
    bytes.writeInt16LE(bytes.readInt16LE(bytes.length - 2) + 1, bytes.length - 2);
    await writeFile(join(folder, 'other.dcm'), bytes);
    const { volumes, warnings, leftOut } = await plan(byHeader, folder);
    expect(warnings).toEqual(['2 files share their UID with a different image; all are kept.']);
    expect(leftOut).toEqual([]);
    const kept = volumes.flatMap(({ plan: { slices } }) => slices.filter((slice) => slice !== null));
    expect(kept).toHaveLength(13);
    expect(volumes[0]?.warnings.join(' ')).toContain('no tag tells them apart');
  });

  it('takes the same bytes for another image where the header says that they mean other values', async () => {
    const [first = ''] = await copied(0, 'ES');
    const bytes = await readFile(first);
    // Pixel Representation (0028,0103): signed becomes unsigned.
    const at = bytes.indexOf(Buffer.from([0x28, 0, 3, 1, 0x55, 0x53]));
    bytes.writeUInt16LE(1 - bytes.readUInt16LE(at + 8), at + 8);
    await writeFile(join(folder, 'other.dcm'), bytes);
    const { volumes, warnings } = await plan(byHeader, folder);
    expect(warnings).toEqual(['2 files share their UID with a different image; all are kept.']);
    expect(volumes.flatMap(({ plan: { slices } }) => slices)).toHaveLength(13);
  });

  it('that names two patients is left out with a question, until somebody says whose it is', async () => {
    const files = await copied(0, 'ES');
    const [first = ''] = files;
    const bytes = await readFile(first);
    const [patient = ''] = patients;
    // The identity stands twice in the header: as name and as id, of the same length as before.
    for (let at = bytes.indexOf(patient); at >= 0; at = bytes.indexOf(patient, at + 1)) bytes.write('X', at);
    await writeFile(first, bytes);
    const { volumes, leftOut, questions } = await plan(byHeader, folder);
    expect(volumes).toEqual([]);
    expect(leftOut).toHaveLength(12);
    expect(questions.map(({ kind }) => kind)).toEqual(['two-patients']);
    expect(JSON.stringify([questions, leftOut])).not.toContain(patient.slice(1));
    const { volumes: chosen } = await plan(() => ({ key: 'the same', isChosen: true }), folder);
    expect(chosen.map(({ patientKey, plan: { slices } }) => [patientKey, slices.length])).toEqual([
      ['the same', 12],
    ]);
  });
});
