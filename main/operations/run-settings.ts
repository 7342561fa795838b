import * as v from 'valibot';
import type { TrainingSettings } from '#src/contracts/documents/experiment-plan';
import {
  augmentationConfig,
  modelConfig,
  runConfig,
  scheduleConfig,
  type RunConfig,
} from '#src/contracts/documents/run';
import { HeldoutError } from '#src/contracts/failure';
import { spacingOf } from '#src/imaging/geometry';
import { isAnatomical } from '#src/imaging/view';
import { OBLIQUE_TURNED_SHARE } from '#src/models/augmentation';
import { fittingBatch, trainingBytes } from '#src/models/memory';
import { defaultPlan } from '#src/models/plan';
import { sizeMultiple } from '#src/models/unet';
import type { Scan } from '#src/registry/records';
import type { JobContext } from '#main/jobs/context';
import { defaultThreads } from '#main/training/training-environment';

/** Left to the system and the other programs. */
const MEMORY_SHARE = 0.85;

const overrides = v.strictObject({
  ...v.partial(
    v.pick(v.object(runConfig.entries), [
      'batch',
      'patch',
      'targetSpacing',
      'labels',
      'foregroundShare',
      'keepLargest',
      'threads',
      'seed',
    ]),
  ).entries,
  model: v.optional(v.partial(v.omit(modelConfig, ['classes']))),
  schedule: v.optional(v.partial(scheduleConfig)),
  augmentation: v.optional(v.partial(augmentationConfig)),
});
/** Parts of a run's config that replace the planned ones. */
export type Overrides = v.InferOutput<typeof overrides>;

/** Reads overrides as a person wrote them. @throws HeldoutError `usage` that names what a run does not know */
export function parseOverrides(config: object): Overrides {
  const parsed = v.safeParse(overrides, config);
  if (parsed.success) return parsed.output;
  throw new HeldoutError(
    'usage',
    `The config has something that a run does not know: ${v.summarize(parsed.issues)}`,
  );
}

/** Label numbers that any of the masks holds, ascending. */
export function paintedLabels(scans: readonly Scan[]): number[] {
  const found = new Set<number>();
  for (const scan of scans)
    for (const [label, voxels] of Object.entries(scan.mask?.voxels ?? {}))
      if (voxels > 0 && Number(label) > 0) found.add(Number(label));
  return [...found].sort((a, b) => a - b);
}

/**
 * What decides the weights beside data and seed: the default plan of these scans with the person's overrides.
 *
 * @param scans at least one, each with the number of slices that may be trained on
 * @param length minutes, or epochs when they are given
 */
export function trainingSettings(
  scans: readonly { readonly scan: Scan; readonly slices: number }[],
  labels: readonly number[],
  wanted: Overrides,
  length: { readonly minutes: number | null; readonly epochs: number | null },
): TrainingSettings {
  const { learningRate, stepsPerEpoch, ...planned } = defaultPlan(
    scans.map(({ scan, slices }) => {
      const [width, height] = scan.geometry.dims;
      const [x, y] = spacingOf(scan.geometry);
      return { width, height, spacing: [x, y] as const, slices };
    }),
    labels.length,
  );
  const { batch, patch, targetSpacing, foregroundShare } = wanted;
  return {
    ...planned,
    ...defined({ batch, patch, targetSpacing, foregroundShare }),
    model: { ...planned.model, ...defined(wanted.model ?? {}), classes: labels.length + 1 },
    precision: 'float32',
    backend: 'tensorflow',
    threads: wanted.threads ?? defaultThreads(),
    schedule: { kind: 'cosine', learningRate, ...length, stepsPerEpoch, ...defined(wanted.schedule ?? {}) },
    augmentation: {
      ...planned.augmentation,
      turnedShare: scans.some(({ scan: { view } }) => !isAnatomical(view)) ? OBLIQUE_TURNED_SHARE : 0,
      ...defined(wanted.augmentation ?? {}),
    },
    labels: [...labels],
  };
}

type Sized = Pick<RunConfig, 'model' | 'batch' | 'patch'>;

/** Refuses what the network cannot be fed. @throws HeldoutError `usage` */
export function requireSensible({ model, batch, patch }: Sized): void {
  const multiple = sizeMultiple(model);
  if (patch.some((side) => side < multiple || side % multiple !== 0))
    throw new HeldoutError(
      'usage',
      `The patch ${patch.join(' x ')} must be a multiple of ${multiple} for a depth of ${model.depth}.`,
    );
  if (!Number.isInteger(batch) || batch < 2)
    throw new HeldoutError('usage', `The batch ${batch} must be a whole number from 2.`);
}

/**
 * Shrinks the batch, with a sentence, when the planned one does not fit.
 *
 * @param data bytes of the images and masks that the process holds
 * @param available bytes of memory that it may use
 * @throws HeldoutError `resource` when not even the smallest batch fits
 */
export function fitMemory<T extends Sized>(
  config: T,
  data: number,
  available: number,
  context: JobContext,
): T {
  const room = available * MEMORY_SHARE - data;
  const batch = fittingBatch(config.model, config.batch, config.patch, room);
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  if (batch === null)
    throw new HeldoutError(
      'resource',
      `This training needs ${gigabytes(data + trainingBytes(config.model, 2, config.patch))} of memory and ${gigabytes(available)} are free: close other programs, or train on fewer scans or smaller patches.`,
    );
  if (batch < config.batch)
    context.report({
      done: 0,
      total: null,
      unit: 'steps',
      message: `Memory is short (${gigabytes(available)} free): the batch is ${batch} instead of ${config.batch}`,
    });
  return { ...config, batch };
}

/** The entries that are there: `undefined` never replaces a planned value. */
function defined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
