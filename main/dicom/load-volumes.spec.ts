/** Volumes from files: every encoding against pydicom's pixels, and what cannot be read named and left out. */
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LeftOut } from '#src/contracts/documents/import';
import { quietContext } from '#main/jobs/context';
import { sampleZip } from '#main/testing/shared-data';
import { eachVolume, type LoadedVolume } from './load-volumes';

const FIXTURES = 'main/dicom/fixtures';

interface Expected {
  readonly syntax: string;
  readonly shape: readonly number[];
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly sha256: string;
  readonly affineLps: readonly number[];
}
const expected = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as Record<
  string,
  Expected
>;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heldout-load-'));
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

const hashOf = (samples: ArrayLike<number>) => {
  const bytes = Int16Array.from(samples);
  return createHash('sha256').update(new Uint8Array(bytes.buffer)).digest('hex');
};

describe.each(Object.entries(expected))('a series stored as %s', (name, values) => {
  it('has the pixels and the geometry that pydicom reads', async () => {
    const { volumes, leftOut } = await load(join(FIXTURES, name));
    expect(leftOut).toEqual([]);
    expect(volumes).toHaveLength(1);
    const [loaded] = volumes;
    if (loaded === undefined) throw new Error('no volume');
    const { samples, geometry } = loaded.volume;
    expect(geometry.dims).toEqual(values.shape);
    expect(Array.from(samples).reduce((sum, sample) => sum + sample, 0)).toBe(values.sum);
    expect(Math.min(...samples)).toBe(values.min);
    expect(Math.max(...samples)).toBe(values.max);
    expect(hashOf(samples)).toBe(values.sha256);
    geometry.affine.forEach((value, at) => {
      expect(value).toBeCloseTo(values.affineLps[at] ?? Number.NaN, 5);
    });
  });
});

describe('the shipped sample', () => {
  it('is ten volumes of five patients, two phases each, also from the zip itself', async () => {
    const { volumes, leftOut } = await load(sampleZip());
    expect(leftOut).toEqual([]);
    const dicom = volumes.filter(({ format }) => format === 'dicom');
    expect(dicom).toHaveLength(10);
    expect(new Set(dicom.map(({ patientKey }) => patientKey)).size).toBe(5);
    for (const patient of new Set(dicom.map(({ patientKey }) => patientKey)))
      expect(dicom.filter(({ patientKey }) => patientKey === patient).map(({ phase }) => phase)).toEqual([
        0, 1,
      ]);
    expect(volumes.filter(({ format }) => format === 'nifti')).toHaveLength(10);
  });
});

describe('what cannot be read', () => {
  async function fixture(name = 'explicit'): Promise<string[]> {
    cpSync(join(FIXTURES, name), folder, { recursive: true });
    return (await readdir(folder)).sort().map((file) => join(folder, file));
  }

  /** The reasons, none of which may hold the name of the folder or the PatientID. */
  function reasons(leftOut: readonly LeftOut[]): Record<string, string> {
    for (const { reason } of leftOut) {
      expect(reason).not.toContain(folder);
      expect(reason).not.toContain('FIXTURE');
    }
    return Object.fromEntries(leftOut.map(({ path, reason }) => [path, reason]));
  }

  it('is left out by name, and the rest is read: text, nothing at all, a file cut off in its pixels', async () => {
    const [, , third = ''] = await fixture();
    writeFileSync(join(folder, 'letter.dcm'), 'Dear colleague');
    writeFileSync(join(folder, 'empty.dcm'), '');
    writeFileSync(third, readFileSync(third).subarray(0, -500));
    const { volumes, leftOut } = await load(folder);
    expect(Object.keys(reasons(leftOut)).sort()).toEqual(['3.dcm', 'empty.dcm', 'letter.dcm']);
    expect(reasons(leftOut)['3.dcm']).toMatch(/cut off|truncated|incomplete/iu);
    expect(volumes.map(({ volume }) => volume.geometry.dims)).toEqual([[40, 36, 2]]);
  });

  it('includes encodings that are not built in, which it names', async () => {
    for (const file of await fixture()) {
      const bytes = readFileSync(file);
      // Explicit little endian is declared as MPEG-4, which has one character more: the padding byte takes it.
      const at = bytes.indexOf('1.2.840.10008.1.2.1\0', 0, 'latin1');
      bytes.write('1.2.840.10008.1.2.9', at, 'latin1');
      writeFileSync(file, bytes);
    }
    const { volumes, leftOut } = await load(folder);
    expect(volumes).toEqual([]);
    expect(leftOut).toHaveLength(3);
    expect(reasons(leftOut)['1.dcm']).toContain('1.2.840.10008.1.2.9');
  });

  it('includes a second copy of a file, which changes nothing', async () => {
    const [first = ''] = await fixture();
    await mkdir(join(folder, 'copy'));
    cpSync(first, join(folder, 'copy', 'again.dcm'));
    const { volumes } = await load(folder);
    expect(volumes.map(({ volume }) => hashOf(volume.samples))).toEqual([expected['explicit']?.sha256]);
  });

  it('includes a damaged zip', async () => {
    const zip = join(folder, 'sample.zip');
    writeFileSync(zip, readFileSync(sampleZip()).subarray(0, 100_000));
    const { volumes, leftOut } = await load(folder);
    expect(volumes).toEqual([]);
    expect(reasons(leftOut)['sample.zip']).toMatch(/zip/iu);
  });

  it('does not include bytes after the last element', async () => {
    for (const file of await fixture()) appendFileSync(file, Buffer.alloc(128));
    const { volumes, leftOut } = await load(folder);
    expect(leftOut).toEqual([]);
    expect(volumes.map(({ volume }) => hashOf(volume.samples))).toEqual([expected['explicit']?.sha256]);
  });
});
