import type { StatisticsDocument } from '#src/contracts/documents/statistics';
import { HeldoutError } from '#src/contracts/failure';
import { statisticsOfDifferences, type StatisticsOptions } from './paired-statistics';
import { mean } from './summary';

/** The crossed design: every patient scored by every fold's model. */
export interface CrossedInput extends StatisticsOptions {
  /** One row per patient, one column per fold; null = not scored. */
  readonly metric: readonly (readonly (number | null)[])[];
  /** The fold that held the patient out. */
  readonly heldOutFold: readonly number[];
  readonly patients: readonly string[];
}

/**
 * tau: for each patient the mean score of the models that trained on the patient minus that of the one that did not,
 * and its statistics over patients. A patient without one of the two is left out.
 *
 * @throws HeldoutError `usage` when the table is not rectangular or no patient is complete
 */
export function crossedStatistics(input: CrossedInput): StatisticsDocument {
  const { metric, heldOutFold, patients } = input;
  const folds = metric[0]?.length ?? 0;
  if (metric.length !== patients.length || heldOutFold.length !== patients.length)
    throw new HeldoutError(
      'usage',
      '"metric", "heldOutFold" and "patients" must have one entry for each patient.',
    );
  const differences = metric.flatMap((row, index) => {
    const fold = heldOutFold[index] ?? -1;
    if (row.length !== folds || !Number.isInteger(fold) || fold < 0 || fold >= folds)
      throw new HeldoutError(
        'usage',
        `Row ${index + 1} of "metric" must have ${folds} values, and its held-out fold must be one of them.`,
      );
    const heldOut = row[fold] ?? null;
    const seen = row.filter((value, other): value is number => other !== fold && value !== null);
    return heldOut === null || seen.length === 0 ? [] : [mean(seen) - heldOut];
  });
  return statisticsOfDifferences(differences, input);
}
