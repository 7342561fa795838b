import { describe, expect, it } from 'vitest';
import { inputSize, labelsFromProbabilities } from './prediction';

describe('prediction in the scan’s own grid', () => {
  it('takes the whole slice, rounded up', () => {
    expect(inputSize({ width: 100, height: 96 }, [1, 1], [1, 1], 16)).toEqual({ width: 112, height: 96 });
    expect(inputSize({ width: 100, height: 96 }, [1.5, 3], [1.5, 1.5], 16)).toEqual({
      width: 112,
      height: 192,
    });
  });

  it('brings a disk back to where it was, at another spacing', () => {
    const slice = { width: 90, height: 70 };
    const spacing = [1, 1.2] as const;
    const target = [1.7, 1.4] as const;
    const input = inputSize(slice, spacing, target, 16);
    const [x, y, radius] = [6, -9, 20];
    const probabilities = new Float32Array(input.width * input.height * 2);
    for (let v = 0; v < input.height; v++)
      for (let u = 0; u < input.width; u++) {
        const dx = (u - (input.width - 1) / 2) * target[0] - x;
        const dy = (v - (input.height - 1) / 2) * target[1] - y;
        const p = 1 / (1 + Math.exp(Math.hypot(dx, dy) - radius));
        probabilities.set([1 - p, p], 2 * (v * input.width + u));
      }
    const out = new Uint8Array(slice.width * slice.height);
    labelsFromProbabilities(probabilities, 0, input, 2, slice, spacing, target, [9], out, 0);
    for (let j = 0; j < slice.height; j++)
      for (let i = 0; i < slice.width; i++) {
        const dx = (i - (slice.width - 1) / 2) * spacing[0] - x;
        const dy = (j - (slice.height - 1) / 2) * spacing[1] - y;
        const distance = Math.hypot(dx, dy) - radius;
        if (Math.abs(distance) > 0.3) expect(out[j * slice.width + i]).toBe(distance < 0 ? 9 : 0);
      }
  });
});
