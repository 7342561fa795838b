import { freemem } from 'node:os';
import type { RunConfig, RunItem } from '#src/contracts/documents/run';
import { HeldoutError } from '#src/contracts/failure';
import { voxelCount, type Dims } from '#src/imaging/geometry';
import { largestComponentShare } from '#src/models/components';
import { probeSlices } from '#src/splits/probe-slices';
import { rolesOf } from '#src/splits/roles';
import type { Scan } from '#src/registry/records';
import type { Project } from '#main/store/project';
import { throwIfCancelled, type JobContext } from '#main/jobs/context';
import { TENSORFLOW_VERSION } from '#main/training/tensorflow-cache';
import { fitMemory, paintedLabels, parseOverrides, requireSensible, trainingSettings } from './run-settings';
import { splittableScans } from './splits';

/** What a plan is asked for; everything left out is planned from the data. */
export interface PlanRequest {
  /** null trains on every scan with a mask and holds nothing out. */
  readonly split: string | null;
  readonly fold: number | null;
  readonly minutes?: number;
  readonly epochs?: number;
  readonly seed?: number;
  /** Parts of a run's config that replace the planned ones. */
  readonly config?: object;
  readonly backend?: 'auto' | 'tensorflow' | 'webgpu' | 'wasm';
  readonly threads?: number;
  readonly probeEvery?: number;
}

const DEFAULT_MINUTES = 15;
const DEFAULT_PROBE_EVERY = 5;
/** Masks looked at to learn whether a label comes in one piece. */
const PIECE_SAMPLE = 24;
/** A label comes in one piece when this share of its voxels lies in the largest piece, in every mask looked at. */
const ONE_PIECE = 0.95;

type SlicesByScan = readonly { readonly scan: string; readonly slices: readonly number[] }[];

/**
 * The whole description of a run: which slices of which scans, and a plan that follows from them. Its precision is float32:
 * whether another one is better shows when the engine is tried.
 *
 * @param available bytes of memory that the training process may use
 * @throws HeldoutError before anything is written: `usage` (options that contradict each other, an unknown fold), `input`
 *   (no masks, nothing painted, an empty side), `resource` (not enough memory)
 */
export async function planRun(
  project: Project,
  id: string,
  request: PlanRequest,
  context: JobContext,
  available: number = freemem(),
): Promise<RunConfig> {
  const wanted = parseOverrides(request.config ?? {});
  requireTensorflow(request);
  const probeEvery = request.probeEvery ?? DEFAULT_PROBE_EVERY;
  const roles = slicesOf(project, request, probeEvery);
  const items = new Map<string, Omit<RunItem, 'slices'>>();
  const named = new Set([...roles.training, ...roles.seen, ...roles.heldOut].map(({ scan }) => scan));
  for (const name of named) {
    throwIfCancelled(context);
    const scan = project.registry.scanNamed(name);
    const mask = await project.masks.freeze(scan.id);
    if (mask === null)
      throw new HeldoutError('input', `The scan ${name} has no mask any more: paint it or make a new split.`);
    items.set(name, { patient: scan.patient, scan: name, voxels: scan.voxels, mask });
    context.report({ done: items.size, total: named.size, unit: 'scans', message: 'Preparing the masks' });
  }
  const itemsOf = (side: SlicesByScan): RunItem[] =>
    side.flatMap(({ scan, slices }) => {
      const item = items.get(scan);
      return item === undefined || slices.length === 0 ? [] : [{ ...item, slices: [...slices] }];
    });

  const training = itemsOf(roles.training);
  const scans = training.map((item) => project.registry.scanNamed(item.scan));
  const labels = wanted.labels ?? paintedLabels(scans);
  if (training.length === 0 || labels.length === 0)
    throw new HeldoutError(
      'input',
      'There is nothing painted to learn from on the training side: paint or import masks first, or choose another split.',
    );

  const config: RunConfig = {
    schema: 'heldout.run/1',
    id,
    split: request.split,
    fold: request.split === null ? null : (request.fold ?? 0),
    ...trainingSettings(
      scans.map((scan, index) => ({ scan, slices: training[index]?.slices?.length ?? 0 })),
      labels,
      request.threads === undefined ? wanted : { ...wanted, threads: request.threads },
      {
        minutes: request.epochs === undefined ? (request.minutes ?? DEFAULT_MINUTES) : null,
        epochs: request.epochs ?? null,
      },
    ),
    seed: request.seed ?? wanted.seed ?? 1,
    keepLargest: wanted.keepLargest ?? (await labelsInOnePiece(project, training, labels)),
    probeEvery,
    training,
    probes: { seen: itemsOf(roles.seen), heldOut: itemsOf(roles.heldOut) },
    versions: trainingVersions(),
  };
  requireSensible(config);
  const used = [...config.training, ...config.probes.seen, ...config.probes.heldOut];
  return fitMemory(
    config,
    dataBytes(used.map(({ scan }) => project.registry.scanNamed(scan))),
    available,
    context,
  );
}

