import * as v from 'valibot';

/** `heldout merge --pairs FILE --json`: what a file of pairs merged, or would merge. */
export const mergePairsDocument = v.object({
  schema: v.literal('heldout.merge-pairs/1'),
  dryRun: v.boolean(),
  /** Lines that name a pair. */
  pairs: v.number(),
  /** How many of them were one patient already, or are by an earlier line. */
  alreadyOne: v.number(),
  /** By the patients' names in the project. */
  merged: v.array(v.object({ line: v.number(), kept: v.string(), merged: v.string() })),
  /** Splits that have both sides of such a pair, and are marked as leaking by these merges. */
  leaking: v.array(v.string()),
});
export type MergePairsDocument = v.InferOutput<typeof mergePairsDocument>;
