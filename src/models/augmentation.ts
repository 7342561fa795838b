import type { AugmentationConfig } from '#src/contracts/documents/run';
import type { IntensityChange } from './intensity';
import { integerBelow, normal, randomStream, uniform, type Random } from './random';
import type { ElasticGrid, PatchSize, SliceTransform } from './slice-sampler';

/** What cardiac, brain and abdominal slices bear alike; mirroring is off because organs have a side. */
export const DEFAULT_AUGMENTATION: AugmentationConfig = {
  rotationDegrees: 30,
  turnedShare: 0,
  scale: [0.75, 1.35],
  shiftFraction: 0.1,
  elasticMm: 3,
  gamma: [0.7, 1.5],
  noise: 0.1,
  mirror: false,
};

/**
 * Turned samples where slices have no standard way up: short-axis stacks are planned by hand and arrive at any angle.
 * One such patient among five is lost without them (docs/decisions/002-turned-slices.md).
 */
export const OBLIQUE_TURNED_SHARE = 0.35;

/** No change at all: what a run without augmentation uses. */
export const NO_AUGMENTATION: AugmentationConfig = {
  rotationDegrees: 0,
  turnedShare: 0,
  scale: [1, 1],
  shiftFraction: 0,
  elasticMm: 0,
  gamma: [1, 1],
  noise: 0,
  mirror: false,
};

const ELASTIC_CELLS = 4;

/**
 * A random transform of the patch about `centre`, a point of the slice in pixels.
 *
 * Rotation uniform (a share of the samples by any angle), scale log-uniform (one for both axes), shift uniform as a share of the patch, elastic displacements
 * normal with standard deviation `elasticMm` at the control points.
 *
 * @param spacing [x, y] of the slice in mm
 * @param target [x, y] of the patch in mm
 */
export function randomTransform(
  random: Random,
  augmentation: AugmentationConfig,
  centre: readonly [number, number],
  spacing: readonly [number, number],
  patch: PatchSize,
  target: readonly [number, number],
): SliceTransform {
  const isTurned = augmentation.turnedShare > 0 && random() < augmentation.turnedShare;
  const degrees = isTurned ? 180 : augmentation.rotationDegrees;
  const angle = (uniform(random, -1, 1) * degrees * Math.PI) / 180;
  const [smallest, largest] = augmentation.scale;
  const scale = Math.exp(uniform(random, Math.log(smallest), Math.log(largest)));
  const flipX = augmentation.mirror && random() < 0.5 ? -1 : 1;
  const flipY = augmentation.mirror && random() < 0.5 ? -1 : 1;
  // A larger picture of the anatomy takes smaller steps through the slice.
  const stepX = (target[0] / scale) * flipX;
  const stepY = (target[1] / scale) * flipY;
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  const a = (cosine * stepX) / spacing[0];
  const b = (-sine * stepY) / spacing[0];
  const d = (sine * stepX) / spacing[1];
  const e = (cosine * stepY) / spacing[1];
  const midX = (patch.width - 1) / 2 + uniform(random, -1, 1) * augmentation.shiftFraction * patch.width;
  const midY = (patch.height - 1) / 2 + uniform(random, -1, 1) * augmentation.shiftFraction * patch.height;
  return {
    a,
    b,
    c: centre[0] - a * midX - b * midY,
    d,
    e,
    f: centre[1] - d * midX - e * midY,
    elastic: augmentation.elasticMm > 0 ? elasticGrid(random, augmentation.elasticMm, spacing) : null,
  };
}

function elasticGrid(random: Random, millimetres: number, spacing: readonly [number, number]): ElasticGrid {
  const points = (ELASTIC_CELLS + 1) ** 2;
  const draw = (step: number) =>
    Float32Array.from({ length: points }, () => (normal(random) * millimetres) / step);
  return { cells: ELASTIC_CELLS, u: draw(spacing[0]), v: draw(spacing[1]) };
}

/** Random gamma (log-uniform), and with noise on, mild changes of contrast and brightness. */
export function randomIntensity(random: Random, augmentation: AugmentationConfig): IntensityChange {
  const [low, high] = augmentation.gamma;
  const gamma = Math.exp(uniform(random, Math.log(low), Math.log(high)));
  if (augmentation.noise === 0) return { gamma, contrast: 1, brightness: 0 };
  return { gamma, contrast: uniform(random, 0.85, 1.15), brightness: uniform(random, -0.2, 0.2) };
}

const NOISE_TABLE_BITS = 16;
let noiseTable: Float32Array | null = null;

/**
 * Adds normal noise of a random standard deviation up to `strongest` to the values from `start` to `end`.
 *
 * The numbers come from a fixed table read from a random place: drawing each anew would cost more than the
 * rest of the augmentation.
 */
export function addNoise(
  random: Random,
  strongest: number,
  values: Float32Array,
  start: number,
  end: number,
): void {
  if (strongest === 0) return;
  noiseTable ??= makeNoiseTable();
  const deviation = random() * strongest;
  const mask = noiseTable.length - 1;
  let at = integerBelow(random, noiseTable.length);
  // An odd stride visits every entry before it repeats.
  const stride = 2 * integerBelow(random, noiseTable.length >> 1) + 1;
  for (let index = start; index < end; index++) {
    values[index] = (values[index] ?? 0) + (noiseTable[at] ?? 0) * deviation;
    at = (at + stride) & mask;
  }
}

function makeNoiseTable(): Float32Array {
  const random = randomStream(0);
  return Float32Array.from({ length: 1 << NOISE_TABLE_BITS }, () => normal(random));
}
