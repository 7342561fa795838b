import type { RunConfig } from '#src/contracts/documents/run';
import type { Samples } from '#src/imaging/volume';
import { addNoise, randomIntensity, randomTransform } from './augmentation';
import { intensityTable, type IntensityScale } from './intensity';
import { integerBelow, permutation, randomStream, type Random } from './random';
import { sampleImage, sampleLabels, type PatchSize } from './slice-sampler';

/** One scan ready to be sampled; the arrays may be shared between threads. */
export interface TrainingScan {
  /** i-fastest, as in its voxel file. */
  readonly samples: Samples;
  /** One label number per voxel. */
  readonly labels: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** In-plane [x, y] in mm. */
  readonly spacing: readonly [number, number];
  readonly scale: IntensityScale;
}

/** One slice that may be trained on. */
export interface TrainingSlice {
  /** Index of its scan. */
  readonly scan: number;
  readonly k: number;
  /** A few pixel indices within the slice of each class that it holds, background left out. */
  readonly foreground: readonly (readonly [classNumber: number, pixels: Uint32Array])[];
}

export interface TrainingData {
  readonly scans: readonly TrainingScan[];
  readonly slices: readonly TrainingSlice[];
  /** Indices of the slices with foreground. */
  readonly withForeground: Uint32Array;
}

/** What of a run's config decides its batches. */
export type BatchRecipe = Pick<
  RunConfig,
  'seed' | 'batch' | 'patch' | 'targetSpacing' | 'augmentation' | 'labels' | 'foregroundShare'
>;

/** Purposes of random streams, so that no two uses of a seed share numbers. */
const ORDER = 2;
const SAMPLE = 3;
const MOST_PIXELS_OF_A_CLASS = 64;

/** Network class of each label number (0 for labels that the run does not learn). */
export function classTable(labels: readonly number[]): Uint8Array {
  const table = new Uint8Array(256);
  labels.forEach((label, index) => {
    table[label] = index + 1;
  });
  return table;
}

/** Finds pixels of every class in slice `k`, evenly thinned. */
export function describeSlice(
  scan: TrainingScan,
  scanIndex: number,
  k: number,
  classOf: Uint8Array,
): TrainingSlice {
  const size = scan.width * scan.height;
  const found = new Map<number, number[]>();
  for (let pixel = 0; pixel < size; pixel++) {
    const classNumber = classOf[scan.labels[k * size + pixel] ?? 0] ?? 0;
    if (classNumber === 0) continue;
    const list = found.get(classNumber);
    if (list) list.push(pixel);
    else found.set(classNumber, [pixel]);
  }
  const foreground = [...found.entries()]
    .sort(([a], [b]) => a - b)
    .map(([classNumber, pixels]) => {
      const stride = Math.max(1, pixels.length / MOST_PIXELS_OF_A_CLASS);
      const kept = Math.min(pixels.length, MOST_PIXELS_OF_A_CLASS);
      return [
        classNumber,
        Uint32Array.from({ length: kept }, (_, i) => pixels[Math.floor(i * stride)] ?? 0),
      ] as const;
    });
  return { scan: scanIndex, k, foreground };
}

/** The slices of all scans as training data; throws a RangeError when there are none. */
export function trainingData(scans: readonly TrainingScan[], slices: readonly TrainingSlice[]): TrainingData {
  if (slices.length === 0) throw new RangeError('no slice to train on');
  const withForeground = slices.flatMap((slice, index) => (slice.foreground.length > 0 ? [index] : []));
  return { scans, slices, withForeground: Uint32Array.from(withForeground) };
}

/** The pass and the place in it that draw number `count` of a stream of `length` items falls on. */
class Deck {
  #pass = -1;
  #order: Uint32Array = new Uint32Array(0);

  constructor(
    readonly seed: number,
    readonly stream: number,
    readonly length: number,
  ) {}

  /** Item number `draw` of an endless sequence of shuffled passes. */
  at(draw: number): number {
    const pass = Math.floor(draw / this.length);
    if (pass !== this.#pass) {
      this.#order = permutation(randomStream(this.seed, ORDER, this.stream, pass), this.length);
      this.#pass = pass;
    }
    return this.#order[draw % this.length] ?? 0;
  }
}

