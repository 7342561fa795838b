import { describe, expect, it } from 'vitest';
import { displayWindow, robustWindow } from './display-window';

/** A dark surrounding with a brighter disc, as an image has them. */
function image(side: number): Int16Array {
  const samples = new Int16Array(side * side);
  for (let y = 0; y < side; y += 1)
    for (let x = 0; x < side; x += 1)
      samples[y * side + x] =
        Math.hypot(x - side / 2, y - side / 2) < side / 4 ? 500 + ((x * 7 + y * 13) % 100) : (x + y) % 20;
  return samples;
}

describe('the window of an image', () => {
  it('spans the values without the farthest', () => {
    const [low, high] = robustWindow(image(256));
    expect(low).toBeLessThanOrEqual(1);
    expect(high).toBeGreaterThan(590);
    expect(high).toBeLessThan(600);
  });

  it('is one value wide at least', () => {
    expect(robustWindow(new Int16Array(100).fill(7))).toEqual([7, 8]);
    expect(robustWindow(new Float32Array(10).fill(Number.NaN))).toEqual([0, 1]);
  });

  it('is that of the header where it shows anything', () => {
    expect(displayWindow(image(256), { centre: 300, width: 600 })).toEqual([0, 600]);
  });

  it.each([
    ['lies above the image', { centre: 5000, width: 100 }],
    ['lies below the image', { centre: -5000, width: 100 }],
    ['has no width', { centre: 300, width: 0 }],
    ['is no number', { centre: Number.NaN, width: 100 }],
  ])('is its own where the one of the header %s', (_, header) => {
    const samples = image(256);
    expect(displayWindow(samples, header)).toEqual(robustWindow(samples));
  });

  it('stops counting early only where the rest cannot change the answer', () => {
    // A ramp in scattered order, longer than the samples looked at: what a window cuts off is known.
    const samples = new Int16Array(8192 * 3).map((_, n) => (n * 10_007) % (8192 * 3));
    const picked = [...samples.filter((_, n) => n % 3 === 0)];
    let own = 0;
    for (let low = -300; low < samples.length; low += 97) {
      const header = { centre: low + 100, width: 200 };
      const shows =
        picked.filter((value) => value > low).length > 0.005 * picked.length &&
        picked.filter((value) => value < low + 200).length > 0.01 * picked.length;
      if (!shows) own += 1;
      expect(displayWindow(samples, header)).toEqual(shows ? [low, low + 200] : robustWindow(samples));
    }
    expect(own).toBeGreaterThan(2);
  });
});
