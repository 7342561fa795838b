import { describe, expect, it } from 'vitest';
import { NO_AUGMENTATION } from './augmentation';
import { intensityScale } from './intensity';
import { BatchMaker, classTable, describeSlice, trainingData, type BatchRecipe } from './training-data';

const SIZE = 20;
const LABEL = 7;

/** Scan `index` has the value 10 index + k in slice k, and a labelled corner in its odd slices. */
function scanOf(index: number, slices: number) {
  const pixels = SIZE * SIZE;
  const samples = Int16Array.from({ length: slices * pixels }, (_, i) => 10 * index + Math.floor(i / pixels));
  const labels = Uint8Array.from({ length: slices * pixels }, (_, i) => {
    const odd = Math.floor(i / pixels) % 2 === 1;
    return odd && i % SIZE < 4 && Math.floor((i % pixels) / SIZE) < 4 ? LABEL : 0;
  });
  return {
    samples,
    labels,
    width: SIZE,
    height: SIZE,
    spacing: [1, 1] as const,
    scale: intensityScale(samples),
  };
}

const classOf = classTable([LABEL]);
const scans = [scanOf(0, 6), scanOf(1, 5), scanOf(2, 4)];
const slices = scans.flatMap((scan, index) =>
  Array.from({ length: scan.samples.length / (SIZE * SIZE) }, (_, k) =>
    describeSlice(scan, index, k, classOf),
  ),
);
const data = trainingData(scans, slices);
const recipe: BatchRecipe = {
  seed: 3,
  batch: 4,
  patch: [16, 16],
  targetSpacing: [1, 1],
  augmentation: { ...NO_AUGMENTATION, rotationDegrees: 20, elasticMm: 1, noise: 0.1, gamma: [0.8, 1.2] },
  labels: [LABEL],
  foregroundShare: 0.5,
};

describe('batches', () => {
  it('depend on the step alone, not on what was made before', () => {
    const inOrder = new BatchMaker(data, recipe);
    const made = Array.from({ length: 12 }, (_, step) => inOrder.make(step));
    for (const step of [11, 3, 7]) expect(new BatchMaker(data, recipe).make(step)).toEqual(made[step]);
    expect(new BatchMaker(data, { ...recipe, seed: 4 }).make(3)).not.toEqual(made[3]);
  });

  it('have foreground in at least the asked share', () => {
    const maker = new BatchMaker(data, recipe);
    const pixels = 16 * 16;
    for (let step = 0; step < 20; step++) {
      const { classes } = maker.make(step);
      for (const place of [0, 1])
        expect(classes.subarray(place * pixels, (place + 1) * pixels).includes(1)).toBe(true);
    }
  });

  it('go through every slice once before any comes again', () => {
    const plain = { ...recipe, augmentation: NO_AUGMENTATION, foregroundShare: 0, batch: 3 };
    const maker = new BatchMaker(data, plain);
    // The scans' scales differ, so a slice is known by its scan and value.
    const seen = new Set<string>();
    for (let step = 0; step < slices.length / 3; step++) {
      const { images } = maker.make(step);
      for (let place = 0; place < 3; place++) seen.add((images[place * 256 + 128] ?? 0).toFixed(4));
    }
    const values = slices.map(({ scan, k }) => {
      const { mean, deviation, low, high } = scans[scan]?.scale ?? { mean: 0, deviation: 1, low: 0, high: 0 };
      return ((Math.min(high, Math.max(low, 10 * scan + k)) - mean) / deviation).toFixed(4);
    });
    expect(seen.size).toBe(new Set(values).size);
  });

  it('name the classes in the order of the labels', () => {
    const table = classTable([5, 2]);
    expect([table[5], table[2], table[1], table[0]]).toEqual([1, 2, 0, 0]);
  });

  it('need at least one slice', () => {
    expect(() => trainingData(scans, [])).toThrow(RangeError);
  });
});
