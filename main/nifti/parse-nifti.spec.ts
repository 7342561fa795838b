/** NIfTI in all its variants against nibabel, and what is refused. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HeldoutError } from '#src/contracts/failure';
import { voxelCount } from '#src/imaging/geometry';
import { sampleTypeOf } from '#src/imaging/volume';
import { readNifti, type NiftiImage } from './read-nifti';

const FIXTURES = 'main/nifti/fixtures';

interface Expected {
  readonly shape: readonly number[];
  readonly affineLps: readonly number[];
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
  folder = await mkdtemp(join(tmpdir(), 'heldout-parse-nifti-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fixture = (name: string) => readFile(join(FIXTURES, name));

function summaryOf({ volumes }: NiftiImage) {
  const values = Float64Array.from(volumes.flatMap(({ samples }) => [...samples]));
  return {
    sum: values.reduce((sum, value) => sum + value, 0),
    min: Math.min(...values),
    max: Math.max(...values),
    sha256: createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex'),
  };
}

function expectAffine(image: NiftiImage, affineLps: readonly number[]): void {
  for (const { geometry } of image.volumes)
    geometry.affine.forEach((value, at) => {
      expect(value).toBeCloseTo(affineLps[at] ?? NaN, 4);
    });
}

/** Writes the bytes as `name`, reads them, and gives the sentence of the refusal. */
async function refusal(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  const error: unknown = await readNifti(path).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HeldoutError)) throw new Error(`${name} was not refused`, { cause: error });
  expect(error.failure.code).toBe('input');
  expect(error.failure.sentence).not.toContain(folder);
  return error.failure.sentence;
}

