import * as v from 'valibot';

const finite = v.pipe(v.number(), v.finite());
const common = {
  /** Margin of equivalence, in units of the metric. */
  margin: v.optional(v.pipe(finite, v.minValue(0))),
  seed: v.optional(v.pipe(v.number(), v.integer())),
};
const paired = v.array(v.object({ patient: v.string(), seen: finite, heldOut: finite }));

/** What `heldout statistics` reads. */
export const statisticsInput = v.variant('kind', [
  v.object({ kind: v.literal('paired'), values: paired, ...common }),
  v.object({
    kind: v.literal('crossed'),
    metric: v.array(v.array(v.nullable(finite))),
    heldOutFold: v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
    patients: v.array(v.string()),
    ...common,
  }),
  v.object({ kind: v.literal('pairedLabels'), labels: v.record(v.string(), paired), ...common }),
  v.object({ kind: v.literal('slices'), patients: v.record(v.string(), v.array(finite)), ...common }),
]);
export type StatisticsInput = v.InferOutput<typeof statisticsInput>;
