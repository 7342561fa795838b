import type { ExperimentDocument, PairedEstimate } from '#src/contracts/documents/experiment';
import type { ExperimentArm, ExperimentPlan } from '#src/contracts/documents/experiment-plan';
import { probeSlices } from '#src/splits/probe-slices';
import { compareText } from '#src/splits/units';
import { maxTTest } from '#src/statistics/max-t';
import { meanWithInterval } from '#src/statistics/paired-statistics';
import { controlResults } from './control-results';
import { estimateOf, harmOf, honestyOf, inflationOf, pairs } from './experiment-estimates';
import { tauPatients } from './experiment-tau';
import { developmentScans, type ExperimentTraining } from './experiment-trainings';
import {
  FAMILIARITY_LEVELS,
  FAMILIARITY_NAMES,
  familiarityLadder,
  familiarScans,
  stepBetween,
} from './familiarity';
import {
  claimedValues,
  definedValues,
  groupsOf,
  strangerValues,
  type PatientValues,
  type ScoreTable,
} from './score-table';

/** The estimates of an experiment: what its document says beside the state of its trainings. */
export type ExperimentEstimates = Pick<
  ExperimentDocument,
  | 'arms'
  | 'inflation'
  | 'inflationByCondition'
  | 'honesty'
  | 'harm'
  | 'tau'
  | 'tauWithoutNeighbours'
  | 'ladder'
  | 'controls'
  | 'patients'
>;

/** Leave-one-out conditions need this many patients for a result of their own. */
const FEWEST_OF_CONDITION = 2;

/**
 * The estimates of an experiment from the counts of its trainings. They are kept apart: inflation (an arm's claim minus
 * the patient arm's on the same slices, paired by development patient), honesty (claim minus truth on the locked set, two
 * groups), harm (arms' models on the locked set, paired by locked patient), tau of the crossed design. With trainings
 * missing there are means so far and no verdicts.
 *
 * @param table counts on development patients, of the trainings that are scored
 * @param locked counts on locked patients; empty until the locked set is looked at
 * @param leak what is known to leak since the plan was made, in a sentence; null otherwise
 */
export function experimentEstimates(
  plan: ExperimentPlan,
  trainings: readonly ExperimentTraining[],
  table: ScoreTable,
  locked: ScoreTable,
  leak: string | null = null,
): ExperimentEstimates {
  const development = developmentScans(plan);
  const lockedScans = plan.scans.filter(({ patient }) => plan.locked.includes(patient));
  const arms = plan.arms.map(({ arm }) => {
    const groups = groupsOf(trainings, arm);
    return {
      arm,
      groups,
      complete: groups.flat().every(({ key }) => table.has(key)),
      lockedComplete: lockedScans.length > 0 && groups.flat().every(({ key }) => locked.has(key)),
      claimed: claimedValues(groups, development, table),
      truth: strangerValues(groups, lockedScans, locked),
    };
  });
  const patientArm = arms.find(({ arm }) => arm === 'patient');
  const leaking = patientArm === undefined ? [] : arms.filter(({ arm }) => canBeInflated(arm));
  const options = (...of: readonly { readonly complete: boolean }[]) => ({
    margin: plan.margin,
    seed: plan.seed,
    complete: of.every(({ complete }) => complete),
    leak: leak ?? undefined,
  });
  const none: PatientValues = new Map();
  const against = patientArm ?? { claimed: none, truth: none, complete: false, lockedComplete: false };
  const looked = arms.some(({ lockedComplete }) => lockedComplete);
  const adjusted = adjustedP(
    leaking.filter(({ complete }) => complete && against.complete),
    against.claimed,
    plan.seed,
  );
  return {
    arms: arms.map(({ arm, complete, claimed, truth }) => ({
      arm,
      complete,
      claimed: levelOf(claimed),
      locked: levelOf(truth),
    })),
    inflation: leaking.map((entry) => ({
      arm: entry.arm,
      ...inflationOf(entry.claimed, against.claimed, options(entry, against)),
      pMaxT: adjusted[entry.arm] ?? null,
    })),
    inflationByCondition: leaking.flatMap((entry) =>
      conditionsOf(development).map(({ condition, patients }) => ({
        arm: entry.arm,
        condition,
        ...inflationOf(only(entry.claimed, patients), against.claimed, options(entry, against)),
      })),
    ),
    honesty: !looked
      ? []
      : arms.map((entry) => ({
          arm: entry.arm,
          ...honestyOf(entry.claimed, entry.truth, {
            ...options(entry),
            complete: entry.complete && entry.lockedComplete,
          }),
        })),
    harm: !looked
      ? []
      : leaking.map((entry) => ({
          arm: entry.arm,
          ...harmOf(entry.truth, against.truth, {
            ...options(),
            complete: entry.lockedComplete && against.lockedComplete,
          }),
        })),
    ...tauOf(plan, patientArm, table, leak),
    ladder: ladderOf(plan, trainings, table, locked),
    controls: controlResults(plan, trainings, table),
    patients: patientsOf(plan, arms),
  };
}

/** Whether an arm may have a patient on both sides. */
function canBeInflated(arm: ExperimentArm): boolean {
  return arm === 'slice' || arm === 'scan' || arm === 'view';
}

