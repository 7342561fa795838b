import * as v from 'valibot';

const value = v.nullable(v.number());

/** Metrics of one label in one pair of masks; what does not exist is null, with the reason in `undefined`. */
export const labelMetrics = v.object({
  dice: value,
  iou: value,
  sensitivity: value,
  precision: value,
  volumeReferenceMl: value,
  volumePredictionMl: value,
  volumeDifferenceMl: value,
  falsePositiveMl: value,
  falseNegativeMl: value,
  componentsReference: v.number(),
  componentsPrediction: v.number(),
  hd95Mm: value,
  hdMm: value,
  assdMm: value,
  nsd: v.record(v.string(), value),
  trueNegative: v.boolean(),
  undefined: v.record(v.string(), v.string()),
});
export type LabelMetrics = v.InferOutput<typeof labelMetrics>;

/** Voxel counts; rows are the reference, columns the prediction, in the order of `labels` (0 = background). */
export const confusionMatrix = v.object({
  labels: v.array(v.number()),
  counts: v.array(v.array(v.number())),
});
export type ConfusionMatrix = v.InferOutput<typeof confusionMatrix>;

const metricsPair = v.object({
  reference: v.string(),
  prediction: v.string(),
  spacing: v.array(v.number()),
  labels: v.record(v.string(), labelMetrics),
  confusion: confusionMatrix,
});
export type MetricsPair = v.InferOutput<typeof metricsPair>;

const summaryValue = v.object({
  mean: value,
  median: value,
  n: v.number(),
  undefined: v.number(),
});

/** `heldout metrics --json`. */
export const metricsDocument = v.object({
  schema: v.literal('heldout.metrics/1'),
  convention: v.picklist(['surfel', 'voxel']),
  pairs: v.array(metricsPair),
  unmatched: v.array(v.string()),
  failed: v.array(v.object({ pair: v.string(), reason: v.string() })),
  summary: v.record(v.string(), v.record(v.string(), summaryValue)),
});
export type MetricsDocument = v.InferOutput<typeof metricsDocument>;
