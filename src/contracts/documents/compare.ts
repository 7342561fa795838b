import * as v from 'valibot';
import { confusionMatrix, labelMetrics } from './metrics';
import { gapEstimate, statisticsDocument, verdict } from './statistics';

const sideSummary = v.object({
  n: v.number(),
  undefined: v.number(),
  mean: v.nullable(v.number()),
  median: v.nullable(v.number()),
  iqr: v.nullable(v.tuple([v.number(), v.number()])),
});

const comparedScan = v.object({
  scan: v.string(),
  labels: v.record(v.string(), labelMetrics),
  confusion: confusionMatrix,
});

/** Mean over labels and scans of one patient; `side` says whether the patient was in training. */
const comparedPatient = v.object({
  patient: v.string(),
  side: v.picklist(['seen', 'heldOut']),
  dice: v.nullable(v.number()),
  scans: v.array(comparedScan),
});
export type ComparedPatient = v.InferOutput<typeof comparedPatient>;

/**
 * `heldout compare --json`. For one run the gap compares two groups of patients (Welch). When every fold of the
 * split has a finished run, `crossed` holds tau, paired by patient on probe slices, and the verdict rests on it.
 */
export const compareDocument = v.object({
  schema: v.literal('heldout.compare/1'),
  run: v.string(),
  split: v.string(),
  fold: v.nullable(v.number()),
  labels: v.record(v.string(), v.object({ seen: sideSummary, heldOut: sideSummary, gap: gapEstimate })),
  /** Gap of the patients' mean Dice between the two groups of this run. */
  gap: v.optional(gapEstimate),
  patients: v.array(comparedPatient),
  confusion: v.object({ seen: confusionMatrix, heldOut: confusionMatrix }),
  crossed: v.nullable(
    v.object({
      runs: v.array(v.string()),
      /** What the scores are taken over, where it is not the probe slices. */
      over: v.optional(v.literal('whole scans')),
      patients: v.array(
        v.object({
          patient: v.string(),
          heldOutFold: v.number(),
          /** Dice on the probe slices under the model that did not train on the patient. */
          heldOut: v.nullable(v.number()),
          /** Mean of the same over the models that did. */
          seen: v.nullable(v.number()),
          /** Dice of the whole scans under the model that did not train on the patient, mean over scans and labels. */
          heldOutWholeScan: v.nullable(v.number()),
        }),
      ),
      statistics: statisticsDocument,
      /**
       * Of folds whose numbers of patients differ by more than one, as others make them: then the level of a model does
       * not cancel in the gap. `gap` is that of folds that weigh the same, in which it does.
       */
      unequalFolds: v.optional(v.object({ smallest: v.number(), largest: v.number(), gap: v.number() })),
    }),
  ),
  /** Of predictions that were made elsewhere: how many scans of each side have one. */
  imported: v.optional(
    v.object({
      set: v.string(),
      seen: v.object({ scans: v.number(), predicted: v.number() }),
      heldOut: v.object({ scans: v.number(), predicted: v.number() }),
    }),
  ),
  /**
   * Where every fold has a run, but none with predictions of seen patients: each patient under the model that did not
   * train on them. Dice of whole scans, mean over labels and scans.
   */
  crossValidated: v.optional(
    v.object({
      runs: v.array(v.string()),
      patients: v.array(
        v.object({ patient: v.string(), heldOutFold: v.number(), heldOut: v.nullable(v.number()) }),
      ),
      heldOut: sideSummary,
    }),
  ),
  verdict,
});
export type CompareDocument = v.InferOutput<typeof compareDocument>;
