import { describe, expect, it } from 'vitest';
import { learningRateAt } from './schedule';

const base = { learningRate: 0.01, minutes: 1, epochs: null, stepsPerEpoch: 10 } as const;

describe.each(['cosine', 'polynomial'] as const)('the %s schedule', (kind) => {
  const rate = (share: number) => learningRateAt({ ...base, kind }, share);

  it('rises, then falls to a hundredth', () => {
    expect(rate(0)).toBeCloseTo(0.001, 6);
    expect(rate(0.02)).toBeGreaterThan(0.0097);
    const falling = [0.02, 0.2, 0.4, 0.6, 0.8, 1].map(rate);
    expect(falling).toEqual(falling.toSorted((a, b) => b - a));
    expect(rate(1)).toBeCloseTo(0.0001, 8);
    expect(rate(1.5)).toBe(rate(1));
  });
});

it('is at half its height in the middle of a cosine', () => {
  expect(learningRateAt({ ...base, kind: 'cosine' }, 0.5)).toBeCloseTo(0.01 * 0.505, 8);
});