describe('a NIfTI image', () => {
  it.each(Object.entries(expected))(
    'has the values and the place that nibabel gives: %s',
    async (name, values) => {
      const image = await readNifti(join(FIXTURES, name));
      const { sum, min, max, sha256, shape, affineLps } = values;
      expect(image.volumes).toHaveLength(shape[3] ?? 1);
      for (const { geometry } of image.volumes) {
        expect(geometry.dims).toEqual([shape[0], shape[1], shape[2] ?? 1]);
        expect(geometry.calibrated).toBe(true);
      }
      expect(summaryOf(image)).toEqual({ sum: expect.closeTo(sum, 6) as number, min, max, sha256 });
      expectAffine(image, affineLps);
      expect(image.twoDimensional).toBe((shape[2] ?? 1) === 1);
    },
  );

  it.each([
    ['uint8', 'uint8'],
    ['int8', 'int16'],
    ['int16', 'int16'],
    ['uint16', 'uint16'],
    ['int32', 'float32'],
    ['uint32', 'uint16'],
    ['int64', 'int16'],
    ['uint64', 'int16'],
    ['float32', 'float32'],
    ['float64', 'float32'],
    ['slope', 'float32'],
    ['whole-slope', 'int16'],
    ['no-slope', 'int16'],
  ])('keeps what is stored as %s in %s samples, the narrowest that hold it', async (name, type) => {
    const { volumes } = await readNifti(join(FIXTURES, `${name}.nii`));
    expect(volumes.map(({ samples }) => sampleTypeOf(samples))).toEqual([type]);
  });

  it('keeps real numbers as such, although all of them may be whole', async () => {
    const bytes = await fixture('float64.nii');
    await writeFile(join(folder, 'zeros.nii'), bytes.fill(0, 352));
    const { volumes } = await readNifti(join(folder, 'zeros.nii'));
    expect(volumes.map(({ samples }) => samples)).toEqual([new Float32Array(60)]);
  });

  it('is placed by its sform, whatever the qform says beside it', async () => {
    const sform = expected['int16.nii']?.affineLps ?? [];
    const qform = expected['qform-mirrored.nii']?.affineLps ?? [];
    expect(sform).not.toEqual(qform);
    for (const name of ['sform-before-qform.nii', 'sform-before-better-qform.nii'])
      expectAffine(await readNifti(join(FIXTURES, name)), sform);
    expectAffine(await readNifti(join(FIXTURES, 'qform-mirrored.nii')), qform);
  });

  it('has its first two axes turned around: RAS in the file, LPS here', async () => {
    const bytes = await fixture('int16.nii');
    [2, 0, 0, 10, 0, 3, 0, 20, 0, 0, 4, 30].forEach((value, index) =>
      bytes.writeFloatLE(value, 280 + index * 4),
    );
    await writeFile(join(folder, 'ras.nii'), bytes);
    const { volumes } = await readNifti(join(folder, 'ras.nii'));
    expect(volumes[0]?.geometry.affine).toEqual([-2, 0, 0, -10, 0, -3, 0, -20, 0, 0, 4, 30, 0, 0, 0, 1]);
  });

  it('without sform and qform has its voxel sizes alone, and is uncalibrated without those', async () => {
    const bytes = await fixture('int16.nii');
    bytes.writeInt16LE(0, 252);
    bytes.writeInt16LE(0, 254);
    await writeFile(join(folder, 'sizes.nii'), bytes);
    const [sizes] = (await readNifti(join(folder, 'sizes.nii'))).volumes;
    expect(sizes?.geometry).toEqual({
      dims: [5, 4, 3],
      affine: [-1.25, 0, 0, 0, 0, -1.5, 0, 0, 0, 0, 8, 0, 0, 0, 0, 1],
      calibrated: true,
    });
    bytes.fill(0, 80, 92);
    await writeFile(join(folder, 'none.nii'), bytes);
    const [none] = (await readNifti(join(folder, 'none.nii'))).volumes;
    expect(none?.geometry.calibrated).toBe(false);
    expect(none?.geometry.affine).toEqual([-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  });

  it('is the same gzipped or not, and whatever it is called', async () => {
    const plain = await readNifti(join(FIXTURES, 'int16.nii'));
    await writeFile(join(folder, 'no ending'), gzipSync(await fixture('int16.nii')));
    expect(await readNifti(join(folder, 'no ending'))).toEqual(plain);
    await writeFile(join(folder, 'not gzipped.nii.gz'), await fixture('int16.nii'));
    expect(await readNifti(join(folder, 'not gzipped.nii.gz'))).toEqual(plain);
  });

  it('is read although bytes follow its voxels', async () => {
    const bytes = Buffer.concat([await fixture('int16.nii'), Buffer.alloc(100, 9)]);
    await writeFile(join(folder, 'longer.nii'), bytes);
    expect(await readNifti(join(folder, 'longer.nii'))).toEqual(await readNifti(join(FIXTURES, 'int16.nii')));
  });

  it('holds its time points one by one', async () => {
    const { volumes } = await readNifti(join(FIXTURES, 'four-dimensional.nii'));
    expect(volumes.map(({ samples }) => samples.length)).toEqual([60, 60]);
    // Each is handed on by itself: none may hold on to the whole.
    expect(volumes.map(({ samples }) => samples.buffer.byteLength)).toEqual([120, 120]);
    expect(volumes[0]?.samples).not.toEqual(volumes[1]?.samples);
  });
});

describe('a NIfTI file that is refused', () => {
  it.each([
    ['unread-five-dimensional.nii', 'has more than four dimensions'],
    ['unread-complex.nii', 'only grey images are read'],
    ['unread-colour.nii', 'only grey images are read'],
  ])('is named with a sentence: %s', async (name, sentence) => {
    const reason = await refusal(name, await fixture(name));
    expect(reason).toContain(sentence);
    expect(reason).toContain(name);
  });

  it('is named with a sentence wherever it is cut off', async () => {
    for (const [name, whole] of [
      ['cut.nii', await fixture('int16.nii')],
      ['cut.nii.gz', await fixture('int16.nii.gz')],
      ['cut.nii', await fixture('nifti-2.nii')],
      ['cut.nii', await fixture('big-endian.nii')],
    ] as const)
      for (let length = 0; length < whole.length; length += 13)
        expect(await refusal(name, whole.subarray(0, length))).toMatch(
          name === 'cut.nii.gz' && length > 13
            ? /^cut\.nii\.gz is cut off: its gzip data end too early\. Copy it again from its source\.$/u
            : /^cut\.nii(\.gz)? is .*\.$/u,
        );
  });

  it('says how much of its voxels is there', async () => {
    const bytes = await fixture('int16.nii');
    expect(await refusal('short.nii', bytes.subarray(0, -20))).toBe(
      'short.nii is cut off: 100 of 120 bytes of its voxels are there. Copy it again from its source.',
    );
    expect(await refusal('short.nii.gz', gzipSync(bytes.subarray(0, -20)))).toContain('100 of 120 bytes');
  });

  it('counts on the type of its voxels, whatever number of bits its header names', async () => {
    const bytes = await fixture('int16.nii');
    bytes.writeInt16LE(8, 72);
    expect(await refusal('short.nii', bytes.subarray(0, -41))).toContain('79 of 120 bytes');
    bytes.writeInt16LE(64, 72);
    await writeFile(join(folder, 'whole.nii'), bytes);
    expect(await readNifti(join(folder, 'whole.nii'))).toEqual(await readNifti(join(FIXTURES, 'int16.nii')));
  });

  it('is one whose gzip data have changed', async () => {
    const bytes = await fixture('int16.nii.gz');
    for (const at of [20, 60, bytes.length - 6]) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8((damaged[at] ?? 0) ^ 0xff, at);
      expect(await refusal('damaged.nii.gz', damaged)).toMatch(/^damaged\.nii\.gz is (damaged|cut off)/u);
    }
  });

  it.each<[what: string, change: (bytes: Buffer) => void, sentence: RegExp]>([
    ['no magic', (bytes) => bytes.fill(0, 344), /is no NIfTI image/u],
    ['a matrix of nothing', (bytes) => bytes.writeInt16LE(0, 42), /matrix of 0 x 4 x 3/u],
    ['a negative matrix', (bytes) => bytes.writeInt16LE(-5, 44), /matrix of 5 x -5 x 3/u],
    ['a matrix larger than the file', (bytes) => bytes.writeInt16LE(32767, 42), /is cut off/u],
    ['no dimensions', (bytes) => bytes.writeInt16LE(0, 40), /no NIfTI|damaged/u],
    [
      'a type that does not exist',
      (bytes) => bytes.writeInt16LE(77, 70),
      /only grey images|damaged|cut off/u,
    ],
    ['an sform of zeros', (bytes) => bytes.fill(0, 280, 328), /no usable position in space/u],
    ['an sform of no numbers', (bytes) => bytes.fill(0xff, 280, 328), /no usable position in space/u],
    ['voxels that begin beyond the end', (bytes) => bytes.writeFloatLE(1e6, 108), /is cut off/u],
    ['voxels that begin nowhere', (bytes) => bytes.writeFloatLE(NaN, 108), /does not say where/u],
  ])('is one whose header names %s', async (_, change, sentence) => {
    const bytes = await fixture('int16.nii');
    change(bytes);
    expect(await refusal('odd.nii', bytes)).toMatch(sentence);
  });

  it('never throws anything else, whichever byte of the header is damaged', async () => {
    const bytes = await fixture('int16.nii');
    for (let at = 0; at < 352; at++)
      for (const value of [0xff, 0x80, 1, 0]) {
        const damaged = Buffer.from(bytes);
        damaged.writeUInt8(value, at);
        await writeFile(join(folder, 'odd.nii'), damaged);
        const outcome: unknown = await readNifti(join(folder, 'odd.nii')).catch((error: unknown) => error);
        const isFine =
          outcome instanceof HeldoutError ||
          (outcome as NiftiImage).volumes.every(
            ({ samples, geometry }) => samples.length === voxelCount(geometry.dims),
          );
        expect([at, value, isFine]).toEqual([at, value, true]);
      }
  });

  it('is no file at all, a folder, or a pair in two files', async () => {
    await expect(readNifti(join(folder, 'gone.nii'))).rejects.toThrow('gone.nii does not exist');
    await expect(readNifti(folder)).rejects.toThrow('is a folder, not a NIfTI file');
    const pair = await fixture('int16.nii');
    pair.write('ni1\0', 344, 'latin1');
    expect(await refusal('pair.hdr', pair.subarray(0, 348))).toMatch(/^pair\.hdr is /u);
    expect(gunzipSync(await fixture('int16.nii.gz'))).toHaveLength(472);
  });
});
