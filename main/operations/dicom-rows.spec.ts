/**
 * What scanners, archives and people do to a series, one test for each: the volumes must be those that pydicom and
 * nibabel find (make-rows.py), and what is wrong must be said.
 */
import { createHash } from 'node:crypto';
import { createWriteStream, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import yauzl from 'yauzl';
import { quietContext } from '#main/jobs/context';
import { temporaryProject } from '#main/store/testing/temporary-project';
import type { Samples } from '#src/imaging/volume';
import type { Scan } from '#src/registry/records';
import { importPaths, type ImportRequest } from './import';

interface ExpectedVolume {
  readonly shape: readonly number[];
  readonly affineLps: readonly number[];
  readonly sliceSums: readonly number[];
  readonly sha256: string;
}
const FIXTURES = 'main/dicom/fixtures';
const expected = JSON.parse(readFileSync(join(FIXTURES, 'expected-rows.json'), 'utf8')) as Record<
  string,
  readonly ExpectedVolume[]
>;
/** Reading in this thread: a worker would have to be built first. */
const HERE = { workerFile: null };
const CUT_OFF = /^It is cut off: \d+ of \d+ bytes of its pixels are there\./u;

let rows: string;
beforeAll(async () => {
  rows = await mkdtemp(join(tmpdir(), 'heldout-rows-'));
  const archive = await yauzl.openPromise(join(FIXTURES, 'rows.zip'));
  for await (const entry of archive.eachEntry()) {
    const target = join(rows, entry.fileName);
    await mkdir(dirname(target), { recursive: true });
    await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(target));
  }
});
afterAll(() => rm(rows, { recursive: true, force: true }));

let place: Awaited<ReturnType<typeof temporaryProject>>;
beforeEach(async () => {
  place = await temporaryProject();
});
afterEach(async () => {
  await place.project.close();
  await place.remove();
});

/** Imports one folder of the archive and says which scans that added. */
async function importRow(folder: string, rest: Omit<ImportRequest, 'paths'> = {}) {
  const { project } = place;
  const before = new Set(project.registry.scans().map(({ id }) => id));
  const report = await importPaths(project, { ...rest, paths: [join(rows, folder)] }, quietContext(), HERE);
  const scans = project.registry.scans().filter(({ id }) => !before.has(id));
  expect(report.scans).toBe(scans.length);
  return { report, scans };
}

/** The same with nothing left out, nothing to say and no question. */
async function importCleanly(folder: string): Promise<Scan[]> {
  const { report, scans } = await importRow(folder);
  expect(report).toMatchObject({ leftOut: [], questions: [], warnings: [] });
  expect(scans.flatMap(({ warnings }) => warnings)).toEqual([]);
  return scans;
}

/** Compares stored scans with what the other programs find: grid, every voxel, and sums to see where they differ. */
async function expectVolumes(scans: readonly Scan[], volumes: readonly ExpectedVolume[] | undefined) {
  expect(scans).toHaveLength(volumes?.length ?? NaN);
  for (const [n, values] of (volumes ?? []).entries()) {
    const scan = scans[n];
    if (scan === undefined) throw new Error(`no scan ${n}`);
    const { samples, geometry } = await place.project.voxels.get(scan.voxels);
    expect(geometry).toEqual(scan.geometry);
    expect(geometry.dims).toEqual(values.shape);
    geometry.affine.forEach((value, at) => {
      expect(value).toBeCloseTo(values.affineLps[at] ?? NaN, 4);
    });
    expect(sliceSums(samples, values.shape)).toEqual(values.sliceSums);
    expect(
      createHash('sha256')
        .update(new Uint8Array(Float64Array.from(samples).buffer))
        .digest('hex'),
    ).toBe(values.sha256);
  }
}

function sliceSums(samples: Samples, [nx = 0, ny = 0, nz = 0]: readonly number[]): number[] {
  return Array.from({ length: nz }, (_, k) =>
    Float64Array.from(samples.subarray(k * nx * ny, (k + 1) * nx * ny)).reduce(
      (sum, value) => sum + value,
      0,
    ),
  );
}

/** The identities that lie sealed with the project's patients. */
function identities(): unknown[] {
  const { database, seal } = place.project.registry;
  return database
    .all('select sealed from patients order by id', [])
    .map((row) => seal.open(new Uint8Array(row['sealed'] as ArrayBuffer)));
}

it('no preamble, wrong or no extension, DICOMDIR, junk files, nested folders, zip', async () => {
  const { report, scans } = await importRow('lying-about');
  await expectVolumes(scans, expected['lying-about']);
  expect(report.files).toBe(6);
  expect(report.leftOut.map(({ path, image }) => [path, image])).toEqual([
    ['DICOMDIR', false],
    ['letter.txt', false],
    ['picture', false],
    ['Thumbs.db', false],
  ]);
  expect(new Set(report.leftOut.map(({ reason }) => reason))).toEqual(new Set(['Not an image.']));
  expect(scans.flatMap(({ warnings }) => warnings)).toEqual([]);
});

