/** What is written as NIfTI: nibabel and SimpleITK read the same voxels in the same place. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { affineFromColumns, spacingOf, type Affine, type Vector3 } from '#src/imaging/geometry';
import { sampleTypeOf, type Samples, type Volume } from '#src/imaging/volume';
import { readNifti } from './read-nifti';
import { writeNifti } from './write-nifti';

/** `written.json` says what nibabel and SimpleITK read in these very bytes; make-fixtures.py there says how. */
const FIXTURES = 'main/nifti/fixtures';

interface Written {
  readonly sha256: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly affineLps: readonly number[];
  readonly sformCode: number;
  readonly qformCode: number;
  readonly qformLps: readonly number[] | null;
  readonly zooms: readonly number[];
  readonly units: readonly string[];
  readonly voxels: readonly number[];
  readonly simpleItk: { readonly affineLps: readonly number[]; readonly sum: number } | null;
}
const written = JSON.parse(readFileSync(join(FIXTURES, 'written.json'), 'utf8')) as Record<string, Written>;

/** Columns at right angles, turned by the quaternion (of whole numbers, so that every machine computes the same). */
function turned(
  [a, b, c, d]: readonly [number, number, number, number],
  [x, y, z]: Vector3,
  origin: Vector3,
): Affine {
  const n = a * a + b * b + c * c + d * d;
  return affineFromColumns(
    [
      ((a * a + b * b - c * c - d * d) / n) * x,
      ((2 * (b * c + a * d)) / n) * x,
      ((2 * (b * d - a * c)) / n) * x,
    ],
    [
      ((2 * (b * c - a * d)) / n) * y,
      ((a * a - b * b + c * c - d * d) / n) * y,
      ((2 * (c * d + a * b)) / n) * y,
    ],
    [
      ((2 * (b * d + a * c)) / n) * z,
      ((2 * (c * d - a * b)) / n) * z,
      ((a * a - b * b - c * c + d * d) / n) * z,
    ],
    origin,
  );
}

const AFFINES: Readonly<Record<string, Affine>> = {
  axial: affineFromColumns([1.5, 0, 0], [0, 1.25, 0], [0, 0, 8], [-100.5, -90.25, 40]),
  oblique: turned([8, 1, 2, -3], [1.25, 1.5, 8], [-31.5, 22.25, -140.75]),
  // Half a turn and a little more or less, about each axis: the four ways to a quaternion, and its sign.
  'half-turn-i-more': turned([3, 5, 40, 1], [1, 2, 3], [10, 20, 30]),
  'half-turn-i-less': turned([3, 5, 40, -1], [1, 2, 3], [10, 20, 30]),
  'half-turn-j-more': turned([3, 40, 5, 1], [1, 2, 3], [10, 20, 30]),
  'half-turn-j-less': turned([3, 40, 5, -1], [1, 2, 3], [10, 20, 30]),
  'half-turn-k-more': turned([40, 3, 5, 1], [1, 2, 3], [10, 20, 30]),
  'half-turn-k-less': turned([40, 3, 5, -1], [1, 2, 3], [10, 20, 30]),
  'turned-around-i': affineFromColumns([2, 0, 0], [0, -3, 0], [0, 0, -4], [1, 2, 3]),
  'turned-around-j': affineFromColumns([-2, 0, 0], [0, 3, 0], [0, 0, -4], [1, 2, 3]),
  'turned-around-k': affineFromColumns([-2, 0, 0], [0, -3, 0], [0, 0, 4], [1, 2, 3]),
  // Slices counted against the normal: the left-handed grids that a qfac of -1 is for.
  mirrored: turned([5, -2, 1, 4], [0.9, 1.1, -5], [12.5, -7.25, 3.5]),
  'sagittal-mirrored': affineFromColumns([0, 1.5, 0], [0, 0, -1.5], [8, 0, 0], [-30, -80, 90]),
  // No qform can say this one.
  sheared: affineFromColumns([1.2, -0.2, 0.05], [0.3, 1.1, 0.35], [0.1, -2.4, 7.9], [-31, 22.5, -140]),
};
const DIMS = [4, 3, 2] as const;
const labels = Uint8Array.from({ length: 24 }, (_, n) => (n * 7) % 4);

function volumeOf(affine: Affine, samples: Samples = labels): Volume {
  return { samples, geometry: { dims: DIMS, affine, calibrated: true } };
}

