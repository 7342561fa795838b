import type { SlicesOfScan } from '#src/splits/roles';
import type { SplittableScan } from '#src/splits/split';
import { unitsOf } from '#src/splits/units';
import type { ExperimentTraining } from './experiment-trainings';
import { meanValues, patientMeans, type PatientValues, type ScoreTable } from './score-table';
import { diceOfSlices } from './slice-counts';

/** How well a model knows what it is shown, from a slice it trained on to a patient of the locked set. */
export const FAMILIARITY_LEVELS = ['L0', 'L1', 'L2', 'L3', 'L4', 'L5'] as const;
export type FamiliarityLevel = (typeof FAMILIARITY_LEVELS)[number];

/** Of each level, in words. */
export const FAMILIARITY_NAMES: Readonly<Record<FamiliarityLevel, string>> = {
  L0: 'training slices',
  L1: 'unseen slices of a seen scan',
  L2: 'unseen scan of a seen patient',
  L3: 'unseen view or phase of a seen patient',
  L4: 'unseen patient',
  L5: 'locked set',
};

/** A scan with its view and time position as a split by view names them. */
export interface FamiliarScan {
  readonly patient: string;
  readonly scan: string;
  readonly slices: number;
  readonly viewName: string;
}

/** Names the view and time position of each scan, as the view arm deals them. */
export function familiarScans(scans: readonly SplittableScan[]): FamiliarScan[] {
  const names = new Map(
    unitsOf('view', scans, []).flatMap(({ name, parts }) =>
      parts.map(({ scan }) => [scan.scan, name] as const),
    ),
  );
  return scans.map(({ patient, scan, slices, view }) => ({
    ...{ patient, scan, slices },
    viewName: names.get(scan) ?? view,
  }));
}

/**
 * How familiar the unseen slices of a scan are to a model that trained on `training`: L1 when it trained on other slices
 * of the scan, L2 on another scan of the patient in the same view and time position, L3 on the patient in another one,
 * L4 on nothing of the patient.
 */
export function levelOfUnseen(
  scan: FamiliarScan,
  training: readonly SlicesOfScan[],
  viewNames: ReadonlyMap<string, string>,
): Exclude<FamiliarityLevel, 'L0' | 'L5'> {
  const own = training.filter(({ patient }) => patient === scan.patient);
  if (own.some((entry) => entry.scan === scan.scan)) return 'L1';
  if (own.some((entry) => viewNames.get(entry.scan) === scan.viewName)) return 'L2';
  return own.length > 0 ? 'L3' : 'L4';
}

/**
 * The familiarity ladder: of each level the value of each patient. L1 to L4 are taken on the same probe slices of the
 * same patients, on which no model trained, and differ in what the model knows of the patient; L0 is taken on training
 * slices, L5 on whole scans of the locked set. Scan -> patient, then the mean over the models of an arm, then over arms.
 *
 * @param trainings without controls
 * @param probesOf probe slices of a scan
 */
export function familiarityLadder(
  trainings: readonly ExperimentTraining[],
  development: readonly FamiliarScan[],
  locked: readonly FamiliarScan[],
  probesOf: (scan: FamiliarScan) => readonly number[],
  table: ScoreTable,
): Record<FamiliarityLevel, PatientValues> {
  const viewNames = new Map(development.map(({ scan, viewName }) => [scan, viewName]));
  const lists = Object.fromEntries(
    FAMILIARITY_LEVELS.map((level) => [level, new Map<string, PatientValues[]>()]),
  ) as Record<FamiliarityLevel, Map<string, PatientValues[]>>;
  for (const { key, arm, training } of trainings) {
    const scored = table.get(key);
    if (scored === undefined) continue;
    const add = (level: FamiliarityLevel, values: PatientValues) =>
      lists[level].set(arm, [...(lists[level].get(arm) ?? []), values]);
    const dice = (scan: string, slices: readonly number[]) => {
      const counts = scored.get(scan);
      if (counts === undefined || slices.length === 0) return null;
      return diceOfSlices(slices.flatMap((slice) => (counts[slice] ? [counts[slice]] : [])));
    };
    const trained = new Map(training.map(({ scan, slices }) => [scan, slices]));
    add(
      'L0',
      patientMeans(development, ({ scan }) => dice(scan, trained.get(scan) ?? [])),
    );
    const level = new Map(development.map((scan) => [scan.scan, levelOfUnseen(scan, training, viewNames)]));
    for (const name of ['L1', 'L2', 'L3', 'L4'] as const)
      add(
        name,
        patientMeans(development, (scan) =>
          level.get(scan.scan) === name ? dice(scan.scan, probesOf(scan)) : null,
        ),
      );
    add(
      'L5',
      patientMeans(locked, ({ scan, slices }) => dice(scan, range(slices))),
    );
  }
  return Object.fromEntries(
    FAMILIARITY_LEVELS.map((level) => {
      const scans = level === 'L5' ? locked : development;
      const perArm = [...lists[level].values()].map((values) => meanValues(values, scans));
      return [level, meanValues(perArm, scans)];
    }),
  ) as Record<FamiliarityLevel, PatientValues>;
}

/** Differences between two levels of the ladder in the patients that have both. */
export function stepBetween(upper: PatientValues, lower: PatientValues): number[] {
  return [...upper].flatMap(([patient, value]) => {
    const other = lower.get(patient) ?? null;
    return value === null || other === null ? [] : [value - other];
  });
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, slice) => slice);
}