/**
 * Makes the batches of a run. Batch `step` depends on the data, the recipe and `step` only, never on what was made
 * before: a resumed run and any number of workers make the same batches.
 */
export class BatchMaker {
  readonly #data: TrainingData;
  readonly #recipe: BatchRecipe;
  readonly #patch: PatchSize;
  readonly #classOf: Uint8Array;
  readonly #foregroundPerBatch: number;
  readonly #all: Deck;
  readonly #foreground: Deck;

  constructor(data: TrainingData, recipe: BatchRecipe) {
    this.#data = data;
    this.#recipe = recipe;
    this.#patch = { height: recipe.patch[0], width: recipe.patch[1] };
    this.#classOf = classTable(recipe.labels);
    this.#foregroundPerBatch =
      data.withForeground.length === 0 ? 0 : Math.round(recipe.batch * recipe.foregroundShare);
    this.#all = new Deck(recipe.seed, 0, data.slices.length);
    this.#foreground = new Deck(recipe.seed, 1, Math.max(1, data.withForeground.length));
  }

  /** Images [batch, height, width, 1] and class numbers [batch * height * width] of the step (from 0). */
  make(step: number): { images: Float32Array<ArrayBuffer>; classes: Uint8Array<ArrayBuffer> } {
    const { batch, seed } = this.#recipe;
    const pixels = this.#patch.width * this.#patch.height;
    const images = new Float32Array(batch * pixels);
    const classes = new Uint8Array(batch * pixels);
    const others = batch - this.#foregroundPerBatch;
    for (let place = 0; place < batch; place++) {
      const wantsForeground = place < this.#foregroundPerBatch;
      const slice = wantsForeground
        ? (this.#data.withForeground[this.#foreground.at(step * this.#foregroundPerBatch + place)] ?? 0)
        : this.#all.at(step * others + place - this.#foregroundPerBatch);
      const random = randomStream(seed, SAMPLE, step, place);
      this.#sample(slice, wantsForeground, random, images, classes, place * pixels);
    }
    return { images, classes };
  }

  #sample(
    sliceIndex: number,
    wantsForeground: boolean,
    random: Random,
    images: Float32Array,
    classes: Uint8Array,
    at: number,
  ): void {
    const slice = this.#data.slices[sliceIndex];
    const scan = slice && this.#data.scans[slice.scan];
    if (!slice || !scan) throw new RangeError(`no training slice ${sliceIndex}`);
    const { augmentation, targetSpacing } = this.#recipe;
    const centre = this.#centre(slice, scan, wantsForeground, random);
    const transform = randomTransform(random, augmentation, centre, scan.spacing, this.#patch, targetSpacing);
    const table = intensityTable(scan.scale, randomIntensity(random, augmentation));
    const view = { offset: slice.k * scan.width * scan.height, width: scan.width, height: scan.height };
    sampleImage({ ...view, samples: scan.samples }, transform, this.#patch, scan.scale, table, images, at);
    sampleLabels({ ...view, samples: scan.labels }, transform, this.#patch, this.#classOf, classes, at);
    addNoise(random, augmentation.noise, images, at, at + this.#patch.width * this.#patch.height);
  }

  /** Where the patch lies: on a pixel of a random class, or anywhere that keeps the patch within the slice. */
  #centre(
    slice: TrainingSlice,
    scan: TrainingScan,
    wantsForeground: boolean,
    random: Random,
  ): readonly [number, number] {
    if (wantsForeground) {
      const pixels = slice.foreground[integerBelow(random, slice.foreground.length)]?.[1];
      const pixel = pixels?.[integerBelow(random, pixels.length)];
      if (pixel !== undefined) return [pixel % scan.width, Math.floor(pixel / scan.width)];
    }
    const along = (size: number, patch: number, spacing: number, target: number) => {
      const room = Math.max(0, size - (patch * target) / spacing);
      return (size - 1) / 2 + (random() - 0.5) * room;
    };
    const { targetSpacing } = this.#recipe;
    return [
      along(scan.width, this.#patch.width, scan.spacing[0], targetSpacing[0]),
      along(scan.height, this.#patch.height, scan.spacing[1], targetSpacing[1]),
    ];
  }
}