it('Philips private scaling', async () => {
  const { scans } = await importRow('philips');
  await expectVolumes(scans, expected['philips']);
  expect(scans.map(({ warnings }) => warnings)).toEqual([
    [
      'Philips scaling: the values are the displayed ones (rescale slope 1.5); the private scale slope (2005,100E) ' +
        '0.0117188 is not applied.',
    ],
  ]);
});

it('per-slice rescale slope differs', async () => {
  const scans = await importCleanly('slope-per-slice');
  await expectVolumes(scans, expected['slope-per-slice']);
  expect(scans[0]?.sampleType).toBe('float32');
});

it('12-bit signed stored in 16; bits above BitsStored set', async () => {
  const signed = await importCleanly('twelve-bit-signed');
  await expectVolumes(signed, expected['twelve-bit-signed']);
  expect(signed[0]?.sampleType).toBe('int16');
  await expectVolumes(await importCleanly('bits-above'), expected['bits-above']);
});

it('MONOCHROME1', async () => {
  const scans = await importCleanly('monochrome-1');
  await expectVolumes(scans, expected['monochrome-1']);
  expect(scans.map(({ invertDisplay }) => invertDisplay)).toEqual([true]);
});

it('instance numbers all 1, missing, or in disorder', async () => {
  for (const folder of ['numbers-same', 'numbers-missing', 'numbers-disorder'])
    await expectVolumes(await importCleanly(folder), expected[folder]);
});

it('missing slice', async () => {
  const { report, scans } = await importRow('missing-slice');
  await expectVolumes(scans, expected['missing-slice']);
  expect(scans.map(({ warnings }) => warnings)).toEqual([
    ['Slice 3 of 6 is missing: the gap is kept and filled with the lowest value.'],
  ]);
  expect(report.volumes[0]?.warnings).toEqual(scans[0]?.warnings);
  const unequal = await importRow('unequal-steps');
  await expectVolumes(unequal.scans, expected['unequal-steps']);
  expect(unequal.scans.map(({ warnings }) => warnings)).toEqual([
    [
      'The slices are not equally spaced (8.00 to 12.50 mm): distances and volumes across the slices are approximate.',
    ],
  ]);
});

it('same SOPInstanceUID twice', async () => {
  const same = await importRow('uid-twice-same');
  await expectVolumes(same.scans, expected['uid-twice-same']);
  expect(same.report.warnings).toEqual(['1 file is a copy of others and taken once.']);
  const different = await importRow('uid-twice-different');
  await expectVolumes(different.scans, expected['uid-twice-different']);
  expect(different.report.warnings).toEqual([
    '2 files share their UID with a different image; all are kept.',
  ]);
  for (const { report } of [same, different]) expect(report.leftOut).toEqual([]);
});

it('two complete sets of positions in one series', async () => {
  const echoes = await importCleanly('two-echoes');
  await expectVolumes(echoes, expected['two-echoes']);
  expect(echoes.map(({ seriesDescription, phase }) => [seriesDescription, phase])).toEqual([
    ['echo 1', null],
    ['echo 2', null],
  ]);
  const { scans, report } = await importRow('two-sets');
  await expectVolumes(scans, expected['two-sets']);
  expect(report).toMatchObject({ leftOut: [], questions: [] });
  expect(scans.map(({ seriesDescription, phase }) => [seriesDescription, phase])).toEqual([
    ['set 1', null],
    ['set 2', null],
  ]);
  for (const { warnings } of scans) expect(warnings.join(' ')).toContain('no tag tells them apart');
});

it('localizers, mixed orientation, matrix or spacing in one series', async () => {
  const scans = await importCleanly('mixed');
  await expectVolumes(scans, expected['mixed']);
  expect(scans.map(({ view }) => view)).toEqual(['axial', 'sagittal', 'coronal', 'axial', 'axial']);
});

it('cine, 12 positions x 20 phases, trigger times that differ by slice', async () => {
  const { report, scans } = await importRow('cine');
  await expectVolumes(scans, expected['cine']);
  expect(report).toMatchObject({ files: 239, leftOut: [], questions: [], warnings: [] });
  expect(scans.map(({ phase }) => phase)).toEqual(Array.from({ length: 20 }, (_, phase) => phase));
  expect(new Set(scans.map(({ view }) => view))).toEqual(new Set(['short axis']));
  expect(scans.map(({ warnings }) => warnings)).toEqual(
    scans.map((_, phase) =>
      phase === 11 ? ['Slice 8 of 12 is missing: the gap is kept and filled with the lowest value.'] : [],
    ),
  );
});

it('one series per slice (some exports)', async () => {
  const { report, scans } = await importRow('series-per-slice');
  expect(scans).toEqual([]);
  expect(report.questions.map(({ kind }) => kind)).toEqual(['one-series-per-slice']);
  expect(report.leftOut).toHaveLength(5);
});

