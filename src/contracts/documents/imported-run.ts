import * as v from 'valibot';
import { auditDocument } from './split';
import { leftOut } from './import';

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u, 'a SHA-256 in hexadecimal'));

/**
 * `imported.json` of a run folder: predictions that a model made elsewhere, in place of the `config.json` of a training.
 * Version 1. The predictions themselves are voxel files of the project (labels in the grid of the scan).
 */
export const importedRun = v.object({
  schema: v.literal('heldout.imported-run/1'),
  id: v.string(),
  /** What it was imported as; the models of one cross-validation have it in common. */
  set: v.string(),
  split: v.string(),
  /** The fold that this model did not train on. */
  fold: v.number(),
  /** Label numbers that are scored. */
  labels: v.array(v.number()),
  /** The project's number for each label of the files, where they differ; what it does not name is background. */
  labelMap: v.optional(v.record(v.string(), v.number())),
  importedAt: v.string(),
  /** What the model trained on, by the split. */
  training: v.array(v.object({ patient: v.string(), scan: v.string() })),
  predictions: v.array(
    v.object({
      scan: v.string(),
      /** The voxel file of the labels. */
      voxels: sha256,
      /** The file that was imported. */
      file: sha256,
    }),
  ),
});
export type ImportedRun = v.InferOutput<typeof importedRun>;

const sideCount = v.object({ scans: v.number(), predicted: v.number(), patients: v.number() });

/** `heldout run import --json`. */
export const runImportDocument = v.object({
  schema: v.literal('heldout.run-import/1'),
  set: v.string(),
  split: v.string(),
  /** true: the same predictions are in the project already, under this name. */
  alreadyPresent: v.boolean(),
  labels: v.array(v.number()),
  /** Labels that references hold and no prediction does: they are not scored. */
  labelsNotPredicted: v.array(v.number()),
  runs: v.array(
    v.object({
      run: v.string(),
      fold: v.number(),
      /** Scans outside the locked set, and how many of them this model came with a prediction for. */
      seen: sideCount,
      heldOut: sideCount,
      /** Scans of a side on which others are predicted, without a prediction. */
      missing: v.array(v.string()),
    }),
  ),
  leftOut: v.array(leftOut),
  /** Files that are no images at all. */
  notImages: v.number(),
  /** Scans with a reference mask that stand in no fold, for the file that says who trained does not name them. */
  notInSplit: v.array(v.string()),
  unknownLocked: v.number(),
  /** Scans that are taken as held out because a list of who trained does not name them. */
  takenAsHeldOut: v.number(),
  audit: auditDocument,
});
export type RunImportDocument = v.InferOutput<typeof runImportDocument>;
