import { HeldoutError } from '#src/contracts/failure';
import type {
  ExperimentArm,
  ExperimentControl,
  ExperimentPlan,
} from '#src/contracts/documents/experiment-plan';
import { draw } from '#src/splits/deal';
import type { SplittableScan } from '#src/splits/split';
import { compareText, unitsOf } from '#src/splits/units';
import { armFolds, type ArmFold } from './arm-folds';
import { sliceCount } from './training-slices';

/** What a person decides about an experiment. */
export interface ExperimentRequest {
  readonly arms: readonly ExperimentArm[];
  readonly folds: number;
  readonly repeats: number;
  readonly seeds: readonly number[];
  /** Share of the patients in the locked set. */
  readonly locked: number;
  readonly seed: number;
  readonly probeEvery: number;
  readonly guardEvery: number;
  readonly margin: number;
  /** Training slices of every training; null = as many as the smallest training of any arm can have. */
  readonly budget: number | null;
  readonly controls: readonly ExperimentControl[];
}

/** The part of a plan that follows from the scans and the request alone. */
export type ExperimentDesign = Omit<ExperimentPlan, 'schema' | 'name' | 'createdAt' | 'settings' | 'scans'>;

/** From this many patients on some are locked away. */
const FEWEST_FOR_LOCKING = 4;
const ORDER: readonly ExperimentArm[] = ['slice', 'scan', 'view', 'patient', 'patient+site'];

/**
 * Designs an experiment: cuts off the locked set, deals every arm, and settles the budget of training slices that all
 * arms share. An arm or test that these patients do not allow is refused with a sentence; the others stand.
 *
 * @throws HeldoutError `usage` when no arm is left, or when the request contradicts itself
 */
export function designExperiment(
  scans: readonly SplittableScan[],
  request: ExperimentRequest,
): ExperimentDesign {
  requireSensible(scans, request);
  const refused: { what: string; sentence: string }[] = [];
  const locked = lockedPatients(scans, request, refused);
  const development = scans.filter(({ patient }) => !locked.includes(patient));
  const feasible: { arm: ExperimentArm; folds: number; pool: number }[] = [];
  for (const arm of ORDER.filter((name) => request.arms.includes(name))) {
    try {
      const dealt = dealtRepeats(arm, development, request);
      const pool = Math.min(...dealt.map((fold) => sliceCount(fold.pool)));
      if (pool === 0)
        throw new HeldoutError('usage', `The ${arm} arm has a fold that leaves no slice to train on.`);
      feasible.push({ arm, folds: dealt.length / request.repeats, pool });
    } catch (error) {
      if (!(error instanceof HeldoutError) || error.failure.code !== 'usage') throw error;
      refused.push({ what: `arm ${arm}`, sentence: error.failure.sentence });
    }
  }
  const arms = feasible.filter(({ arm, pool }) => {
    if (request.budget === null || pool >= request.budget) return true;
    refused.push({
      what: `arm ${arm}`,
      sentence: `The ${arm} arm has ${pool} slices to train on in its smallest training, and ${request.budget} were asked for.`,
    });
    return false;
  });
  if (arms.length === 0)
    throw new HeldoutError(
      'usage',
      `No arm of this experiment can be: ${refused.map(({ sentence }) => sentence).join(' ')}`,
    );
  const budget = request.budget ?? Math.min(...arms.map(({ pool }) => pool));
  const leaking = arms.find(({ arm }) => arm === 'slice' || arm === 'scan' || arm === 'view');
  const patientArm = arms.find(({ arm }) => arm === 'patient');
  refused.push(...refusedTests(leaking !== undefined, patientArm !== undefined));
  return {
    ...{ seed: request.seed, folds: request.folds, repeats: request.repeats, seeds: [...request.seeds] },
    ...{ locked, probeEvery: request.probeEvery, guardEvery: request.guardEvery, margin: request.margin },
    ...{ budget, arms },
    controls: request.controls.map((control) => ({
      control,
      // The finest leak against none: what lies between would show less of the same.
      arms: [leaking, patientArm].flatMap((entry) => (entry === undefined ? [] : [entry.arm])),
    })),
    refused,
    remarks: remarksOn(development, arms, budget, request),
  };
}

/** Seed of the deal of one repeat (from 0), the same for every arm. */
export function dealSeed(seed: number, repeat: number): number {
  return (seed + 7919 * repeat) % 2 ** 31;
}

