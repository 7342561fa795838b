import { describe, expect, it } from 'vitest';
import { keyedHash } from './keyed-hash';

const names = Array.from({ length: 20_000 }, (_, index) => `P${String(index).padStart(5, '0')}`);

describe('the keyed hash', () => {
  it('is the same for the same key and name and stays within 53 bits', () => {
    for (const name of names.slice(0, 200)) {
      const value = keyedHash(7, name);
      expect(keyedHash(7, name)).toBe(value);
      expect(Number.isSafeInteger(value)).toBe(true);
      expect(value).toBeGreaterThanOrEqual(0);
    }
  });

  it('gives no two of 20,000 names the same value', () => {
    expect(new Set(names.map((name) => keyedHash(1, name))).size).toBe(names.length);
  });

  it('spreads similar names evenly: chi-squared over 64 bins of the high bits below its 99.99 % point', () => {
    for (const seed of [0, 1, 2, 12345]) {
      const bins = new Array<number>(64).fill(0);
      for (const name of names) {
        const bin = Math.floor(keyedHash(seed, name) / 2 ** 47);
        bins[bin] = (bins[bin] ?? 0) + 1;
      }
      const expected = names.length / 64;
      const chiSquared = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      expect(chiSquared).toBeLessThan(113.5);
    }
  });

  it('orders names anew for each seed: rank correlation of two seeds near 0', () => {
    const rank = (seed: number) => {
      const order = names
        .map((name, index) => ({ index, hash: keyedHash(seed, name) }))
        .sort((a, b) => a.hash - b.hash);
      const ranks = new Array<number>(names.length).fill(0);
      order.forEach((entry, position) => (ranks[entry.index] = position));
      return ranks;
    };
    const [a, b] = [rank(1), rank(2)];
    const mean = (names.length - 1) / 2;
    let product = 0;
    let square = 0;
    for (let index = 0; index < names.length; index++) {
      product += ((a[index] ?? 0) - mean) * ((b[index] ?? 0) - mean);
      square += ((a[index] ?? 0) - mean) ** 2;
    }
    expect(Math.abs(product / square)).toBeLessThan(4 / Math.sqrt(names.length));
  });
});
