import * as v from 'valibot';

const strength = v.picklist(['strong', 'weak']);

const suggestion = v.object({
  patients: v.tuple([v.string(), v.string()]),
  strength,
  /** In words that name nobody, the strong ones first. */
  reasons: v.array(
    v.object({
      kind: v.picklist(['name-and-birth-date', 'study', 'frame-of-reference', 'images']),
      strength,
      sentence: v.string(),
    }),
  ),
  /** Splits that would be marked as leaking once the two are merged. */
  wouldLeak: v.array(v.string()),
});

const merge = v.object({
  id: v.number(),
  at: v.string(),
  kept: v.string(),
  merged: v.string(),
  scans: v.array(v.string()),
  reason: v.string(),
  undoneAt: v.nullable(v.string()),
});

/** `heldout merge … --json`: who may be one person, and who has been merged. */
export const mergeDocument = v.object({
  schema: v.literal('heldout.merge/1'),
  suggestions: v.array(suggestion),
  merges: v.array(merge),
  /** Scans whose images could not be read and were not compared. */
  notCompared: v.array(v.string()),
});
export type MergeDocument = v.InferOutput<typeof mergeDocument>;
export type MergeSuggestion = v.InferOutput<typeof suggestion>;
