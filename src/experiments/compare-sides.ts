import type { ComparedPatient, CompareDocument } from '#src/contracts/documents/compare';
import type { ConfusionMatrix, LabelMetrics } from '#src/contracts/documents/metrics';
import { addConfusion } from '#src/metrics/confusion';
import { summarise } from '#src/statistics/summary';
import { welchGap } from '#src/statistics/welch';
import { compareText } from '#src/splits/units';
import { groupVerdict, type PredictionSource } from './group-verdict';
import { meanDefined } from './probe-score';

/** The metrics of one scan, or of the part of it that stands on one side. */
export interface MeasuredScan {
  readonly patient: string;
  readonly side: 'seen' | 'heldOut';
  readonly scan: string;
  readonly labels: Record<string, LabelMetrics>;
  readonly confusion: ConfusionMatrix;
}

type Sides = Pick<CompareDocument, 'labels' | 'patients' | 'confusion' | 'gap' | 'verdict'>;

/**
 * Sums up seen and held-out patients under one run. Scan -> patient -> group: a patient's Dice is the mean over the
 * scans of the mean over the labels, a label's is the mean over the scans; undefined values are left out and counted.
 * Confusion is summed over voxels. Gap and verdict compare two groups of patients (Welch).
 *
 * @param leak sentence that says what leaks, when the split's audit failed; null otherwise
 * @param source whether the predictions are of a training here: what to do next differs
 */
export function compareSides(
  scans: readonly MeasuredScan[],
  labels: readonly number[],
  leak: string | null,
  source: PredictionSource = 'trained',
): Sides {
  const patients = patientsOf(scans);
  const side = (name: 'seen' | 'heldOut') => patients.filter((patient) => patient.side === name);
  const labelDice = (patient: ComparedPatient, label: number) =>
    meanDefined(patient.scans.map((scan) => scan.labels[label]?.dice ?? null));
  const gapOf = (value: (patient: ComparedPatient) => number | null) =>
    welchGap(defined(side('seen').map(value)), defined(side('heldOut').map(value)));
  return {
    labels: Object.fromEntries(
      labels.map((label) => [
        String(label),
        {
          seen: summarise(side('seen').map((patient) => labelDice(patient, label))),
          heldOut: summarise(side('heldOut').map((patient) => labelDice(patient, label))),
          gap: gapOf((patient) => labelDice(patient, label)),
        },
      ]),
    ),
    gap: gapOf((patient) => patient.dice),
    verdict: groupVerdict(
      defined(side('seen').map(({ dice }) => dice)),
      defined(side('heldOut').map(({ dice }) => dice)),
      leak,
      undefined,
      source,
    ),
    patients,
    confusion: {
      seen: summedConfusion(
        scans.filter((scan) => scan.side === 'seen'),
        labels,
      ),
      heldOut: summedConfusion(
        scans.filter((scan) => scan.side === 'heldOut'),
        labels,
      ),
    },
  };
}

function patientsOf(scans: readonly MeasuredScan[]): ComparedPatient[] {
  const groups = new Map<string, MeasuredScan[]>();
  for (const scan of scans) {
    const key = `${scan.side}\u0000${scan.patient}`;
    groups.set(key, [...(groups.get(key) ?? []), scan]);
  }
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      const dice = meanDefined(
        group.map((scan) => meanDefined(Object.values(scan.labels).map((label) => label.dice))),
      );
      return [
        {
          patient: first.patient,
          side: first.side,
          dice,
          scans: group.map(({ scan, labels, confusion }) => ({ scan, labels, confusion })),
        },
      ];
    })
    .sort((a, b) => compareText(a.side, b.side) || compareText(a.patient, b.patient));
}

function summedConfusion(scans: readonly MeasuredScan[], labels: readonly number[]): ConfusionMatrix {
  const order = [0, ...labels];
  const empty = { labels: order, counts: order.map(() => order.map(() => 0)) };
  return scans.reduce((sum, scan) => addConfusion(sum, scan.confusion), empty);
}

function defined(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}
