import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { affineFromColumns, type Geometry } from '#src/imaging/geometry';
import { quietContext } from '#main/jobs/context';
import { writeNifti } from '#main/nifti/write-nifti';
import { measureMasks } from './metrics';

const options = { tolerances: [1], convention: 'surfel' as const };
const geometry: Geometry = {
  dims: [8, 8, 4],
  affine: affineFromColumns([-1.5, 0, 0], [0, 1.5, 0], [0, 0, 8], [5, 6, 7]),
  calibrated: true,
};
const mask = (first: number, last: number) => new Uint8Array(8 * 8 * 4).fill(1, first, last);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heldout-metrics-'));
  for (const side of ['reference/deep', 'prediction/deep'])
    await mkdir(join(folder, side), { recursive: true });
  const write = (file: string, labels: Uint8Array, grid = geometry) =>
    writeNifti(join(folder, file), { samples: labels, geometry: grid });
  await write('reference/a.nii.gz', mask(64, 96));
  await write('prediction/a.nii', mask(80, 112));
  await write('reference/deep/b.nii.gz', mask(0, 0));
  await write('prediction/deep/b.nii.gz', mask(0, 0));
  await write('reference/c.nii.gz', mask(64, 96));
  const moved = affineFromColumns([-1.5, 0, 0], [0, 1.5, 0], [0, 0, 8], [5, 6, 9]);
  await write('prediction/c.nii.gz', mask(64, 96), { ...geometry, affine: moved });
  await write('reference/lonely.nii.gz', mask(64, 96));
  await writeFile(join(folder, 'reference/d.nii.gz'), 'no image at all');
  await write('prediction/d.nii.gz', mask(64, 96));
});
afterAll(() => rm(folder, { recursive: true }));

describe('measuring masks', () => {
  it('takes two files', async () => {
    const document = await measureMasks(
      join(folder, 'reference/a.nii.gz'),
      join(folder, 'prediction/a.nii'),
      options,
      quietContext(),
    );
    expect(document).toMatchObject({
      schema: 'heldout.metrics/1',
      convention: 'surfel',
      unmatched: [],
      failed: [],
    });
    expect(document.pairs[0]).toMatchObject({
      spacing: [1.5, 1.5, 8],
      labels: { '1': { dice: 0.5, volumeReferenceMl: 0.576 } },
    });
    expect(document.summary['1']?.['dice']).toEqual({ mean: 0.5, median: 0.5, n: 1, undefined: 0 });
  });

  it('matches folders by relative name and names what it could not measure', async () => {
    const document = await measureMasks(
      join(folder, 'reference'),
      join(folder, 'prediction'),
      options,
      quietContext(),
    );
    expect(document.pairs.map((pair) => Object.keys(pair.labels))).toEqual([['1'], []]);
    expect(document.unmatched).toEqual([join(folder, 'reference/lonely.nii.gz')]);
    expect(document.failed.map(({ pair }) => pair)).toEqual(['c.nii.gz', 'd.nii.gz']);
    expect(document.failed[0]?.reason).toContain('at (5.0, 6.0, 7.0) mm LPS against');
  });

  it('refuses a single pair of different grids with both grids', async () => {
    await expect(
      measureMasks(
        join(folder, 'reference/c.nii.gz'),
        join(folder, 'prediction/c.nii.gz'),
        options,
        quietContext(),
      ),
    ).rejects.toThrow(
      /8 x 8 x 4 voxels of 1\.5 x 1\.5 x 8 mm at \(5\.0, 6\.0, 7\.0\).*\(5\.0, 6\.0, 9\.0\)/u,
    );
  });

  it('refuses what is no mask and what does not exist', async () => {
    const grey = join(folder, 'grey.nii.gz');
    await writeNifti(grey, { samples: new Int16Array(8 * 8 * 4).fill(-3), geometry });
    await expect(measureMasks(grey, grey, options, quietContext())).rejects.toThrow(
      'grey.nii.gz is no mask: it holds -3',
    );
    await expect(measureMasks(grey, join(folder, 'no.nii'), options, quietContext())).rejects.toThrow(
      'does not exist',
    );
    await expect(measureMasks(grey, folder, options, quietContext())).rejects.toThrow('not one of each');
  });
});
