import type { CompareDocument } from '#src/contracts/documents/compare';
import type { LabelMetrics } from '#src/contracts/documents/metrics';
import type { PredictionMark } from '#src/readers/session';
import type { Label } from '#src/registry/records';

const METRICS = [
  'dice',
  'iou',
  'sensitivity',
  'precision',
  'volumeReferenceMl',
  'volumePredictionMl',
  'volumeDifferenceMl',
  'falsePositiveMl',
  'falseNegativeMl',
  'componentsReference',
  'componentsPrediction',
  'hd95Mm',
  'hdMm',
  'assdMm',
] as const satisfies readonly (keyof LabelMetrics)[];

/**
 * One row for each patient, scan and label of a comparison, as CSV (RFC 4180, UTF-8, full precision). Values that do
 * not exist are empty, with their reasons in the last column.
 */
export function scansTable(document: CompareDocument, labels: readonly Label[]): string {
  const names = new Map(labels.map(({ label, name }) => [String(label), name]));
  const tolerances = [
    ...new Set(
      document.patients.flatMap(({ scans }) =>
        scans.flatMap((scan) => Object.values(scan.labels).flatMap(({ nsd }) => Object.keys(nsd))),
      ),
    ),
  ].sort((a, b) => Number(a) - Number(b));
  const header = [
    'run',
    'split',
    'fold',
    'patient',
    'side',
    'scan',
    'label',
    'labelName',
    ...METRICS,
    ...tolerances.map((tolerance) => `nsd${tolerance}Mm`),
    'trueNegative',
    'undefined',
  ];
  const rows = document.patients.flatMap(({ patient, side, scans }) =>
    scans.flatMap((scan) =>
      Object.entries(scan.labels).map(([label, metrics]) => [
        document.run,
        document.split,
        document.fold,
        patient,
        side,
        scan.scan,
        label,
        names.get(label) ?? '',
        ...METRICS.map((metric) => metrics[metric]),
        ...tolerances.map((tolerance) => metrics.nsd[tolerance] ?? null),
        String(metrics.trueNegative),
        Object.entries(metrics.undefined)
          .map(([metric, reason]) => `${metric}: ${reason}`)
          .join('; '),
      ]),
    ),
  );
  return csv([header, ...rows]);
}

/** One row for each patient: the side, the Dice of this run and, in the crossed design, both probe scores. */
export function patientsTable(document: CompareDocument): string {
  const crossed = new Map(document.crossed?.patients.map((row) => [row.patient, row]));
  const rows = document.patients.map(({ patient, side, dice, scans }) => {
    const row = crossed.get(patient);
    return [
      document.run,
      patient,
      side,
      scans.length,
      dice,
      row?.heldOutFold ?? null,
      row?.heldOut ?? null,
      row?.seen ?? null,
      row?.heldOutWholeScan ?? null,
    ];
  });
  return csv([
    [
      'run',
      'patient',
      'side',
      'scans',
      'dice',
      'heldOutFold',
      'probeHeldOut',
      'probeSeen',
      'wholeScanHeldOut',
    ],
    ...rows,
  ]);
}

/** One row for each note or mark on a prediction. */
export function marksTable(marks: readonly PredictionMark[]): string {
  return csv([
    ['run', 'patient', 'scan', 'reader', 'mark', 'note', 'at'],
    ...marks.map(({ run, patient, scan, reader, mark, note, at }) => [
      ...[run, patient, scan, reader],
      ...[mark, note, at],
    ]),
  ]);
}

/** Rows as CSV (RFC 4180). */
export function csv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** Quoted where needed; text that a spreadsheet would take for a formula gets an apostrophe. */
function field(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
