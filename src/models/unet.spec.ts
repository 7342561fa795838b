import { describe, expect, it } from 'vitest';
import { initialStatistics, initialWeights } from './initial-weights';
import { sizeMultiple, unetLayout } from './unet';

const model = { base: 16, depth: 4, norm: 'batch', classes: 4, inChannels: 1 } as const;

describe('the layout of a U-Net', () => {
  it('has the parameters of the textbook network, side by side', () => {
    const { parameters, parameterCount, channels, statisticCount } = unetLayout(model);
    expect(channels).toEqual([16, 32, 64, 128, 256]);
    // Counted by hand: blocks 9 ci co + 9 co co + 4 co, up 4 ci co, head 16 * 4 + 4.
    const block = (from: number, to: number) => 9 * from * to + 9 * to * to + 4 * to;
    const encoders = block(1, 16) + block(16, 32) + block(32, 64) + block(64, 128) + block(128, 256);
    const decoders = block(256, 128) + block(128, 64) + block(64, 32) + block(32, 16);
    const ups = 4 * (256 * 128 + 128 * 64 + 64 * 32 + 32 * 16);
    expect(parameterCount).toBe(encoders + decoders + ups + 68);
    let offset = 0;
    for (const parameter of parameters) {
      expect(parameter.offset).toBe(offset);
      offset += parameter.size;
    }
    expect(new Set(parameters.map(({ name }) => name)).size).toBe(parameters.length);
    expect(statisticCount).toBe(2 * (16 + 32 + 64 + 128 + 256 + 128 + 64 + 32 + 16));
    expect(sizeMultiple(model)).toBe(16);
  });

  it('starts from seeded weights of the right spread', () => {
    const layout = unetLayout(model);
    const weights = initialWeights(layout, 3);
    const same = (other: Float32Array) => weights.every((value, index) => value === other[index]);
    expect(same(initialWeights(layout, 3))).toBe(true);
    expect(same(initialWeights(layout, 4))).toBe(false);
    for (const { name, offset, size, fanIn, fill } of layout.parameters) {
      const values = weights.subarray(offset, offset + size);
      if (fanIn === 0)
        expect(
          values.every((value) => value === fill),
          name,
        ).toBe(true);
      else if (size > 4000) {
        const variance = values.reduce((sum, value) => sum + value * value, 0) / size;
        expect(variance * fanIn, name).toBeGreaterThan(1.8);
        expect(variance * fanIn, name).toBeLessThan(2.2);
      }
    }
    const statistics = initialStatistics(layout);
    expect(statistics.subarray(0, layout.statisticCount).every((mean) => mean === 0)).toBe(true);
    expect(statistics.subarray(layout.statisticCount).every((variance) => variance === 1)).toBe(true);
  });
});
