import { expect, it } from 'vitest';
import type { ComparedVolumes } from '#src/contracts/channels';
import { affineFromColumns } from '#src/imaging/geometry';
import type { Scan } from '#src/registry/records';
import { comparedScan, errorsOf, onlyLabel } from './compared-scan';

const dims = [4, 3, 2] as const;
const reference = new Uint8Array(24);
reference.set([1, 1], 12 + 4 + 1);
reference[12 + 8 + 2] = 2;
const prediction = new Uint8Array(24);
prediction.set([1, 2], 12 + 4 + 1);

function volumes(changed: Partial<ComparedVolumes> = {}): ComparedVolumes {
  const geometry = {
    dims,
    affine: affineFromColumns([2, 0, 0], [0, 3, 0], [0, 0, 8], [0, 0, 0]),
    calibrated: true,
  };
  return {
    scan: { window: [5, 5], invertDisplay: false } as unknown as Scan,
    geometry,
    sampleType: 'uint8',
    samples: Uint8Array.from({ length: 24 }, (_, index) => index).buffer,
    reference,
    prediction,
    probeSlices: [],
    ...changed,
  };
}

it('knows where the structure is', () => {
  const scan = comparedScan(volumes());
  expect(scan.axis).toEqual({ count: 2, step: 8, extent: [1, 1] });
  // Columns 1 and 2 of 2 mm, rows 1 and 2 of 3 mm.
  expect(scan.anchor).toEqual([4, 6]);
  expect(scan.reach).toBe(3);
  expect(scan.window.high).toBeGreaterThan(scan.window.low);
});

it('takes the whole slice where nothing is labelled', () => {
  const scan = comparedScan(volumes({ reference: new Uint8Array(24) }));
  expect(scan.anchor).toEqual([4, 4.5]);
  expect(scan.axis.extent).toBeNull();
});

it('has errors of all labels and of one', () => {
  const scan = comparedScan(volumes());
  expect(errorsOf(scan, null).slices[1]).toEqual({ agree: 1, falsePositive: 0, missed: 2 });
  expect(errorsOf(scan, 2).slices[1]).toEqual({ agree: 0, falsePositive: 1, missed: 1 });
  expect(onlyLabel(scan.reference, null)).toBe(scan.reference);
  expect(onlyLabel(scan.reference, 2).labels.filter((label) => label !== 0)).toEqual(Uint8Array.of(2));
});
