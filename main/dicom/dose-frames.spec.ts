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

async function volumes(name: string): Promise<LoadedVolume[]> {
  const found: LoadedVolume[] = [];
  for await (const item of eachVolume([`main/dicom/fixtures/dose/${name}.dcm`], quietContext()))
    if ('volume' in item) found.push(item.volume);
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
});
