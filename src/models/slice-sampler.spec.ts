import { describe, expect, it } from 'vitest';
import { NO_AUGMENTATION, addNoise, randomTransform } from './augmentation';
import { intensityScale, intensityTable, NO_INTENSITY_CHANGE } from './intensity';
import { randomStream } from './random';
import { centredTransform, sampleImage, sampleLabels } from './slice-sampler';

const width = 24;
const height = 16;
/** A plane: bilinear sampling must give it back exactly. */
const samples = Float32Array.from({ length: 2 * width * height }, (_, i) => {
  const pixel = i % (width * height);
  return 3 * (pixel % width) + 5 * Math.floor(pixel / width);
});
const slice = { samples, offset: width * height, width, height };
const range = { low: 0, high: 3 * (width - 1) + 5 * (height - 1) };
const identity = Float32Array.from({ length: 2048 }, (_, i) => (i / 2047) * range.high);

describe('sampling a slice', () => {
  it('gives the slice back when nothing changes', () => {
    const patch = { width, height };
    const out = new Float32Array(width * height);
    sampleImage(
      slice,
      centredTransform(slice, [1.5, 1.5], patch, [1.5, 1.5]),
      patch,
      range,
      identity,
      out,
      0,
    );
    for (let i = 0; i < out.length; i++) expect(out[i]).toBeCloseTo(samples[i] ?? 0, 0);
  });

  it('keeps the centre and the millimetres when the spacing changes', () => {
    const patch = { width: 8, height: 8 };
    const target = [2, 3] as const;
    const out = new Float32Array(64);
    sampleImage(slice, centredTransform(slice, [1, 1.5], patch, target), patch, range, identity, out, 0);
    // Patch pixel (x, y) lies 2 (x - 3.5) mm and 3 (y - 3.5) mm from the centre.
    for (let y = 0; y < 8; y++)
      for (let x = 0; x < 8; x++) {
        const u = (width - 1) / 2 + (2 * (x - 3.5)) / 1;
        const v = (height - 1) / 2 + (3 * (y - 3.5)) / 1.5;
        const clampedU = Math.min(width - 1, Math.max(0, u));
        const clampedV = Math.min(height - 1, Math.max(0, v));
        expect(Math.abs((out[y * 8 + x] ?? 0) - (3 * clampedU + 5 * clampedV))).toBeLessThan(0.1);
      }
  });

  it('is dark and unlabelled outside', () => {
    const patch = { width: 64, height: 64 };
    const transform = centredTransform(slice, [1, 1], patch, [1, 1]);
    const out = new Float32Array(64 * 64).fill(7);
    sampleImage(slice, transform, patch, range, identity, out, 0);
    expect(out[0]).toBe(0);
    const labels = new Uint8Array(2 * width * height).fill(9);
    const classes = new Uint8Array(64 * 64).fill(5);
    const classOf = new Uint8Array(256);
    classOf[9] = 2;
    sampleLabels({ ...slice, samples: labels }, transform, patch, classOf, classes, 0);
    expect(classes[0]).toBe(0);
    expect(classes[32 * 64 + 32]).toBe(2);
    expect(classes.reduce((sum, value) => sum + Number(value === 2), 0)).toBe(width * height);
  });

  it('moves image and labels alike under rotation, scale, shift and elastic displacement', () => {
    const size = 64;
    const blob = Uint8Array.from({ length: size * size }, (_, i) =>
      Math.hypot((i % size) - 30, Math.floor(i / size) - 36) < 12 ? 1 : 0,
    );
    const view = { offset: 0, width: size, height: size };
    const patch = { width: 48, height: 48 };
    const classOf = Uint8Array.of(0, 1, ...new Array<number>(254).fill(0));
    const unit = Float32Array.from({ length: 2048 }, (_, i) => i / 2047);
    for (let seed = 0; seed < 20; seed++) {
      const augmentation = {
        ...NO_AUGMENTATION,
        rotationDegrees: 40,
        turnedShare: 0,
        scale: [0.7, 1.4] as [number, number],
        shiftFraction: 0.1,
        elasticMm: 3,
        mirror: true,
      };
      const transform = randomTransform(randomStream(seed), augmentation, [32, 32], [1, 1], patch, [1, 1]);
      const image = new Float32Array(48 * 48);
      const classes = new Uint8Array(48 * 48);
      sampleImage({ ...view, samples: blob }, transform, patch, { low: 0, high: 1 }, unit, image, 0);
      sampleLabels({ ...view, samples: blob }, transform, patch, classOf, classes, 0);
      // They may differ only where the image is between the two values.
      for (let i = 0; i < image.length; i++)
        if (Math.abs((image[i] ?? 0) - 0.5) > 0.4999) expect(classes[i]).toBe(Math.round(image[i] ?? 0));
      expect(classes.includes(1)).toBe(true);
    }
  });
});

describe('intensities', () => {
  it('are clipped at the quantiles and have mean 0 and deviation 1', () => {
    const random = randomStream(4);
    const values = Float32Array.from({ length: 50_000 }, () => 100 + 50 * random());
    values[0] = 1e6;
    const scale = intensityScale(values);
    expect(scale.high).toBeLessThan(150.1);
    const table = intensityTable(scale, NO_INTENSITY_CHANGE);
    const at = (value: number) => {
      const clipped = Math.min(scale.high, Math.max(scale.low, value));
      return table[Math.round(((clipped - scale.low) / (scale.high - scale.low)) * (table.length - 1))] ?? 0;
    };
    let sum = 0;
    let squares = 0;
    for (const value of values) {
      sum += at(value);
      squares += at(value) ** 2;
    }
    expect(Math.abs(sum / values.length)).toBeLessThan(0.01);
    expect(Math.abs(squares / values.length - 1)).toBeLessThan(0.01);
  });

  it('of a constant image are a finite constant', () => {
    const scale = intensityScale(new Int16Array(1000).fill(40));
    expect(intensityTable(scale, NO_INTENSITY_CHANGE).every((value) => value === 0)).toBe(true);
  });

  it('bend with gamma and keep their order', () => {
    const scale = { low: 0, high: 1, mean: 0, deviation: 1 };
    const table = intensityTable(scale, { gamma: 2, contrast: 1, brightness: 0 });
    expect(table[1024]).toBeCloseTo(0.25, 2);
    expect([...table]).toEqual([...table].sort((a, b) => a - b));
  });

  it('receive noise of the asked strength', () => {
    const values = new Float32Array(20_000);
    // The second stream draws the same deviation first.
    addNoise(randomStream(8), 0.5, values, 0, values.length);
    const deviation = randomStream(8)() * 0.5;
    const measured = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    expect(Math.abs(measured / deviation - 1)).toBeLessThan(0.05);
  });
});
