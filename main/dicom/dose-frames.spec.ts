import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quietContext } from '#main/jobs/context';
import { expectedOf } from '#main/testing/dicom-fixture';
import { eachVolume, type LoadedVolume } from './load-volumes';

const expected = expectedOf('dose') as {
  readonly origin: readonly number[];
  readonly spacing: readonly number[];
  readonly size: readonly number[];
  readonly planeSums: readonly number[];
};

const volumes = (name: string) => volumesBelow(`main/dicom/fixtures/dose/${name}.dcm`);

async function volumesBelow(path: string): Promise<LoadedVolume[]> {
  const found: LoadedVolume[] = [];
  for await (const item of eachVolume([path], quietContext())) if ('volume' in item) found.push(item.volume);
  return found;
}

describe('a radiotherapy dose grid', () => {
  it.each(['relative', 'absolute'])('is one volume of doses where its %s offsets say', async (name) => {
    const [dose, ...others] = await volumes(name);
    expect(others).toEqual([]);
    const { geometry, samples } = dose?.volume ?? { geometry: null, samples: null };
    expect(geometry?.dims).toEqual(expected.size);
    const affine = geometry?.affine ?? [];
    [3, 7, 11].forEach((at, axis) => {
      expect(affine[at]).toBeCloseTo(expected.origin[axis] ?? NaN, 6);
    });
    [0, 5, 10].forEach((at, axis) => {
      expect(affine[at]).toBeCloseTo(expected.spacing[axis] ?? NaN, 6);
    });
    const plane = (expected.size[0] ?? 0) * (expected.size[1] ?? 0);
    for (const [k, sum] of expected.planeSums.entries())
      expect(
        Float64Array.from(samples ?? [])
          .subarray(k * plane, (k + 1) * plane)
          .reduce((a, b) => a + b, 0),
      ).toBeCloseTo(sum, 3);
  });

  it('of one plane lies at its position, also with the offsets of the grid that it was cut from', async () => {
    const bytes = await readFile('main/dicom/fixtures/dose/relative.dcm');
    const folder = await mkdtemp(join(tmpdir(), 'heldout-dose-'));
    try {
      // Number Of Frames (0028,0008), which makes what follows the first plane surplus.
      bytes.write('1', bytes.indexOf(Buffer.from([0x28, 0, 8, 0, 0x49, 0x53])) + 8);
      await writeFile(join(folder, 'plane.dcm'), bytes);
      const [plane] = await volumesBelow(folder);
      expect(plane?.volume.geometry.dims).toEqual([...expected.size.slice(0, 2), 1]);
      expect(plane?.volume.geometry.affine[11]).toBeCloseTo(expected.origin[2] ?? NaN, 6);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
