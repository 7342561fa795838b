import * as v from 'valibot';

const interval = v.tuple([v.number(), v.number()]);

const verdictCodes = [
  'leak',
  'too-few',
  'inflated-small',
  'inflated',
  'reversed',
  'equivalent',
  'inconclusive',
] as const;

export const verdict = v.object({ code: v.picklist(verdictCodes), sentence: v.string() });
export type Verdict = v.InferOutput<typeof verdict>;

/** Gap = seen minus held-out (tau when crossed), in units of the metric. */
export const gapEstimate = v.object({
  mean: v.nullable(v.number()),
  sd: v.nullable(v.number()),
  se: v.nullable(v.number()),
  ci95: v.nullable(interval),
  method: v.picklist(['t', 'bca', 'welch']),
});
export type GapEstimate = v.InferOutput<typeof gapEstimate>;

/** `heldout statistics --json` for paired and crossed input. */
export const statisticsDocument = v.object({
  schema: v.literal('heldout.statistics/1'),
  n: v.number(),
  gap: gapEstimate,
  signFlip: v.nullable(
    v.object({ pTwoSided: v.number(), smallestPossibleP: v.number(), exact: v.boolean() }),
  ),
  wilcoxon: v.nullable(v.object({ w: v.number(), pTwoSided: v.number() })),
  equivalence: v.nullable(v.object({ margin: v.number(), p: v.number(), equivalent: v.boolean() })),
  smallestDetectableGap: v.nullable(v.number()),
  verdict,
});
export type StatisticsDocument = v.InferOutput<typeof statisticsDocument>;

/** The same for several labels, with p values adjusted for looking at all of them (max-T). */
export interface LabelStatisticsDocument {
  readonly schema: 'heldout.statistics/1';
  readonly labels: Readonly<Record<string, StatisticsDocument>>;
  readonly maxT: Readonly<Record<string, number>>;
}

/** What slices of the same patient are worth. */
export interface SliceStatisticsDocument {
  readonly schema: 'heldout.statistics/1';
  readonly patientMeans: Readonly<Record<string, number>>;
  readonly meanOfPatients: number;
  readonly icc1: number | null;
  readonly designEffect: number | null;
  readonly effectiveN: number | null;
}
