import { describe, expect, it } from 'vitest';
import type { Dims, Vector3 } from '#src/imaging/geometry';
import { compareMasks, type MaskGrid } from './compare-masks';
import fixtures from './fixtures/surface_distance.json' with { type: 'json' };

interface Setting {
  readonly dims: Dims;
  readonly spacing: Vector3;
  readonly twoDimensional: boolean;
}

const setting = (shape: readonly number[], spacing: readonly number[]): Setting => ({
  dims: [shape[0] ?? 1, shape[1] ?? 1, shape[2] ?? 1],
  spacing: [spacing[0] ?? 1, spacing[1] ?? 1, spacing[2] ?? 1],
  twoDimensional: shape.length === 2,
});
const gridOf = (where: Setting): MaskGrid => ({ ...where, calibrated: true });

/** Fills a mask where `inside` says so. */
function draw({ dims }: Setting, inside: (i: number, j: number, k: number) => boolean): Uint8Array {
  const mask = new Uint8Array(dims[0] * dims[1] * dims[2]);
  for (let k = 0, at = 0; k < dims[2]; k += 1)
    for (let j = 0; j < dims[1]; j += 1)
      for (let i = 0; i < dims[0]; i += 1, at += 1) if (inside(i, j, k)) mask[at] = 1;
  return mask;
}

/** The ellipsoids of make_fixtures.py: [centre, radius] each. */
const ellipsoids = (where: Setting, parts: readonly (readonly (readonly number[])[])[]) =>
  draw(where, (i, j, k) =>
    parts.some(([centre = [], radius = []]) => {
      const at = where.twoDimensional ? [i, j] : [i, j, k];
      return (
        at.reduce(
          (sum, value, axis) => sum + ((value - (centre[axis] ?? 0)) / (radius[axis] ?? 1)) ** 2,
          0,
        ) <= 1
      );
    }),
  );

function measure(
  where: Setting,
  reference: Uint8Array,
  prediction: Uint8Array,
  convention: 'surfel' | 'voxel' = 'surfel',
) {
  const { labels } = compareMasks(reference, prediction, gridOf(where), {
    labels: [1],
    tolerances: [0, 1, 2],
    convention,
  });
  const metrics = labels['1'];
  if (metrics === undefined) throw new Error('label 1 was not measured');
  return metrics;
}

describe("DeepMind's surface-distance, recomputed with its own code (fixtures/make_fixtures.py)", () => {
  it.each(fixtures.map((fixture, index) => [index, fixture] as const))('case %d', (_, fixture) => {
    const where = setting(fixture.shape, fixture.spacing);
    const metrics = measure(where, ellipsoids(where, fixture.a), ellipsoids(where, fixture.b));
    expect(Math.abs((metrics.dice ?? NaN) - fixture.dice)).toBeLessThan(1e-6);
    expect(Math.abs((metrics.hd95Mm ?? NaN) - fixture.hd95)).toBeLessThan(1e-6);
    expect(Math.abs((metrics.hdMm ?? NaN) - fixture.hd)).toBeLessThan(1e-6);
    expect(Math.abs((metrics.assdMm ?? NaN) - fixture.assd)).toBeLessThan(1e-6);
    for (const tolerance of ['0', '1', '2'] as const)
      expect(Math.abs((metrics.nsd[tolerance] ?? NaN) - fixture.nsd[tolerance])).toBeLessThan(1e-6);
  });
});

describe("DeepMind's published cases (rounded to three digits there)", () => {
  it.each([
    ['two pixels 2 mm apart', setting([128, 128], [2, 1]), [50, 70, 0], [50, 72, 0]],
    ['two voxels 2 mm apart', setting([128, 128, 128], [3, 2, 1]), [50, 60, 70], [50, 60, 72]],
  ] as const)('%s', (_, where, a, b) => {
    const point = (at: readonly number[]) =>
      draw(where, (i, j, k) => i === at[0] && j === at[1] && k === at[2]);
    expect(measure(where, point(a), point(b))).toMatchObject({
      dice: 0,
      assdMm: 1.5,
      hdMm: 2,
      hd95Mm: 2,
      nsd: { '1': 0.5 },
    });
  });

  it('two boxes shifted by one voxel', () => {
    const where = setting([100, 100, 100], [2, 1, 1]);
    const metrics = measure(
      where,
      draw(where, (i) => i < 50),
      draw(where, (i) => i < 51),
    );
    expect(Math.abs((metrics.assdMm ?? NaN) - (0.322 + 0.339) / 2)).toBeLessThan(1e-3);
    expect(metrics.hdMm).toBe(2);
    expect(metrics.hd95Mm).toBe(2);
    expect(Math.abs((metrics.nsd['1'] ?? NaN) - 0.836)).toBeLessThan(5e-4);
    expect(Math.abs((metrics.dice ?? NaN) - 0.99)).toBeLessThan(5e-4);
  });

  it('two rectangles of which one is a row longer', () => {
    const where = setting([6, 6], [2, 1]);
    const metrics = measure(
      where,
      draw(where, (i, j) => i >= 1 && i <= 2 && j >= 1 && j <= 2),
      draw(where, (i, j) => i >= 1 && i <= 3 && j >= 1 && j <= 2),
    );
    const diagonal = 0.5 * Math.hypot(2, 1);
    const reference = 4 * diagonal + 2 * 2 + 2 * 1;
    const prediction = reference + 2 * 2;
    // One row of the reference lies 1 mm inside the prediction; three points of the prediction lie 2 mm outside.
    expect(metrics.assdMm).toBeCloseTo((1 / reference + (2 * (2 * diagonal + 1)) / prediction) / 2, 12);
  });
});