const CASES: readonly (readonly [name: string, volume: Volume])[] = [
  ...Object.entries(AFFINES).map(([name, affine]) => [`mask-${name}`, volumeOf(affine)] as const),
  ...[
    Int16Array.from(labels, (value) => value * 8000 - 12000),
    Uint16Array.from(labels, (value) => value * 20000),
    Float32Array.from(labels, (value) => value / 7 - 0.2),
  ].map(
    (samples) => [`image-${sampleTypeOf(samples)}`, volumeOf(AFFINES['oblique'] ?? [], samples)] as const,
  ),
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heldout-write-nifti-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function expectClose(actual: readonly number[], expected: readonly number[], digits = 4): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, at) => {
    expect(value).toBeCloseTo(expected[at] ?? NaN, digits);
  });
}

describe('a written volume', () => {
  it.each(CASES)(
    'has the voxels and the place that it had, as nibabel and SimpleITK read it: %s',
    async (name, volume) => {
      const path = join(folder, `${name}.nii`);
      await writeNifti(path, volume);
      const bytes = await readFile(path);
      await expect(bytes.toString('base64')).toMatchFileSnapshot(`fixtures/written/${name}.base64`);
      const read = written[name];
      if (read === undefined) throw new Error(`${name} is not in written.json: run make-fixtures.py`);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(read.sha256);
      expect(read.dtype).toBe(sampleTypeOf(volume.samples));
      expect(read.shape).toEqual(DIMS);
      expect(read.voxels).toEqual([...volume.samples]);
      expectClose(read.affineLps, volume.geometry.affine);
      expectClose(read.zooms, spacingOf(volume.geometry));
      expect(read.units).toEqual(['mm', 'sec']);
      expect(read.sformCode).toBe(1);
      // Two statements of the same place: programs that go by the qform must find it too.
      expect(read.qformCode).toBe(name === 'mask-sheared' ? 0 : 1);
      if (read.qformLps !== null) expectClose(read.qformLps, volume.geometry.affine);
      if (read.simpleItk !== null) {
        expectClose(read.simpleItk.affineLps, volume.geometry.affine);
        expect(read.simpleItk.sum).toBeCloseTo(
          [...volume.samples].reduce((sum, value) => sum + value, 0),
          4,
        );
      }
    },
  );

  it.each(CASES)('is read again as it was, gzipped or not: %s', async (name, volume) => {
    for (const file of [`${name}.nii`, `${name}.nii.gz`]) {
      await writeNifti(join(folder, file), volume);
      const { volumes, twoDimensional } = await readNifti(join(folder, file));
      expect(twoDimensional).toBe(false);
      expect(volumes.map(({ samples }) => samples)).toEqual([volume.samples]);
      expect(volumes[0]?.geometry.dims).toEqual(DIMS);
      expectClose(volumes[0]?.geometry.affine ?? [], volume.geometry.affine);
    }
    const packed = await readFile(join(folder, `${name}.nii.gz`));
    expect(gunzipSync(packed).equals(await readFile(join(folder, `${name}.nii`)))).toBe(true);
  });

  it.each(CASES.filter(([name]) => name !== 'mask-sheared'))(
    'is found by its qform alone in the same place: %s',
    async (name, volume) => {
      const path = join(folder, `${name}.nii`);
      await writeNifti(path, volume);
      const bytes = await readFile(path);
      bytes.fill(0, 254, 256).fill(0, 280, 328);
      await writeFile(path, bytes);
      const { volumes } = await readNifti(path);
      expectClose(volumes[0]?.geometry.affine ?? [], volume.geometry.affine);
    },
  );

  it('holds only its own voxels when they are a part of a larger array', async () => {
    const whole = Int16Array.from({ length: 72 }, (_, n) => n);
    const volume = volumeOf(AFFINES['axial'] ?? [], whole.subarray(24, 48));
    for (const file of ['part.nii', 'part.nii.gz']) {
      await writeNifti(join(folder, file), volume);
      expect((await readNifti(join(folder, file))).volumes[0]?.samples).toEqual(whole.slice(24, 48));
    }
  });

  it('takes the place of an older file, and leaves nothing beside it', async () => {
    const path = join(folder, 'mask.nii.gz');
    await writeFile(path, 'an older file');
    await writeNifti(path, volumeOf(AFFINES['axial'] ?? []));
    expect((await readNifti(path)).volumes[0]?.samples).toEqual(labels);
    expect(await readdir(folder)).toEqual(['mask.nii.gz']);
  });

  it('is not begun where its folder is missing', async () => {
    const path = join(folder, 'gone/mask.nii.gz');
    await expect(writeNifti(path, volumeOf(AFFINES['axial'] ?? []))).rejects.toThrow();
    expect(existsSync(join(folder, 'gone'))).toBe(false);
  });

  it('that is cut off is refused when it is read again', async () => {
    const path = join(folder, 'mask.nii.gz');
    await writeNifti(path, volumeOf(AFFINES['oblique'] ?? []));
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, -9));
    await expect(readNifti(path)).rejects.toThrow(
      'mask.nii.gz is cut off: its gzip data end too early. Copy it again from its source.',
    );
  });
});
