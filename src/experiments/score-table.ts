import type { ExperimentArm, ExperimentControl } from '#src/contracts/documents/experiment-plan';
import type { LabelCounts, ScanCounts } from '#src/contracts/documents/training-scores';
import type { ExperimentTraining } from './experiment-trainings';
import { meanDefined } from './probe-score';
import { diceOfSlices } from './slice-counts';

/** What is known of the models of an experiment: counts by training and scan; trainings that are not scored lack. */
export type ScoreTable = ReadonlyMap<string, ReadonlyMap<string, ScanCounts>>;

/** One value for each patient; null where it does not exist (yet). */
export type PatientValues = ReadonlyMap<string, number | null>;

interface NamedScan {
  readonly patient: string;
  readonly scan: string;
}

/** The trainings of an arm, by repeat and seed: each group holds out every slice once. */
export function groupsOf(
  trainings: readonly ExperimentTraining[],
  arm: ExperimentArm,
  control: ExperimentControl | null = null,
): ExperimentTraining[][] {
  const groups = new Map<string, ExperimentTraining[]>();
  for (const training of trainings) {
    if (training.arm !== arm || training.control !== control) continue;
    const key = `${training.repeat} ${training.seed}`;
    groups.set(key, [...(groups.get(key) ?? []), training]);
  }
  return [...groups.values()];
}

/**
 * What an arm claims of each patient: every slice under the one model of the arm that held it out, pooled over the scan;
 * mean over the patient's scans, then over repeats and seeds. The slices are the same in every arm. A scan of which a
 * slice is not scored yet has no value.
 */
export function claimedValues(
  groups: readonly (readonly ExperimentTraining[])[],
  scans: readonly (NamedScan & { readonly slices: number })[],
  table: ScoreTable,
): PatientValues {
  const ofGroup = groups.map((group) => {
    const slicesOf = new Map<string, (readonly LabelCounts[] | undefined)[]>();
    for (const { key, heldOut } of group)
      for (const { scan, slices } of heldOut) {
        const counts = table.get(key)?.get(scan);
        const found = slicesOf.get(scan) ?? [];
        for (const slice of slices) found.push(counts?.[slice]);
        slicesOf.set(scan, found);
      }
    return patientMeans(scans, ({ scan, slices }) => {
      const counts = (slicesOf.get(scan) ?? []).filter((entry) => entry !== undefined);
      return counts.length === slices ? diceOfSlices(counts) : null;
    });
  });
  return meanValues(ofGroup, scans);
}

/** Whole scans of patients that no model of the arm trained on (the locked set): mean over scans, then over models. */
export function strangerValues(
  groups: readonly (readonly ExperimentTraining[])[],
  scans: readonly NamedScan[],
  table: ScoreTable,
): PatientValues {
  return meanValues(
    groups.flat().map(({ key }) => patientMeans(scans, ({ scan }) => diceOrNull(table.get(key)?.get(scan)))),
    scans,
  );
}

/** Mean over the scans of each patient of what `valueOf` gives; undefined values are left out. */
export function patientMeans<T extends NamedScan>(
  scans: readonly T[],
  valueOf: (scan: T) => number | null,
): PatientValues {
  const values = new Map<string, (number | null)[]>();
  for (const scan of scans) values.set(scan.patient, [...(values.get(scan.patient) ?? []), valueOf(scan)]);
  return new Map([...values].map(([patient, list]) => [patient, meanDefined(list)]));
}

/** Mean of several values for each patient. */
export function meanValues(
  lists: readonly PatientValues[],
  scans: readonly { readonly patient: string }[],
): PatientValues {
  const patients = new Set(scans.map(({ patient }) => patient));
  return new Map(
    [...patients].map((patient) => [patient, meanDefined(lists.map((list) => list.get(patient) ?? null))]),
  );
}

/** Those that exist, in the order of the patients. */
export function definedValues(values: PatientValues): number[] {
  return [...values.values()].filter((value) => value !== null);
}

function diceOrNull(counts: ScanCounts | undefined): number | null {
  return counts === undefined ? null : diceOfSlices(counts);
}
