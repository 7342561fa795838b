import * as v from 'valibot';
import { runConfig } from './run';

/** How an arm deals its data: what is kept together when folds are made. */
export const EXPERIMENT_ARMS = ['slice', 'scan', 'view', 'patient', 'patient+site'] as const;
export type ExperimentArm = (typeof EXPERIMENT_ARMS)[number];

/** Data in which something is destroyed on purpose, so that a score has only one possible source. */
export const EXPERIMENT_CONTROLS = ['random-masks', 'blank-images', 'label-shuffle'] as const;
export type ExperimentControl = (typeof EXPERIMENT_CONTROLS)[number];

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u, 'a SHA-256 in hexadecimal'));

/** A scan as it was when the plan was made; image and reference are named by their contents. */
const plannedScan = v.object({
  patient: v.string(),
  scan: v.string(),
  view: v.string(),
  phase: v.nullable(v.number()),
  site: v.nullable(v.string()),
  condition: v.nullable(v.string()),
  /** Slices along k. */
  slices: count,
  voxels: sha256,
  mask: sha256,
});

/** What decides the weights beside the data and the seed: the same in every training of an experiment. */
export const trainingSettings = v.pick(runConfig, [
  'model',
  'batch',
  'patch',
  'targetSpacing',
  'precision',
  'backend',
  'threads',
  'schedule',
  'augmentation',
  'labels',
  'foregroundShare',
]);
export type TrainingSettings = v.InferOutput<typeof trainingSettings>;

/** Name of an experiment: part of the ids of its runs and of its folder. */
export const experimentName = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9](?:[a-z0-9-]{0,22}[a-z0-9])?$/u, 'small letters, digits and hyphens, at most 24'),
);

/**
 * `plan.json` of an experiment, version 1: with the same program it gives the same trainings, slice by slice, on any
 * computer. Patients go by their codes.
 */
export const experimentPlan = v.object({
  schema: v.literal('heldout.experiment-plan/1'),
  name: experimentName,
  /** ISO 8601. */
  createdAt: v.string(),
  /** Deals the locked set, the folds and the slices of the budget. */
  seed: count,
  folds: v.pipe(v.number(), v.integer(), v.minValue(2)),
  /** How often the folds are dealt anew. */
  repeats: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Seeds of the trainings (weights, batches): every fold is trained once with each. */
  seeds: v.pipe(v.array(count), v.minLength(1)),
  /** The locked set: patients on whom nothing is trained. */
  locked: v.array(v.string()),
  /** Every `probeEvery`-th slice is never trained on, by any arm. */
  probeEvery: count,
  /** The direct neighbours of every `guardEvery`-th probe slice of a scan are not trained on either; 0 = of none. */
  guardEvery: count,
  /** Margin of equivalence, in Dice. */
  margin: v.pipe(v.number(), v.gtValue(0)),
  /** Training slices of every training. */
  budget: v.pipe(v.number(), v.integer(), v.minValue(1)),
  arms: v.pipe(
    v.array(
      v.object({
        arm: v.picklist(EXPERIMENT_ARMS),
        folds: v.pipe(v.number(), v.integer(), v.minValue(2)),
        /** Slices that the smallest of its trainings could use; the budget is drawn from them. */
        pool: count,
      }),
    ),
    v.minLength(1),
  ),
  controls: v.array(
    v.object({ control: v.picklist(EXPERIMENT_CONTROLS), arms: v.array(v.picklist(EXPERIMENT_ARMS)) }),
  ),
  /** Arms and tests that were asked for and cannot be, each with the reason in a sentence. */
  refused: v.array(v.object({ what: v.string(), sentence: v.string() })),
  /** What a reader of the result must know, in sentences. */
  remarks: v.array(v.string()),
  settings: trainingSettings,
  scans: v.pipe(v.array(plannedScan), v.minLength(1)),
});
export type ExperimentPlan = v.InferOutput<typeof experimentPlan>;
