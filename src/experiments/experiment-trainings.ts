import type {
  ExperimentArm,
  ExperimentControl,
  ExperimentPlan,
} from '#src/contracts/documents/experiment-plan';
import type { SlicesOfScan } from '#src/splits/roles';
import type { SplittableScan } from '#src/splits/split';
import { armFolds } from './arm-folds';
import { dealSeed } from './design-experiment';
import { drawnSlices } from './training-slices';

/** One training of an experiment: exactly which slices it trains on and which it holds out. */
export interface ExperimentTraining {
  /** Unique within the experiment, for instance `slice-r1-s7-f0`. */
  readonly key: string;
  readonly arm: ExperimentArm;
  readonly control: ExperimentControl | null;
  /** From 0. */
  readonly repeat: number;
  /** Seed of weights and batches. */
  readonly seed: number;
  readonly fold: number;
  /** Exactly as many slices as the plan's budget. */
  readonly training: readonly SlicesOfScan[];
  /** Every slice of the development patients is held out by one fold of each arm, repeat and seed. */
  readonly heldOut: readonly SlicesOfScan[];
}

/** What decides the trainings. */
export type DealtPlan = Omit<
  ExperimentPlan,
  'schema' | 'name' | 'createdAt' | 'settings' | 'refused' | 'remarks' | 'scans'
> & { readonly scans: readonly SplittableScan[] };

/** How many trainings a plan has, without dealing them. */
export function trainingCount({
  arms,
  controls,
  repeats,
  seeds,
}: Pick<DealtPlan, 'arms' | 'controls' | 'repeats' | 'seeds'>): number {
  const folds = (of: readonly ExperimentArm[]) =>
    arms.filter(({ arm }) => of.includes(arm)).reduce((sum, entry) => sum + entry.folds, 0);
  const ofControls = controls.reduce((sum, entry) => sum + folds(entry.arms), 0);
  return repeats * seeds.length * (folds(arms.map(({ arm }) => arm)) + ofControls);
}

/**
 * All trainings of a plan, fold by fold so that every arm has something to show early: repeat, seed, fold, then arm;
 * controls last. The same plan gives the same list on every computer.
 */
export function experimentTrainings(plan: DealtPlan): ExperimentTraining[] {
  const development = developmentScans(plan);
  const dealt = new Map(
    plan.arms.map(({ arm, folds }) => [
      arm,
      Array.from({ length: plan.repeats }, (_, repeat) =>
        armFolds(arm, development, folds, dealSeed(plan.seed, repeat), plan).map((fold) => ({
          ...fold,
          training: drawnSlices(fold.pool, plan.budget, dealSeed(plan.seed, repeat)),
        })),
      ),
    ]),
  );
  const of = (
    arm: ExperimentArm,
    control: ExperimentControl | null,
    repeat: number,
    seed: number,
    fold: number,
  ): ExperimentTraining[] => {
    const found = dealt.get(arm)?.[repeat]?.[fold];
    if (found === undefined) return [];
    const name = arm === 'patient+site' ? 'site' : arm;
    const key = `${control === null ? '' : `${control}-`}${name}-r${repeat + 1}-s${seed}-f${fold}`;
    return [{ key, arm, control, repeat, seed, fold, training: found.training, heldOut: found.heldOut }];
  };
  const most = Math.max(...plan.arms.map(({ folds }) => folds));
  const each = (use: (repeat: number, seed: number, fold: number) => ExperimentTraining[]) =>
    Array.from({ length: plan.repeats }, (_, repeat) =>
      plan.seeds.flatMap((seed) => Array.from({ length: most }, (_, fold) => use(repeat, seed, fold)).flat()),
    ).flat();
  return [
    ...each((repeat, seed, fold) => plan.arms.flatMap(({ arm }) => of(arm, null, repeat, seed, fold))),
    ...plan.controls.flatMap(({ control, arms }) =>
      each((repeat, seed, fold) => arms.flatMap((arm) => of(arm, control, repeat, seed, fold))),
    ),
  ];
}

/** The scans outside the locked set. */
export function developmentScans<T extends { readonly patient: string }>(plan: {
  readonly scans: readonly T[];
  readonly locked: readonly string[];
}): T[] {
  const locked = new Set(plan.locked);
  return plan.scans.filter(({ patient }) => !locked.has(patient));
}
