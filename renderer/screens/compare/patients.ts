import type { ComparedPatient } from '#src/contracts/documents/compare';
import { quantile } from '#src/statistics/summary';

/** Patients of one side, worst Dice first; those without a value last. */
export function worstFirst(
  patients: readonly ComparedPatient[],
  side: ComparedPatient['side'],
): readonly ComparedPatient[] {
  return patients.filter((each) => each.side === side).sort((a, b) => (a.dice ?? 2) - (b.dice ?? 2));
}

/** What stands over a column: middle of the patients' Dice. */
export interface SideSummary {
  readonly n: number;
  readonly median: number | null;
  readonly iqr: readonly [number, number] | null;
}

/** Median and quartiles of the Dice of one side's patients. */
export function summaryOf(patients: readonly ComparedPatient[]): SideSummary {
  const values = patients.flatMap(({ dice }) => dice ?? []).sort((a, b) => a - b);
  if (values.length === 0) return { n: 0, median: null, iqr: null };
  return {
    n: values.length,
    median: quantile(values, 0.5),
    iqr: [quantile(values, 0.25), quantile(values, 0.75)],
  };
}
