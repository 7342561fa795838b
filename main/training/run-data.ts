import { join } from 'node:path';
import type { RunConfig, RunItem } from '#src/contracts/documents/run';
import { HeldoutError } from '#src/contracts/failure';
import { spacingOf } from '#src/imaging/geometry';
import { sampleTypeOf, samplesFrom, type Samples, type Volume } from '#src/imaging/volume';
import { intensityScale } from '#src/models/intensity';
import {
  classTable,
  describeSlice,
  trainingData,
  type TrainingData,
  type TrainingScan,
} from '#src/models/training-data';
import { readVoxelFile } from '#main/store/voxel-file';

/** Slices of one scan on which a run is scored while it trains. */
export interface Probe {
  readonly patient: string;
  readonly scan: TrainingScan;
  readonly slices: readonly number[];
}

export interface RunData {
  readonly training: TrainingData;
  readonly probes: { readonly seen: readonly Probe[]; readonly heldOut: readonly Probe[] };
}

/** Path of a content-addressed file below the project's voxels folder. */
function voxelPath(voxelsFolder: string, sha256: string): string {
  return join(voxelsFolder, sha256.slice(0, 2), `${sha256}.hvx`);
}

/**
 * Loads everything that a run reads, once, into memory that the feeding workers share.
 *
 * @throws HeldoutError `input` when a mask has another grid than its image, an image holds voxels that are no numbers, or
 *   nothing is left to train on
 */
export async function loadRunData(voxelsFolder: string, config: RunConfig): Promise<RunData> {
  const loaded = new Map<string, TrainingScan>();
  const scanOf = async (item: RunItem): Promise<TrainingScan> => {
    const key = `${item.voxels} ${item.mask}`;
    let scan = loaded.get(key);
    if (scan === undefined) {
      const image = await readVoxelFile(voxelPath(voxelsFolder, item.voxels));
      const mask = await readVoxelFile(voxelPath(voxelsFolder, item.mask));
      scan = trainingScan(item.scan, image, mask);
      loaded.set(key, scan);
    }
    return scan;
  };

  const classOf = classTable(config.labels);
  const scans: TrainingScan[] = [];
  const slices = [];
  for (const item of config.training) {
    const scan = await scanOf(item);
    const index = scans.push(scan) - 1;
    for (const k of slicesOf(item, scan)) slices.push(describeSlice(scan, index, k, classOf));
  }
  if (slices.length === 0)
    throw new HeldoutError('input', 'This run has no slice to train on: choose another split or fold.');

  const probes = async (items: readonly RunItem[]): Promise<Probe[]> => {
    const result: Probe[] = [];
    for (const item of items) {
      const scan = await scanOf(item);
      result.push({ patient: item.patient, scan, slices: slicesOf(item, scan) });
    }
    return result;
  };
  return {
    training: trainingData(scans, slices),
    probes: { seen: await probes(config.probes.seen), heldOut: await probes(config.probes.heldOut) },
  };
}

/** An image ready for sampling, without labels: what a prediction needs. */
export function unlabelledScan(image: Volume): TrainingScan {
  const [width, height] = image.geometry.dims;
  const [x, y] = spacingOf(image.geometry);
  return {
    samples: image.samples,
    labels: new Uint8Array(0),
    width,
    height,
    spacing: [x, y],
    scale: intensityScale(image.samples),
  };
}

function trainingScan(name: string, image: Volume, mask: Volume): TrainingScan {
  const { dims } = image.geometry;
  if (mask.geometry.dims.some((n, axis) => n !== dims[axis]))
    throw new HeldoutError(
      'input',
      `The mask of ${name} has ${mask.geometry.dims.join(' x ')} voxels, its image ${dims.join(' x ')}: import the mask again.`,
    );
  requireNumbers(name, image);
  const labels = new Uint8Array(new SharedArrayBuffer(mask.samples.length));
  labels.set(mask.samples);
  return { ...unlabelledScan({ ...image, samples: shared(image.samples) }), labels };
}

/**
 * An import leaves no voxel that is no number; a file that was changed since might.
 *
 * @throws HeldoutError `input` that names the scan
 */
function requireNumbers(name: string, { samples }: Volume): void {
  if (!(samples instanceof Float32Array) || samples.every(Number.isFinite)) return;
  const wrong = samples.reduce((count, value) => count + Number(!Number.isFinite(value)), 0);
  throw new HeldoutError(
    'input',
    `${wrong} voxels of ${name} are no numbers (NaN or infinite): import it again, which replaces them.`,
  );
}

/** The same samples in memory that threads share. */
function shared(samples: Samples): Samples {
  const copy = samplesFrom(
    sampleTypeOf(samples),
    new SharedArrayBuffer(samples.byteLength),
    0,
    samples.length,
  );
  copy.set(samples);
  return copy;
}

function slicesOf(item: RunItem, scan: TrainingScan): number[] {
  const count = scan.samples.length / (scan.width * scan.height);
  if (item.slices === null) return Array.from({ length: count }, (_, k) => k);
  return item.slices.filter((k) => k >= 0 && k < count);
}
