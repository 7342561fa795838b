import { describe, expect, it } from 'vitest';
import { integerBelow, normal, permutation, randomStream } from './random';

describe('random streams', () => {
  it('depend on every part of their key and on nothing else', () => {
    const first = (...key: number[]) => randomStream(...key)();
    expect(first(1, 2, 3)).toBe(first(1, 2, 3));
    const keys = [
      [1, 2, 3],
      [1, 2, 4],
      [1, 3, 2],
      [2, 2, 3],
      [1, 2],
      [1, 2, 3, 0],
    ];
    expect(new Set(keys.map((key) => first(...key))).size).toBe(keys.length);
  });

  it('are uniform and normal to the eye of a test', () => {
    const random = randomStream(5);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const bin = integerBelow(random, 10);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    // Chi-squared with 9 degrees of freedom exceeds 27.9 once in a thousand.
    expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(27.9);
    const draws = Array.from({ length: 100_000 }, () => normal(random));
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean)).toBeLessThan(0.015);
    expect(Math.abs(variance - 1)).toBeLessThan(0.02);
  });

  it('neighbouring keys are not alike', () => {
    const draws = Array.from({ length: 2000 }, (_, key) => randomStream(1, 3, key, 0)());
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.03);
    const lag = draws.slice(1).reduce((sum, value, i) => sum + (value - 0.5) * ((draws[i] ?? 0) - 0.5), 0);
    expect(Math.abs((12 * lag) / draws.length)).toBeLessThan(0.08);
  });

  it('permutes', () => {
    const order = permutation(randomStream(1), 50);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect([...order]).not.toEqual([...order].sort((a, b) => a - b));
  });
});
