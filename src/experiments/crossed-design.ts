import { meanDefined } from './probe-score';

/** What one run scored on one scan; null where neither mask holds a label. */
export interface ScanScore {
  /** Dice over the pooled probe slices, mean over the labels. */
  readonly probe: number | null;
  /** Dice over the whole scan, mean over the labels. */
  readonly whole: number | null;
}

/** A patient of the crossed design: scored by the one model that did not train on them and by those that did. */
export interface CrossedPatient {
  readonly patient: string;
  readonly heldOutFold: number;
  readonly heldOut: number | null;
  readonly seen: number | null;
  readonly heldOutWholeScan: number | null;
}

export interface CrossedScores {
  /** Probe score of each patient (row) under the model that held out each fold (column). */
  readonly metric: (number | null)[][];
  readonly heldOutFold: number[];
  readonly patients: string[];
  readonly rows: CrossedPatient[];
}

/**
 * Arranges the scores of k runs, one for each held-out fold, for tau: a patient's value under a model is the mean over
 * the patient's scans of the Dice over their pooled probe slices. The probe slices are the same for every model and no
 * model trained on them. `scores[f]` has the scores of the run that held out fold f, by scan.
 */
export function crossedScores(
  patients: readonly { readonly patient: string; readonly fold: number; readonly scans: readonly string[] }[],
  scores: readonly ReadonlyMap<string, ScanScore>[],
): CrossedScores {
  const metric = patients.map(({ scans }) =>
    scores.map((run) => meanDefined(scans.map((scan) => run.get(scan)?.probe ?? null))),
  );
  const rows = patients.map(({ patient, fold, scans }, index) => {
    const row = metric[index] ?? [];
    return {
      patient,
      heldOutFold: fold,
      heldOut: row[fold] ?? null,
      seen: meanDefined(row.filter((_, other) => other !== fold)),
      heldOutWholeScan: meanDefined(scans.map((scan) => scores[fold]?.get(scan)?.whole ?? null)),
    };
  });
  return {
    metric,
    heldOutFold: patients.map(({ fold }) => fold),
    patients: patients.map(({ patient }) => patient),
    rows,
  };
}

/** Folds of a crossed design that differ in size by more than one patient. */
export interface UnequalFolds {
  readonly smallest: number;
  readonly largest: number;
  /** Mean over the folds of the mean difference of their patients, seen minus held-out. */
  readonly gap: number;
}

/**
 * With k models of which every one has a level of its own, a_f, a patient's difference holds the mean of the other
 * models' levels minus a_f. Over folds of equal weight these sum to zero; over patients they only do when the folds are
 * equally large. Null when they are, to one patient. Patients without one of the two scores are left out.
 */
export function unequalFolds(rows: readonly CrossedPatient[]): UnequalFolds | null {
  const folds = new Map<number, number[]>();
  for (const { heldOutFold, seen, heldOut } of rows)
    if (seen !== null && heldOut !== null)
      folds.set(heldOutFold, [...(folds.get(heldOutFold) ?? []), seen - heldOut]);
  const sizes = [...folds.values()].map(({ length }) => length);
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const gap = meanDefined([...folds.values()].map((differences) => meanDefined(differences)));
  return gap === null || largest - smallest <= 1 ? null : { smallest, largest, gap };
}

/** The same in a sentence. */
export function unequalFoldsSentence({ smallest, largest, gap }: UnequalFolds): string {
  return (
    `The folds hold from ${smallest} to ${largest} patients, so a model that is better as a whole can shift the gap; ` +
    `with folds of equal weight it is ${(Math.abs(gap) < 0.0005 ? 0 : gap).toFixed(3)}.`
  );
}