/** What decides a result beside config and data. */
export function trainingVersions(): Record<string, string> {
  return { tensorflow: TENSORFLOW_VERSION, node: process.versions.node };
}

/** Slices of each role; probe slices of both sides are what the live curves are scored on. */
function slicesOf(
  project: Project,
  request: PlanRequest,
  probeEvery: number,
): { training: SlicesByScan; seen: SlicesByScan; heldOut: SlicesByScan } {
  const scans = splittableScans(project);
  if (scans.length === 0)
    throw new HeldoutError('input', 'No scan has a mask: paint or import masks before you train.');
  if (request.split !== null) {
    const roles = rolesOf(project.registry.split(request.split), request.fold ?? 0, scans, probeEvery);
    return { training: roles.training, seen: roles.probesSeen, heldOut: roles.probesHeldOut };
  }
  const probes = scans.map(({ scan, slices }) => ({ scan, slices: probeSlices(slices, probeEvery) }));
  const training = scans.map(({ scan, slices }, index) => ({
    scan,
    slices: Array.from({ length: slices }, (_, k) => k).filter((k) => !probes[index]?.slices.includes(k)),
  }));
  return { training, seen: probes, heldOut: [] };
}

/** Labels whose training references are in one piece: learned from the training side alone. */
async function labelsInOnePiece(
  project: Project,
  training: readonly RunItem[],
  labels: readonly number[],
): Promise<number[]> {
  const stride = Math.max(1, training.length / PIECE_SAMPLE);
  const sample = Array.from(
    { length: Math.min(PIECE_SAMPLE, training.length) },
    (_, index) => training[Math.floor(index * stride)],
  );
  const broken = new Set<number>();
  for (const item of sample) {
    if (item === undefined) continue;
    const { samples, geometry } = await project.voxels.get(item.mask);
    const [nx, ny, nz] = geometry.dims;
    const slices = item.slices ?? Array.from({ length: nz }, (_, k) => k);
    // The slices that are not trained on are left out; what remains moves together.
    const kept = new Uint8Array(nx * ny * slices.length);
    slices.forEach((k, index) => {
      kept.set(samples.subarray(k * nx * ny, (k + 1) * nx * ny), index * nx * ny);
    });
    const dims: Dims = [nx, ny, slices.length];
    for (const label of labels) {
      const share = largestComponentShare(kept, dims, label);
      if (share !== null && share < ONE_PIECE) broken.add(label);
    }
  }
  return labels.filter((label) => !broken.has(label));
}

/** Bytes of all images and masks that a training process holds; scans named twice count once. */
export function dataBytes(scans: readonly Scan[]): number {
  let bytes = 0;
  for (const { geometry, sampleType } of new Map(scans.map((scan) => [scan.scan, scan])).values()) {
    const size = { uint8: 1, int16: 2, uint16: 2, float32: 4 }[sampleType];
    bytes += voxelCount(geometry.dims) * (size + 1);
  }
  return bytes;
}

function requireTensorflow(request: PlanRequest): void {
  const { backend = 'auto' } = request;
  if (backend !== 'auto' && backend !== 'tensorflow')
    throw new HeldoutError('usage', `The engine ${backend} is not built in yet: choose tensorflow or auto.`);
}
