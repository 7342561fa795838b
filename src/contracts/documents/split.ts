import * as v from 'valibot';

const fold = v.union([v.pipe(v.number(), v.integer(), v.minValue(0)), v.literal('locked')]);
const designs = ['slice', 'scan', 'view', 'patient', 'site', 'condition'] as const;

/** `heldout split show --json`. With a held-out share, fold 0 is held out. */
export const splitDocument = v.object({
  schema: v.literal('heldout.split/1'),
  name: v.string(),
  design: v.picklist(designs),
  seed: v.number(),
  folds: v.number(),
  items: v.array(
    v.object({
      patient: v.string(),
      scan: v.string(),
      slices: v.nullable(v.tuple([v.number(), v.number()])),
      fold,
    }),
  ),
});
export type SplitDocument = v.InferOutput<typeof splitDocument>;

/** One finding of the leak audit. `count` of `of` units are concerned; `pairs` name the units on both sides. */
const auditFinding = v.object({
  kind: v.picklist([
    'patient-both-sides',
    'scan-both-sides',
    'neighbour-slices',
    'near-duplicate',
    'same-person',
    'confound',
  ]),
  severity: v.picklist(['leak', 'warning']),
  count: v.number(),
  of: v.number(),
  patients: v.array(v.string()),
  pairs: v.array(v.tuple([v.string(), v.string()])),
  sentence: v.string(),
  /** The same count for each fold when it is held out: of its patients, scans or slices. */
  folds: v.optional(v.array(v.object({ fold: v.number(), count: v.number(), of: v.number() }))),
  /** How much of the held-out side is concerned, over all folds. */
  heldOutUnits: v.optional(
    v.object({ unit: v.picklist(['scans', 'slices']), count: v.number(), of: v.number() }),
  ),
  /** For `neighbour-slices`: how many slices away the training slice is at most. */
  within: v.optional(v.picklist([1, 2])),
});
export type AuditFinding = v.InferOutput<typeof auditFinding>;

/** `heldout split audit --json`. */
export const auditDocument = v.object({
  schema: v.literal('heldout.audit/1'),
  split: v.string(),
  clean: v.boolean(),
  findings: v.array(auditFinding),
});
export type AuditDocument = v.InferOutput<typeof auditDocument>;

/** `heldout split import --json`: the audit of what was imported, and what the file leaves open. */
export const splitImportDocument = v.object({
  ...auditDocument.entries,
  /** Scans with a reference mask that the file does not name; they stand in no fold. */
  leftOut: v.array(v.string()),
  /** Cases of the file's locked set (testing) that the project does not have. */
  unknownLocked: v.number(),
});
export type SplitImportDocument = v.InferOutput<typeof splitImportDocument>;