it('sheared / tilted gantry', async () => {
  const { report, scans } = await importRow('tilted');
  expect(scans).toEqual([]);
  expect(report.leftOut.map(({ path, image }) => [path, image])).toEqual(
    [0, 1, 2, 3, 4].map((n) => [`${n}.dcm`, true]),
  );
  for (const { reason } of report.leftOut)
    expect(reason).toMatch(/^The slices are shifted sideways by up to 5\.4 mm \(a tilted gantry/u);
});

it('truncated last file', async () => {
  const { report, scans } = await importRow('truncated');
  await expectVolumes(scans, expected['truncated']);
  expect(report.leftOut.map(({ path, image }) => [path, image])).toEqual([['4.dcm', true]]);
  expect(report.leftOut[0]?.reason).toMatch(CUT_OFF);
});

it('two PatientIDs in one series', async () => {
  const { report, scans } = await importRow('two-patients');
  expect(scans).toEqual([]);
  expect(report.questions.map(({ kind }) => kind)).toEqual(['two-patients']);
  expect(report.leftOut).toHaveLength(4);
  expect(JSON.stringify(report)).not.toMatch(/ALPHA-1|BETA-2/u);
  const answered = await importRow('two-patients', { patientFrom: /^(?<patient>[^/]+)/u });
  expect(answered.report).toMatchObject({ patients: 2, leftOut: [], questions: [] });
  await expectVolumes(answered.scans, expected['two-patients']);
});

it('no pixel spacing', async () => {
  const { scans } = await importRow('no-spacing');
  await expectVolumes(scans, expected['no-spacing']);
  expect(scans[0]?.geometry.calibrated).toBe(false);
  expect(scans[0]?.warnings).toEqual(['No pixel spacing: millimetres and millilitres are not shown.']);
});

it('invalid UIDs (leading zeros), empty or 00000000 dates, charsets', async () => {
  for (const folder of ['dates/zeros', 'dates/empty'])
    await expectVolumes(await importCleanly(folder), expected[folder]);
  expect(identities()).toEqual([
    { patientId: 'DATE-zeros', name: 'Row^Test', birthDate: '00000000' },
    { patientId: 'DATE-empty', name: 'Row^Test' },
  ]);
  const texts: Record<string, string> = {
    'text/utf-8': 'Kurzachse Übersicht 心臓',
    'text/kanji': '心臓 撮影',
    'text/latin-1': 'Kurzachse Übersicht',
    'text/none': 'short axis',
  };
  for (const [folder, description] of Object.entries(texts)) {
    const scans = await importCleanly(folder);
    await expectVolumes(scans, expected[folder]);
    expect(scans[0]?.seriesDescription).toBe(description);
  }
  expect(identities().slice(2)).toEqual([
    { patientId: 'TEXT-utf-8', name: 'Müller^Jörg' },
    { patientId: 'TEXT-kanji', name: 'Yamada^Tarou=山田^太郎' },
    { patientId: 'TEXT-latin-1', name: 'Núñez^Zoë' },
    { patientId: 'TEXT-none', name: 'Plain^Ascii' },
  ]);
});

it('NIfTI .nii, .nii.gz, sform/qform, 4-D, any axis order, scl_slope', async () => {
  const scans = await importCleanly('nifti');
  const volumes = Object.entries(expected).flatMap(([path, each]) => (path.startsWith('nifti/') ? each : []));
  await expectVolumes(scans, volumes);
  expect(scans.map(({ phase }) => phase)).toEqual([null, null, null, 0, 1, null, null]);
});

it('Implicit/Explicit LE, Big Endian, deflated, RLE, JPEG (8/12 bit, lossless), JPEG-LS, JPEG 2000, HTJ2K', async () => {
  // Each file is an image of a series of its own; transfer-syntaxes.spec.ts compares the pixels of every one with pydicom.
  const files = (await readdir(join(FIXTURES, 'codecs'))).filter((name) => name.endsWith('.dcm'));
  const patientFrom = /(?<patient>.*)[.]dcm$/u;
  const report = await importPaths(
    place.project,
    { paths: [join(FIXTURES, 'codecs')], patientFrom },
    quietContext(),
    HERE,
  );
  const images = report.leftOut.filter(({ image }) => image);
  expect(images).toEqual([]);
  expect(report.files).toBe(files.length);
  expect(report.scans).toBeGreaterThan(10);
});

it('enhanced multi-frame MR, Siemens mosaic, 4-D series in one file', async () => {
  const shapes = async (name: string) => {
    const before = new Set(place.project.registry.scans().map(({ id }) => id));
    await importPaths(
      place.project,
      { paths: [join(FIXTURES, 'frames', `${name}.dcm`)] },
      quietContext(),
      HERE,
    );
    const scans = place.project.registry.scans().filter(({ id }) => !before.has(id));
    return scans.map(({ geometry, phase }) => [...geometry.dims, phase]);
  };
  // As many slices as make-frames.py wrote.
  expect(await shapes('enhanced-mr')).toEqual([[8, 6, 3, null]]);
  expect(await shapes('mosaic-axial')).toEqual([[8, 6, 5, null]]);
  expect(await shapes('enhanced-cine')).toEqual([
    [8, 6, 3, 0],
    [8, 6, 3, 1],
  ]);
});
