import { HeldoutError } from '#src/contracts/failure';
import type { Geometry } from '#src/imaging/geometry';
import { displayWindow } from '#src/imaging/display-window';
import {
  fillSlice,
  narrowed,
  sampleTypeFor,
  type Rescale,
  type StoredFormat,
} from '#src/imaging/stored-values';
import type { Samples, Volume } from '#src/imaging/volume';
import type { FrameFacts } from './frame-facts';
import { FrameReader, type SlicePixels } from './pixel-data';
import { explainReadError } from './source-file';

/** What the reading of a slice's pixels needs of it. */
export type SliceToRead = SlicePixels & Rescale & Pick<FrameFacts, 'window'>;

/** A volume to read: for each k the slice that fills it, null for a hole. */
export interface VolumePlan<S extends SliceToRead = SliceToRead> {
  readonly geometry: Geometry;
  readonly slices: readonly (S | null)[];
}

/** The same plan with no more than the reading needs: it crosses to a worker for every volume. */
export function leanPlan({ geometry, slices }: VolumePlan): VolumePlan {
  return {
    geometry,
    slices: slices.map((slice) => {
      if (slice === null) return null;
      const { source, image, frame, tile, rows, columns, slope, intercept, window } = slice;
      return { source, image, frame, tile, rows, columns, slope, intercept, window };
    }),
  };
}

export interface AssembledSamples {
  readonly volume: Volume;
  readonly window: [number, number];
  readonly invertDisplay: boolean;
}

/** What came of reading a volume: null with the files that failed when at least one could not be read. */
export interface AssemblyOutcome<T = AssembledSamples> {
  readonly read: T | null;
  readonly failed: readonly { readonly index: number; readonly reason: string }[];
}

/**
 * Reads the pixels of every slice into one volume of real values (rescale slope and intercept applied). Files that cannot
 * be read are named, and nothing is returned, so that the caller plans again without them.
 *
 * @param onSlice told the index of each slice before it is read, so that a crash can be pinned on a file
 * @param memoryOf where the samples go: that many bytes, whatever they hold; fresh memory by default
 */
export async function assembleVolume(
  plan: VolumePlan,
  onSlice: (index: number) => void = () => undefined,
  memoryOf: (bytes: number) => ArrayBuffer = (bytes) => new ArrayBuffer(bytes),
): Promise<AssemblyOutcome> {
  const { dims } = plan.geometry;
  const count = dims[0] * dims[1];
  const formats = plan.slices.flatMap((slice) => (slice === null ? [] : [formatOf(slice)]));
  const reader = new FrameReader();
  const samples = samplesIn(memoryOf, sampleTypeFor(formats), count * dims[2]);
  const failed: { index: number; reason: string }[] = [];
  for (const [index, slice] of plan.slices.entries()) {
    if (slice === null) continue;
    onSlice(index);
    try {
      fillSlice(samples, index * count, count, await reader.read(slice), formatOf(slice));
    } catch (error) {
      const explained = explainReadError(error);
      const reason =
        explained instanceof HeldoutError ? explained.failure.sentence : 'Its pixels cannot be read.';
      failed.push({ index, reason });
    }
  }
  if (failed.length > 0) return { read: null, failed };
  fillHoles(samples, plan.slices, count);
  const isWhole = formats.every(({ slope, intercept }) => slope === 1 && Number.isInteger(intercept));
  const final = samples instanceof Float32Array && isWhole ? narrowed(samples) : samples;
  const middle = plan.slices[plan.slices.length >> 1] ?? plan.slices.find((slice) => slice !== null);
  return {
    read: {
      volume: { samples: final, geometry: plan.geometry },
      window: displayWindow(final, middle?.window ?? null),
      invertDisplay: middle?.image.context.pixels.inverted ?? false,
    },
    failed,
  };
}

const formatOf = ({ image, slope, intercept }: SliceToRead): StoredFormat & Rescale => ({
  ...image.context.pixels,
  slope,
  intercept,
});

function samplesIn(
  memoryOf: (bytes: number) => ArrayBuffer,
  type: 'int16' | 'uint16' | 'float32',
  length: number,
): Samples {
  switch (type) {
    case 'int16':
      return new Int16Array(memoryOf(2 * length), 0, length);
    case 'uint16':
      return new Uint16Array(memoryOf(2 * length), 0, length);
    case 'float32':
      return new Float32Array(memoryOf(4 * length), 0, length);
  }
}

/** A missing slice gets the lowest value of the others: it shows as empty, and no intensity is invented. */
function fillHoles(samples: Samples, slices: readonly (SliceToRead | null)[], count: number): void {
  if (!slices.includes(null)) return;
  let lowest = Infinity;
  for (const [k, slice] of slices.entries()) {
    if (slice === null) continue;
    for (let n = k * count; n < (k + 1) * count; n++) lowest = Math.min(lowest, samples[n] ?? Infinity);
  }
  for (const [k, slice] of slices.entries())
    if (slice === null) samples.fill(lowest, k * count, (k + 1) * count);
}
