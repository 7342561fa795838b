import type { ExperimentTraining } from './experiment-trainings';
import { meanDefined } from './probe-score';
import { meanValues, patientMeans, type PatientValues, type ScoreTable } from './score-table';
import { diceOfSlices } from './slice-counts';

interface ProbedScan {
  readonly patient: string;
  readonly scan: string;
}

/** A patient's probe score under the models that trained on them and the one that did not. */
export interface TauPatient {
  readonly patient: string;
  readonly seen: number | null;
  readonly heldOut: number | null;
  /** Mean over models, repeats and seeds of seen minus held-out on the same slices. */
  readonly difference: number | null;
}

/**
 * tau of the crossed design, patient by patient: the probe slices under each model that trained on the patient minus the
 * same slices under the one that did not, mean over the models that did, then over repeats and seeds.
 *
 * @param groups the patient arm's trainings, one group for each repeat and seed
 * @param probesOf probe slices of a scan
 * @param withNeighbours false leaves out, model by model, probes beside which that model trained on a slice
 */
export function tauPatients(
  groups: readonly (readonly ExperimentTraining[])[],
  scans: readonly ProbedScan[],
  probesOf: (scan: string) => readonly number[],
  table: ScoreTable,
  withNeighbours: boolean,
): TauPatient[] {
  const parts = groups.map((group) => groupTau(group, scans, probesOf, table, withNeighbours));
  const mean = (side: 'seen' | 'heldOut' | 'difference') =>
    meanValues(
      parts.map((part) => part[side]),
      scans,
    );
  const [seen, heldOut, difference] = [mean('seen'), mean('heldOut'), mean('difference')];
  return [...difference].map(([patient, value]) => ({
    patient,
    seen: seen.get(patient) ?? null,
    heldOut: heldOut.get(patient) ?? null,
    difference: value,
  }));
}

function groupTau(
  group: readonly ExperimentTraining[],
  scans: readonly ProbedScan[],
  probesOf: (scan: string) => readonly number[],
  table: ScoreTable,
  withNeighbours: boolean,
): Record<'seen' | 'heldOut' | 'difference', PatientValues> {
  const models = group.map(({ key, training, heldOut }) => ({
    counts: table.get(key),
    patients: new Set(training.map(({ patient }) => patient)),
    heldOut: new Set(heldOut.map(({ patient }) => patient)),
    slices: new Map(training.map(({ scan, slices }) => [scan, new Set(slices)])),
  }));
  const stranger = new Map(
    scans.map(({ patient }) => [patient, models.find(({ heldOut }) => heldOut.has(patient))]),
  );
  const score = (model: (typeof models)[number] | undefined, scan: string, slices: readonly number[]) => {
    const counts = model?.counts?.get(scan);
    if (counts === undefined || slices.length === 0) return null;
    return diceOfSlices(slices.flatMap((slice) => (counts[slice] ? [counts[slice]] : [])));
  };
  const against = models.map((model) => {
    const slicesOf = (scan: string) => {
      const trained = model.slices.get(scan);
      return probesOf(scan).filter(
        (slice) => withNeighbours || !(trained?.has(slice - 1) || trained?.has(slice + 1)),
      );
    };
    const known = scans.filter(({ patient }) => model.patients.has(patient));
    const seen = patientMeans(known, ({ scan }) => score(model, scan, slicesOf(scan)));
    const heldOut = patientMeans(known, ({ patient, scan }) =>
      score(stranger.get(patient), scan, slicesOf(scan)),
    );
    const difference = new Map(
      [...seen].map(([patient, value]) => {
        const other = heldOut.get(patient) ?? null;
        return [patient, value === null || other === null ? null : value - other];
      }),
    );
    return { seen, heldOut, difference };
  });
  const mean = (side: 'seen' | 'heldOut' | 'difference') =>
    new Map(
      [...new Set(scans.map(({ patient }) => patient))].map((patient) => [
        patient,
        meanDefined(against.map((entry) => entry[side].get(patient) ?? null)),
      ]),
    );
  return { seen: mean('seen'), heldOut: mean('heldOut'), difference: mean('difference') };
}
