/** NIfTI against nibabel, and what is written against what is read again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flipLpsRas } from '#src/imaging/geometry';
import { readNifti } from './read-nifti';
import { writeNifti } from './write-nifti';

const FIXTURES = 'main/nifti/fixtures';

interface Expected {
  readonly shape: readonly number[];
  readonly affineRas: readonly number[];
  readonly sum: number;
  readonly first: readonly number[];
  readonly min: number;
  readonly max: number;
}
const expected = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as Record<
  string,
  Expected
>;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heldout-nifti-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.each(Object.entries(expected))('%s', (name, values) => {
  it('has the samples and the geometry that nibabel reads', async () => {
    const { volumes } = await readNifti(join(FIXTURES, name));
    expect(volumes).toHaveLength(values.shape[3] ?? 1);
    const samples = volumes.flatMap((volume) => Array.from(volume.samples));
    expect(samples.reduce((sum, sample) => sum + sample, 0)).toBeCloseTo(values.sum, 3);
    expect(Math.min(...samples)).toBeCloseTo(values.min, 5);
    expect(Math.max(...samples)).toBeCloseTo(values.max, 5);
    values.first.forEach((sample, at) => {
      expect(samples[at]).toBeCloseTo(sample, 5);
    });
    for (const { geometry } of volumes) {
      expect(geometry.dims).toEqual(values.shape.slice(0, 3));
      flipLpsRas(geometry.affine).forEach((element, at) => {
        expect(element).toBeCloseTo(values.affineRas[at] ?? Number.NaN, 4);
      });
    }
  });

  it('is the same after writing and reading it again', async () => {
    const [volume] = (await readNifti(join(FIXTURES, name))).volumes;
    if (volume === undefined) throw new Error('no volume');
    const copy = join(folder, 'copy.nii.gz');
    await writeNifti(copy, volume);
    const [again] = (await readNifti(copy)).volumes;
    expect(again?.samples).toEqual(volume.samples);
    expect(again?.geometry.dims).toEqual(volume.geometry.dims);
    again?.geometry.affine.forEach((element, at) => {
      expect(element).toBeCloseTo(volume.geometry.affine[at] ?? Number.NaN, 4);
    });
  });
});

describe('a NIfTI file that cannot be read gets a sentence with its name', () => {
  const whole = readFileSync(join(FIXTURES, 'int16-qform.nii.gz'));
  const cases: readonly (readonly [name: string, bytes: Uint8Array, sentence: RegExp])[] = [
    ['cut.nii.gz', whole.subarray(0, 200), /cut\.nii\.gz is cut off/u],
    [
      'broken.nii.gz',
      Buffer.concat([whole.subarray(0, 60), Buffer.alloc(60, 7)]),
      /broken\.nii\.gz is damaged/u,
    ],
    ['short.nii', gunzipSync(whole).subarray(0, 400), /short\.nii/u],
    ['text.nii', Buffer.from('Dear colleague'), /text\.nii/u],
  ];
  it.each(cases)('%s', async (name, bytes, sentence) => {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    await expect(readNifti(file)).rejects.toThrow(sentence);
    await expect(readNifti(file)).rejects.not.toThrow(folder);
  });

  it('also when it is not there', async () => {
    await expect(readNifti(join(folder, 'gone.nii'))).rejects.toThrow(/gone\.nii/u);
  });
});