function tauOf(
  plan: ExperimentPlan,
  patientArm: { readonly groups: ExperimentTraining[][]; readonly complete: boolean } | undefined,
  table: ScoreTable,
  leak: string | null,
): Pick<ExperimentEstimates, 'tau' | 'tauWithoutNeighbours'> {
  if (patientArm === undefined) return { tau: null, tauWithoutNeighbours: null };
  const development = developmentScans(plan);
  const counts = new Map(development.map(({ scan, slices }) => [scan, slices]));
  const probesOf = (scan: string) => probeSlices(counts.get(scan) ?? 0, plan.probeEvery);
  const options = {
    ...{ margin: plan.margin, seed: plan.seed },
    ...{ complete: patientArm.complete, leak: leak ?? undefined },
  };
  const patientsOf = (withNeighbours: boolean) =>
    tauPatients(patientArm.groups, development, probesOf, table, withNeighbours);
  const estimate = (patients: ReturnType<typeof patientsOf>) =>
    estimateOf(
      patients.flatMap(({ difference }) => difference ?? []),
      options,
      ({ verdict }) => verdict.sentence,
    );
  const patients = patientsOf(true);
  return {
    tau: { ...estimate(patients), patients },
    tauWithoutNeighbours: explained(estimate(patientsOf(false))),
  };
}

function explained(second: PairedEstimate): PairedEstimate {
  if (second.n > 0 || !second.complete) return second;
  return {
    ...second,
    sentence:
      'Every probe slice has a training neighbour in every model that trained on its patient, so this tau has no slice to rest on.',
  };
}

function ladderOf(
  plan: ExperimentPlan,
  trainings: readonly ExperimentTraining[],
  table: ScoreTable,
  locked: ScoreTable,
): ExperimentEstimates['ladder'] {
  const scans = familiarScans(plan.scans);
  const both = new Map(
    [...table].map(([key, counts]) => [key, new Map([...counts, ...(locked.get(key) ?? [])])]),
  );
  const ladder = familiarityLadder(
    trainings.filter(({ control }) => control === null),
    scans.filter(({ patient }) => !plan.locked.includes(patient)),
    scans.filter(({ patient }) => plan.locked.includes(patient)),
    ({ slices }) => probeSlices(slices, plan.probeEvery),
    both,
  );
  return FAMILIARITY_LEVELS.map((level) => {
    const steps = level === 'L4' || level === 'L5' ? [] : stepBetween(ladder[level], ladder.L4);
    return {
      level,
      name: FAMILIARITY_NAMES[level],
      ...levelOf(ladder[level]),
      againstUnseenPatient: steps.length === 0 ? null : meanWithInterval(steps, plan.seed),
    };
  });
}

/** p values of the inflation of several arms, adjusted for looking at all of them; patients that all arms have. */
function adjustedP(
  arms: readonly { readonly arm: ExperimentArm; readonly claimed: PatientValues }[],
  patientArm: PatientValues,
  seed: number,
): Partial<Record<ExperimentArm, number>> {
  if (arms.length === 0) return {};
  const byArm = arms.map(({ arm, claimed }) => ({
    arm,
    values: new Map(
      pairs(claimed, patientArm).map(({ patient, first, second }) => [patient, first - second]),
    ),
  }));
  const common = [...(byArm[0]?.values.keys() ?? [])].filter((patient) =>
    byArm.every(({ values }) => values.has(patient)),
  );
  if (common.length === 0) return {};
  return maxTTest(
    Object.fromEntries(
      byArm.map(({ arm, values }) => [arm, common.map((patient) => values.get(patient) ?? 0)]),
    ),
    seed,
  );
}

function patientsOf(
  plan: ExperimentPlan,
  arms: readonly {
    readonly arm: ExperimentArm;
    readonly claimed: PatientValues;
    readonly truth: PatientValues;
  }[],
): ExperimentEstimates['patients'] {
  const names = [...new Set(plan.scans.map(({ patient }) => patient))].sort(compareText);
  return names.map((patient) => {
    const own = plan.scans.filter((scan) => scan.patient === patient);
    const isLocked = plan.locked.includes(patient);
    return {
      patient,
      side: isLocked ? 'locked' : 'development',
      condition: own[0]?.condition ?? null,
      scans: own.length,
      arms: arms.map(({ arm, claimed, truth }) => ({
        arm,
        dice: (isLocked ? truth : claimed).get(patient) ?? null,
      })),
    };
  });
}

function conditionsOf(
  scans: readonly { readonly patient: string; readonly condition: string | null }[],
): { condition: string; patients: Set<string> }[] {
  const found = new Map<string, Set<string>>();
  for (const { patient, condition } of scans)
    if (condition !== null) found.set(condition, (found.get(condition) ?? new Set()).add(patient));
  return [...found]
    .filter(([, patients]) => found.size > 1 && patients.size >= FEWEST_OF_CONDITION)
    .map(([condition, patients]) => ({ condition, patients }))
    .sort((a, b) => compareText(a.condition, b.condition));
}

function only(values: PatientValues, patients: ReadonlySet<string>): PatientValues {
  return new Map([...values].filter(([patient]) => patients.has(patient)));
}

function levelOf(values: PatientValues): ExperimentEstimates['arms'][number]['claimed'] {
  const defined = definedValues(values);
  return { n: defined.length, estimate: defined.length === 0 ? null : meanWithInterval(defined) };
}