/** The folds of every repeat of an arm, one repeat after the other. */
function dealtRepeats(
  arm: ExperimentArm,
  development: readonly SplittableScan[],
  request: Pick<ExperimentRequest, 'folds' | 'repeats' | 'seed' | 'probeEvery' | 'guardEvery'>,
): ArmFold[] {
  return Array.from({ length: request.repeats }, (_, repeat) =>
    armFolds(arm, development, request.folds, dealSeed(request.seed, repeat), request),
  ).flat();
}

/** Drawn before anything else and from names alone, so that no arm and no result can move it. */
function lockedPatients(
  scans: readonly SplittableScan[],
  { locked: share, seed }: ExperimentRequest,
  refused: { what: string; sentence: string }[],
): string[] {
  const patients = unitsOf('patient', scans, ['condition', 'scans']);
  const refuse = (sentence: string) => refused.push({ what: 'locked set', sentence });
  if (share === 0) {
    refuse('No locked set was asked for, so nothing is said about honesty and harm.');
    return [];
  }
  if (patients.length < FEWEST_FOR_LOCKING) {
    refuse(
      `${patients.length} ${patients.length === 1 ? 'patient is' : 'patients are'} too few to lock any away, so nothing is said about honesty and harm; ` +
        `at least ${FEWEST_FOR_LOCKING} are needed.`,
    );
    return [];
  }
  const locked = [...draw(patients, share, seed, 'locked')].sort(compareText);
  if (locked.length < 2)
    refuse(
      `The locked set has ${locked.length} of ${patients.length} patients; honesty and harm need at least 2. Lock a larger share.`,
    );
  return locked;
}

function refusedTests(leaks: boolean, hasPatientArm: boolean): { what: string; sentence: string }[] {
  if (!hasPatientArm)
    return [
      {
        what: 'inflation',
        sentence:
          'Inflation is measured against the patient arm, which this experiment does not have, so it is not given. Neither are harm and tau.',
      },
    ];
  if (!leaks)
    return [
      {
        what: 'inflation',
        sentence:
          'No arm of this experiment lets a patient stand on both sides, so there is no inflation to measure; tau is given.',
      },
    ];
  return [];
}

function remarksOn(
  development: readonly SplittableScan[],
  arms: ExperimentDesign['arms'],
  budget: number,
  request: ExperimentRequest,
): string[] {
  const remarks: string[] = [];
  const smallest = arms.find(({ pool }) => pool === budget);
  const largest = Math.max(...arms.map(({ pool }) => pool));
  if (smallest && largest > 1.5 * budget)
    remarks.push(
      `The ${smallest.arm} arm has ${budget} slices in its smallest training and sets the budget of all arms, which could use up to ${largest}: ` +
        `leave it out to train on more.`,
    );
  for (const { arm, folds } of arms)
    if (folds < request.folds)
      remarks.push(`The ${arm} arm has ${folds} folds instead of ${request.folds}: it has no more units.`);
  const conditions = new Map<string, Set<string>>();
  for (const { condition, patient } of development)
    if (condition !== null) conditions.set(condition, (conditions.get(condition) ?? new Set()).add(patient));
  for (const [condition, patients] of [...conditions].sort(([a], [b]) => compareText(a, b)))
    if (patients.size === 1)
      remarks.push(
        `The condition "${condition}" has 1 patient outside the locked set: the model that holds this patient out has never met the condition, ` +
          `and no result is given for it.`,
      );
  return remarks;
}

function requireSensible(scans: readonly SplittableScan[], request: ExperimentRequest): void {
  const usage = (sentence: string) => new HeldoutError('usage', sentence);
  if (scans.length === 0)
    throw usage(
      'There is no scan with a reference mask yet, so there is nothing to try. Paint or import masks.',
    );
  if (request.arms.length === 0) throw usage('Name at least one arm.');
  if (!(request.locked >= 0 && request.locked < 1))
    throw usage(`The locked share must be at least 0 and less than 1, and ${request.locked} is not.`);
  if (!Number.isInteger(request.folds) || request.folds < 2)
    throw usage(`${request.folds} is not a number of folds; an experiment needs at least 2.`);
  if (!Number.isInteger(request.repeats) || request.repeats < 1)
    throw usage(`${request.repeats} is not a number of repeats.`);
  if (new Set(request.seeds).size !== request.seeds.length || request.seeds.length === 0)
    throw usage('Give each seed of the trainings once, and at least one.');
  if (request.probeEvery < 2)
    throw usage('An experiment needs probe slices: keep one slice in 2 or more out of every training.');
}
