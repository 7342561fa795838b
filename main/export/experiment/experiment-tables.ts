import type { ExperimentDocument } from '#src/contracts/documents/experiment';
import { csv } from '../tables';

/** One row for each patient and arm (CSV, RFC 4180, full precision): what the arm claims or reaches. */
export function experimentPatientsTable({ name, patients }: ExperimentDocument): string {
  return csv([
    ['experiment', 'patient', 'side', 'condition', 'scans', 'arm', 'dice'],
    ...patients.flatMap(({ patient, side, condition, scans, arms }) =>
      arms.map(({ arm, dice }) => [name, patient, side, condition, scans, arm, dice]),
    ),
  ]);
}

/** One row for each estimate: mean, interval, n, p values, verdict. */
export function experimentEstimatesTable(result: ExperimentDocument): string {
  type Paired = ExperimentDocument['harm'][number] | NonNullable<ExperimentDocument['tauWithoutNeighbours']>;
  const row = (estimate: string, arm: string | null, { n, gap, statistics, sentence }: Paired) => [
    ...[estimate, arm, n, gap?.mean ?? null, gap?.ci95?.[0] ?? null, gap?.ci95?.[1] ?? null],
    ...[statistics?.signFlip?.pTwoSided ?? null, statistics?.equivalence?.p ?? null],
    ...[statistics?.verdict.code ?? null, sentence],
  ];
  return csv([
    ['estimate', 'arm', 'n', 'mean', 'low95', 'high95', 'pSignFlip', 'pEquivalence', 'verdict', 'sentence'],
    ...result.inflation.map((entry) => row('inflation', entry.arm, entry)),
    ...result.inflationByCondition.map((entry) => row(`inflation, ${entry.condition}`, entry.arm, entry)),
    ...result.harm.map((entry) => row('harm', entry.arm, entry)),
    ...result.honesty.map(({ arm, n, gap, verdict }) => [
      ...['honesty', arm, n[0] + n[1], gap?.mean ?? null, gap?.ci95?.[0] ?? null, gap?.ci95?.[1] ?? null],
      ...[null, null, verdict?.code ?? null, verdict?.sentence ?? null],
    ]),
    ...(result.tau === null ? [] : [row('tau', 'patient', result.tau)]),
    ...(result.tauWithoutNeighbours === null
      ? []
      : [row('tau without neighbours', 'patient', result.tauWithoutNeighbours)]),
    ...result.ladder.map(({ level, n, estimate }) => [
      ...[
        `ladder ${level}`,
        null,
        n,
        estimate?.mean ?? null,
        estimate?.ci95?.[0] ?? null,
        estimate?.ci95?.[1] ?? null,
      ],
      ...[null, null, null, null],
    ]),
  ]);
}
