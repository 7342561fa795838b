import { HeldoutError } from '#src/contracts/failure';
import type { ExperimentArm } from '#src/contracts/documents/experiment-plan';
import { makeSplit } from '#src/splits/make-split';
import { itemsByScan, slicesOfItem, type SlicesOfScan } from '#src/splits/roles';
import type { Split, SplitDesign, SplittableScan } from '#src/splits/split';
import { unitsOf } from '#src/splits/units';
import { keptSlices, type KeptSlices } from './training-slices';

const DESIGN_OF: Readonly<Record<ExperimentArm, SplitDesign>> = {
  slice: 'slice',
  scan: 'scan',
  view: 'view',
  patient: 'patient',
  'patient+site': 'site',
};

/** One fold of an arm: what is held out and what may be trained on. */
export interface ArmFold {
  readonly fold: number;
  /** Held-out slices of every scan, probe slices included. */
  readonly heldOut: readonly SlicesOfScan[];
  /** All slices that a model of this fold may train on. */
  readonly pool: readonly SlicesOfScan[];
}

/**
 * Deals the development patients' scans into the folds of an arm, at most `folds` of them (fewer where the arm has fewer
 * units), each held out once.
 *
 * @param scans of development patients only
 * @throws HeldoutError `usage` with the sentence that says why this arm cannot be
 */
export function armFolds(
  arm: ExperimentArm,
  scans: readonly SplittableScan[],
  folds: number,
  seed: number,
  kept: KeptSlices,
): ArmFold[] {
  const design = DESIGN_OF[arm];
  requireDifference(arm, scans);
  const units = unitsOf(design, scans, []).length;
  if (units < 2)
    throw new HeldoutError(
      'usage',
      `The ${arm} arm needs at least 2 ${unitName(arm)} outside the locked set, and there ${units === 1 ? 'is 1' : 'are none'}.`,
    );
  const split = makeSplit(scans, {
    name: arm,
    design,
    folds: Math.min(folds, units),
    heldOut: null,
    locked: 0,
    seed,
    createdAt: '',
  });
  return Array.from({ length: split.folds }, (_, fold) => foldOf(split, fold, scans, kept));
}

function foldOf(split: Split, fold: number, scans: readonly SplittableScan[], kept: KeptSlices): ArmFold {
  const counts = new Map(scans.map((scan) => [scan.scan, scan.slices]));
  const heldOut: SlicesOfScan[] = [];
  const pool: SlicesOfScan[] = [];
  for (const [scan, items] of itemsByScan(split)) {
    const count = counts.get(scan) ?? 0;
    const never = new Set(keptSlices(count, kept));
    const patient = items[0]?.patient ?? '';
    const slicesOf = (isHeldOut: boolean) =>
      items
        .filter((item) => (item.fold === fold) === isHeldOut)
        .flatMap((item) => slicesOfItem(item, count))
        .sort((a, b) => a - b);
    const out = slicesOf(true);
    const open = slicesOf(false).filter((slice) => !never.has(slice));
    if (out.length > 0) heldOut.push({ patient, scan, slices: out });
    if (open.length > 0) pool.push({ patient, scan, slices: open });
  }
  return { fold, heldOut, pool };
}

/** An arm must be able to do what its name says; otherwise it is another arm under a false name. */
function requireDifference(arm: ExperimentArm, scans: readonly SplittableScan[]): void {
  const perPatient = new Map<string, number>();
  for (const { patient } of scans) perPatient.set(patient, (perPatient.get(patient) ?? 0) + 1);
  if (arm === 'scan' && [...perPatient.values()].every((count) => count < 2))
    throw new HeldoutError(
      'usage',
      'Every patient has one scan, so a split by scan is a split by patient: the scan arm would show nothing.',
    );
  if (arm === 'slice' && scans.every(({ slices }) => slices < 2))
    throw new HeldoutError(
      'usage',
      'Every scan has one slice, so a split by slice is a split by scan: the slice arm would show nothing.',
    );
  if (arm === 'patient+site' && scans.some(({ site }) => site === null))
    throw new HeldoutError(
      'usage',
      'The patient+site arm needs the site of every patient, and some have none: give it at import (--site).',
    );
}

function unitName(arm: ExperimentArm): string {
  if (arm === 'patient+site') return 'sites';
  return arm === 'view' ? 'views or time positions' : `${arm}s`;
}
