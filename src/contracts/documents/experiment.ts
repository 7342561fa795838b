import * as v from 'valibot';
import { EXPERIMENT_ARMS, EXPERIMENT_CONTROLS } from './experiment-plan';
import { gapEstimate, statisticsDocument, verdict } from './statistics';

const arm = v.picklist(EXPERIMENT_ARMS);
const value = v.nullable(v.number());

/** One look at a locked set, as it is printed beside a result. */
const look = v.object({
  /** ISO 8601. */
  at: v.string(),
  /** The run or experiment whose score was looked at. */
  run: v.string(),
  reason: v.string(),
  who: v.string(),
  /** Which look of its locked set it was: the first, the same result again, or one after a change of the model. */
  kind: v.picklist(['first', 'again', 'after-change']),
});
export type ExperimentLook = v.InferOutput<typeof look>;

const trainingState = v.object({
  training: v.string(),
  run: v.string(),
  arm,
  control: v.nullable(v.picklist(EXPERIMENT_CONTROLS)),
  repeat: v.number(),
  seed: v.number(),
  fold: v.number(),
  /** `planned` until it is started, then as its run says. */
  state: v.picklist(['planned', 'queued', 'running', 'stopped', 'done', 'failed']),
  /** Predictions of the development patients are counted. */
  scored: v.boolean(),
  step: v.number(),
  steps: v.number(),
  slices: v.number(),
  scans: v.number(),
  patients: v.number(),
});

/** A mean over patients with its 95 % interval. */
const level = v.object({ n: v.number(), estimate: v.nullable(gapEstimate) });

/**
 * An estimate that is paired by patient. While trainings are missing there is a mean and an interval but no verdict: a
 * verdict asked for again and again until it pleases is none.
 */
const pairedEstimate = v.object({
  complete: v.boolean(),
  n: v.number(),
  gap: v.nullable(gapEstimate),
  statistics: v.nullable(statisticsDocument),
  sentence: v.string(),
});
export type PairedEstimate = v.InferOutput<typeof pairedEstimate>;

const patientValue = v.object({
  patient: v.string(),
  side: v.picklist(['development', 'locked']),
  condition: v.nullable(v.string()),
  scans: v.number(),
  /** Of each arm: what its cross-validation claims (development) or what its models reach (locked set). */
  arms: v.array(v.object({ arm, dice: value })),
});

/** `heldout experiment run|status --json`. */
export const experimentDocument = v.object({
  schema: v.literal('heldout.experiment/1'),
  name: v.string(),
  complete: v.boolean(),
  design: v.object({
    arms: v.array(
      v.object({ arm, folds: v.number(), pool: v.number(), patients: v.tuple([v.number(), v.number()]) }),
    ),
    repeats: v.number(),
    seeds: v.array(v.number()),
    /** Training slices of every training. */
    budget: v.number(),
    /** Steps of every training. */
    steps: v.number(),
    developmentPatients: v.number(),
    developmentScans: v.number(),
    lockedPatients: v.number(),
    lockedScans: v.number(),
    margin: v.number(),
  }),
  trainings: v.array(trainingState),
  done: v.number(),
  /** Of the trainings still to do. */
  secondsLeft: v.number(),
  /** Gap that a paired comparison of the development patients can show, for the spread given. */
  foreseen: v.object({ n: v.number(), spread: v.number(), smallestDetectableGap: value }),
  arms: v.array(v.object({ arm, complete: v.boolean(), claimed: level, locked: level })),
  inflation: v.array(v.object({ arm, ...pairedEstimate.entries, pMaxT: value })),
  inflationByCondition: v.array(v.object({ arm, condition: v.string(), ...pairedEstimate.entries })),
  honesty: v.array(
    v.object({
      arm,
      n: v.tuple([v.number(), v.number()]),
      gap: v.nullable(gapEstimate),
      verdict: v.nullable(verdict),
    }),
  ),
  harm: v.array(v.object({ arm, ...pairedEstimate.entries })),
  tau: v.nullable(
    v.object({
      ...pairedEstimate.entries,
      patients: v.array(v.object({ patient: v.string(), seen: value, heldOut: value, difference: value })),
    }),
  ),
  tauWithoutNeighbours: v.nullable(pairedEstimate),
  ladder: v.array(
    v.object({
      level: v.string(),
      name: v.string(),
      ...level.entries,
      againstUnseenPatient: v.nullable(gapEstimate),
    }),
  ),
  controls: v.array(
    v.object({
      control: v.picklist(EXPERIMENT_CONTROLS),
      arm,
      complete: v.boolean(),
      score: level,
      /** Mean Dice of the best mask that is the same for every patient; null where there is none to name. */
      constantMask: value,
      aboveConstantMask: v.nullable(pairedEstimate),
      abovePatientArm: v.nullable(pairedEstimate),
    }),
  ),
  patients: v.array(patientValue),
  refused: v.array(v.object({ what: v.string(), sentence: v.string() })),
  remarks: v.array(v.string()),
  looks: v.array(look),
});
export type ExperimentDocument = v.InferOutput<typeof experimentDocument>;
/** `heldout experiment plan --json`: what is about to be done, before anything is. */
export const experimentPlanned = v.object({
  schema: v.literal('heldout.experiment-planned/1'),
  name: v.string(),
  file: v.string(),
  design: experimentDocument.entries.design,
  trainings: v.number(),
  steps: v.number(),
  secondsExpected: v.number(),
  /** Where the expected time comes from, in a sentence. */
  timeSource: v.string(),
  foreseen: experimentDocument.entries.foreseen,
  refused: experimentDocument.entries.refused,
  remarks: v.array(v.string()),
});
export type ExperimentPlanned = v.InferOutput<typeof experimentPlanned>;
