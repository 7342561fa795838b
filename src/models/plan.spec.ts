import { describe, expect, it } from 'vitest';
import { fittingBatch, trainingBytes } from './memory';
import { defaultPlan } from './plan';

describe('the default plan', () => {
  it('follows the data', () => {
    const plan = defaultPlan(
      [
        { width: 256, height: 256, spacing: [1.25, 1.25], slices: 10 },
        { width: 256, height: 256, spacing: [1.4, 1.4], slices: 10 },
        { width: 100, height: 90, spacing: [1.3, 1.3], slices: 4 },
      ],
      3,
    );
    expect(plan.targetSpacing).toEqual([1.3, 1.3]);
    expect(plan.patch.every((side) => side % 16 === 0 && side <= 128)).toBe(true);
    expect(plan.model).toMatchObject({ classes: 4, inChannels: 1 });
    expect(plan.stepsPerEpoch).toBe(10);
  });

  it('takes small images whole', () => {
    const plan = defaultPlan([{ width: 35, height: 50, spacing: [1, 1], slices: 4000 }], 2);
    expect(plan.patch).toEqual([64, 48]);
    expect(plan.stepsPerEpoch).toBe(250);
  });

  it('needs scans', () => {
    expect(() => defaultPlan([], 1)).toThrow(RangeError);
  });
});

describe('memory', () => {
  const model = { base: 16, depth: 4, norm: 'batch', classes: 4, inChannels: 1 } as const;

  it('grows with the batch and decides it', () => {
    const eight = trainingBytes(model, 8, [128, 128]);
    expect(trainingBytes(model, 4, [128, 128])).toBeLessThan(eight);
    expect(fittingBatch(model, 8, [128, 128], eight)).toBe(8);
    expect(fittingBatch(model, 8, [128, 128], eight - 1)).toBe(7);
    expect(fittingBatch(model, 8, [128, 128], 1e6)).toBeNull();
  });
});
