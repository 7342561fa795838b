import * as v from 'valibot';

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u, 'a SHA-256 in hexadecimal'));

/**
 * One scan with its mask as a run sees it. Both are content-addressed files of the project's voxels/ folder, so
 * that the record says exactly which voxels and which labels were used.
 */
const runItem = v.object({
  patient: v.string(),
  scan: v.string(),
  voxels: sha256,
  mask: sha256,
  /** Slices (k) to use; null = all of them. */
  slices: v.nullable(v.array(v.number())),
});
export type RunItem = v.InferOutput<typeof runItem>;

/** The plain description of the U-Net. */
export const modelConfig = v.object({
  base: v.number(),
  depth: v.number(),
  norm: v.literal('batch'),
  /** Background included. */
  classes: v.number(),
  inChannels: v.literal(1),
});
export type ModelConfig = v.InferOutput<typeof modelConfig>;

export const augmentationConfig = v.object({
  rotationDegrees: v.number(),
  /** Share of the samples that are turned by any angle at all. */
  turnedShare: v.number(),
  scale: v.tuple([v.number(), v.number()]),
  shiftFraction: v.number(),
  elasticMm: v.number(),
  gamma: v.tuple([v.number(), v.number()]),
  noise: v.number(),
  mirror: v.boolean(),
});
export type AugmentationConfig = v.InferOutput<typeof augmentationConfig>;

export const scheduleConfig = v.object({
  kind: v.picklist(['cosine', 'polynomial']),
  learningRate: v.number(),
  /** Wall-clock budget in minutes; null when `epochs` decides. */
  minutes: v.nullable(v.number()),
  epochs: v.nullable(v.number()),
  stepsPerEpoch: v.number(),
});
export type ScheduleConfig = v.InferOutput<typeof scheduleConfig>;

/** `config.json` of a run folder: everything that decides the weights, and nothing else. */
export const runConfig = v.object({
  schema: v.literal('heldout.run/1'),
  id: v.string(),
  split: v.nullable(v.string()),
  fold: v.nullable(v.number()),
  seed: v.number(),
  model: modelConfig,
  batch: v.number(),
  patch: v.tuple([v.number(), v.number()]),
  /** In-plane spacing [x, y] in mm to which slices are resampled. */
  targetSpacing: v.tuple([v.number(), v.number()]),
  precision: v.picklist(['float32', 'bfloat16']),
  backend: v.picklist(['tensorflow', 'webgpu', 'wasm']),
  threads: v.number(),
  schedule: scheduleConfig,
  augmentation: augmentationConfig,
  /** Label numbers of the classes 1, 2, …, in order. */
  labels: v.array(v.number()),
  /** Share of each batch whose patch is centred on a labelled pixel. */
  foregroundShare: v.number(),
  /** Label numbers of which a prediction keeps the largest component only, because the references are in one piece. */
  keepLargest: v.array(v.number()),
  /** Every `probeEvery`-th slice is never trained on, by any run; 0 switches probes off. */
  probeEvery: v.number(),
  /** Training slices; probe slices and held-out slices are already left out. */
  training: v.array(runItem),
  /** Probe slices of seen and of held-out patients, scored for the live curves. */
  probes: v.object({ seen: v.array(runItem), heldOut: v.array(runItem) }),
  versions: v.record(v.string(), v.string()),
});
export type RunConfig = v.InferOutput<typeof runConfig>;

/** A line of `log.ndjson`, at each epoch and at least every 30 s. */
export const logRecord = v.object({
  step: v.number(),
  epoch: v.number(),
  seconds: v.number(),
  loss: v.number(),
  learningRate: v.number(),
  msPerStep: v.number(),
  waitShare: v.number(),
  rssMb: v.number(),
  dice: v.optional(
    v.object({
      seen: v.record(v.string(), v.nullable(v.number())),
      heldOut: v.record(v.string(), v.nullable(v.number())),
    }),
  ),
});
export type LogRecord = v.InferOutput<typeof logRecord>;
