import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Voxels of one label in one slice: in both masks, in the reference, in the prediction. */
const labelCounts = v.tuple([count, count, count]);
export type LabelCounts = v.InferOutput<typeof labelCounts>;

/** Of each slice of a scan, in order, the counts of each label of the experiment, in order. */
const scanCounts = v.array(v.array(labelCounts));
export type ScanCounts = v.InferOutput<typeof scanCounts>;

/**
 * `scores/<training>.json` of an experiment: how the model of one training labels every slice of some scans. Any Dice
 * over any set of slices follows from it, so predictions need not be kept.
 */
export const trainingScores = v.object({
  schema: v.literal('heldout.training-scores/1'),
  training: v.string(),
  run: v.string(),
  step: count,
  scans: v.record(v.string(), scanCounts),
});
export type TrainingScores = v.InferOutput<typeof trainingScores>;