describe('undefined values', () => {
  const where = setting([8, 8, 3], [1, 1, 2]);
  const none = draw(where, () => false);
  const some = draw(where, (i, j) => i > 2 && i < 6 && j > 2 && j < 6);

  it('both empty: a true negative, nothing averaged in', () => {
    const metrics = measure(where, none, none);
    expect(metrics).toMatchObject({
      dice: null,
      iou: null,
      sensitivity: null,
      precision: null,
      hd95Mm: null,
      trueNegative: true,
    });
    expect(metrics.undefined).toMatchObject({
      dice: 'both empty',
      hd95Mm: 'both empty',
      'nsd.1': 'both empty',
    });
    expect(metrics.nsd).toEqual({ '0': null, '1': null, '2': null });
  });

  it('reference empty: Dice 0, false positives counted, no sensitivity', () => {
    const metrics = measure(where, none, some);
    expect(metrics).toMatchObject({
      dice: 0,
      iou: 0,
      sensitivity: null,
      precision: 0,
      hd95Mm: null,
      assdMm: null,
      trueNegative: false,
    });
    expect(metrics.falsePositiveMl).toBeCloseTo((27 * 2) / 1000, 12);
    expect(metrics.nsd).toEqual({ '0': 0, '1': 0, '2': 0 });
    expect(metrics.undefined).toEqual({
      ...{
        sensitivity: 'reference empty',
        hd95Mm: 'reference empty',
        hdMm: 'reference empty',
        assdMm: 'reference empty',
      },
    });
  });

  it('prediction empty: Dice 0, no precision', () => {
    const metrics = measure(where, some, none);
    expect(metrics).toMatchObject({ dice: 0, sensitivity: 0, precision: null, hdMm: null });
    expect(metrics.undefined['hd95Mm']).toBe('prediction empty');
  });

  it('no spacing: no millimetres and no millilitres', () => {
    const { labels } = compareMasks(some, some, { ...gridOf(where), calibrated: false });
    expect(labels['1']).toMatchObject({ dice: 1, hd95Mm: null, volumeReferenceMl: null, nsd: { '1': null } });
    expect(labels['1']?.undefined['assdMm']).toBe('uncalibrated');
  });

  it('two dimensions: distances but no volumes', () => {
    const flat = setting([8, 8], [1, 1]);
    const square = draw(flat, (i, j) => i > 2 && j > 2);
    expect(measure(flat, square, square)).toMatchObject({ dice: 1, hd95Mm: 0, volumeReferenceMl: null });
  });
});

describe('the two conventions', () => {
  it('differ: one 8 mm slice of shift', () => {
    const where = setting([24, 24, 10], [1.5, 1.5, 8]);
    const at = (first: number) =>
      draw(where, (i, j, k) => k >= first && k < first + 4 && (i - 12) ** 2 + (j - 12) ** 2 <= 49);
    const surfel = measure(where, at(2), at(3));
    const voxel = measure(where, at(2), at(3), 'voxel');
    expect(surfel.dice).toBe(voxel.dice);
    expect((surfel.nsd['1'] ?? 0) - (voxel.nsd['1'] ?? 0)).toBeGreaterThan(0.2);
  });

  it('voxel: border voxels, interpolated percentile, pooled means', () => {
    const where = setting([9, 1, 1], [2, 1, 1]);
    const metrics = measure(
      where,
      draw(where, (i) => i >= 1 && i <= 3),
      draw(where, (i) => i >= 2 && i <= 5),
      'voxel',
    );
    // Everything is border: 1,2,3 against 2,3,4,5; distances 2,0,0 and 0,0,2,4 mm.
    expect(metrics.assdMm).toBeCloseTo(8 / 7, 12);
    expect(metrics.nsd['0']).toBeCloseTo(4 / 7, 12);
    expect(metrics.hd95Mm).toBeCloseTo(2 + 2 * (0.95 * 3 - 2), 12);
    expect(metrics.hdMm).toBe(4);
  });
});

it('counts overlap, volumes, components and confusion', () => {
  const where = setting([4, 1, 1], [10, 10, 10]);
  const reference = Uint8Array.of(1, 1, 2, 0);
  const prediction = Uint8Array.of(1, 2, 2, 1);
  const { labels, confusion } = compareMasks(reference, prediction, gridOf(where));
  expect(labels['1']).toMatchObject({
    ...{
      dice: 0.5,
      iou: 1 / 3,
      sensitivity: 0.5,
      precision: 0.5,
      volumeReferenceMl: 2,
      volumeDifferenceMl: 0,
    },
    ...{ falsePositiveMl: 1, falseNegativeMl: 1, componentsReference: 1, componentsPrediction: 2 },
  });
  expect(confusion).toEqual({
    labels: [0, 1, 2],
    counts: [
      [0, 1, 0],
      [0, 1, 1],
      [0, 0, 1],
    ],
  });
  expect(() => compareMasks(reference, prediction.subarray(1), gridOf(where))).toThrow(RangeError);
});
