import { HeldoutError } from '#src/contracts/failure';
import { deal, draw } from './deal';
import type { Split, SplitDesign, SplitItem, SplittableScan } from './split';
import { compareText, unitNoun, unitsOf, type SplitUnit } from './units';

/** What a person decides about a split. Exactly one of `folds` and `heldOut` is a number. */
export interface SplitRequest {
  readonly name: string;
  readonly design: SplitDesign;
  readonly folds: number | null;
  /** Share of the design's units, between 0 and 1. */
  readonly heldOut: number | null;
  /** Share of the patients that are set aside before anything else. */
  readonly locked: number;
  readonly seed: number;
  /** What to balance the folds by; by default a split by patient balances conditions and numbers of scans. */
  readonly stratify?: readonly string[];
  /** ISO 8601. */
  readonly createdAt: string;
}

/**
 * Makes a split. The locked patients come off first, then the design's units are dealt into folds (sizes differ by at
 * most one) or the held-out share is drawn (fold 0 is held out, fold 1 trains). The result depends on names, seed
 * and plan only, not on the order of `scans`; the same seed locks the same patients under every design.
 * @throws HeldoutError `usage` when the plan contradicts itself or a side would stay empty.
 */
export function makeSplit(scans: readonly SplittableScan[], plan: SplitRequest): Split {
  checkPlan(plan, scans);
  const stratify = plan.stratify ?? (plan.design === 'patient' ? ['condition', 'scans'] : []);
  const patients = unitsOf('patient', scans, ['condition', 'scans']);
  const locked = draw(patients, plan.locked, plan.seed, 'locked');
  if (plan.locked > 0 && locked.size === 0)
    throw new HeldoutError(
      'usage',
      `A locked set of ${percent(plan.locked)} of ${patients.length} patients would be empty; ` +
        `lock at least ${percent(0.5 / patients.length)}.`,
    );
  const open = scans.filter((scan) => !locked.has(scan.patient));
  const units = unitsOf(plan.design, open, stratify);
  const foldOf = plan.folds === null ? drawn(units, plan) : dealt(units, plan.folds, plan);
  const items = units.flatMap((unit) => itemsOf(unit, foldOf.get(unit.name) ?? 0));
  if (plan.design === 'view' && [...foldsOfPatients(items).values()].every((folds) => folds.size < 2))
    throw new HeldoutError(
      'usage',
      'No patient has views or time positions on two sides of this split, so it would hold out whole patients and say ' +
        'nothing about unseen views. Choose the design patient, or other folds.',
    );
  const lockedItems = scans
    .filter((scan) => locked.has(scan.patient))
    .map((scan): SplitItem => ({ patient: scan.patient, scan: scan.scan, slices: null, fold: 'locked' }));
  return {
    name: plan.name,
    design: plan.design,
    seed: plan.seed,
    folds: plan.folds ?? 2,
    heldOut: plan.heldOut,
    locked: plan.locked,
    stratify,
    createdAt: plan.createdAt,
    items: joinedRanges([...items, ...lockedItems]),
  };
}

/**
 * Patients that are held out with all their items at once: under a split by view their scores speak of unseen patients,
 * not of unseen views of seen ones.
 */
export function wholePatients(split: Pick<Split, 'items' | 'folds' | 'heldOut'>): string[] {
  const heldOut = new Set<number>(heldOutFolds(split));
  return [...foldsOfPatients(split.items)]
    .filter(([, folds]) => folds.size === 1 && [...folds].every((fold) => heldOut.has(fold)))
    .map(([patient]) => patient);
}

/** The folds in which each patient outside the locked set has items. */
function foldsOfPatients(items: readonly SplitItem[]): Map<string, Set<number>> {
  const folds = new Map<string, Set<number>>();
  for (const { patient, fold } of items)
    if (fold !== 'locked') folds.set(patient, (folds.get(patient) ?? new Set()).add(fold));
  return folds;
}

/** The folds that are held out in turn: all of them, or fold 0 alone under a held-out share. */
export function heldOutFolds(split: Pick<Split, 'folds' | 'heldOut'>): number[] {
  return split.heldOut === null ? Array.from({ length: split.folds }, (_, fold) => fold) : [0];
}

function checkPlan(plan: SplitRequest, scans: readonly SplittableScan[]): void {
  const usage = (sentence: string) => new HeldoutError('usage', sentence);
  if (scans.length === 0)
    throw usage(
      'There is no scan with a reference mask yet, so there is nothing to split. Paint or import masks.',
    );
  if ((plan.folds === null) === (plan.heldOut === null))
    throw usage('Give either a number of folds or a held-out share, not both.');
  if (plan.folds !== null && !(Number.isInteger(plan.folds) && plan.folds >= 2))
    throw usage(`${plan.folds} is not a number of folds; a split needs at least 2.`);
  if (plan.heldOut !== null && !(plan.heldOut > 0 && plan.heldOut < 1))
    throw usage(`The held-out share must lie between 0 and 1, and ${plan.heldOut} does not.`);
  if (!(plan.locked >= 0 && plan.locked < 1))
    throw usage(`The locked share must be at least 0 and less than 1, and ${plan.locked} is not.`);
  if (!Number.isInteger(plan.seed)) throw usage(`The seed must be a whole number, and ${plan.seed} is not.`);
}

function dealt(units: readonly SplitUnit[], folds: number, plan: SplitRequest): Map<string, number> {
  if (units.length < folds)
    throw new HeldoutError(
      'usage',
      `${folds} folds need at least ${folds} ${unitNoun(plan.design)}, and there ${have(units)}` +
        `${lockedNote(plan)}. Choose fewer folds or another design.`,
    );
  return deal(units, folds, plan.seed);
}

function drawn(units: readonly SplitUnit[], plan: SplitRequest): Map<string, number> {
  const share = plan.heldOut ?? 0;
  const heldOut = draw(units, share, plan.seed, 'held-out');
  const empty = heldOut.size === 0 ? 'held-out' : heldOut.size === units.length ? 'training' : null;
  if (empty)
    throw new HeldoutError(
      'usage',
      `Holding out ${percent(share)} of the ${unitNoun(plan.design)} leaves the ${empty} side empty: there ` +
        `${have(units)}${lockedNote(plan)}. Choose another share or another design.`,
    );
  return new Map(units.map((unit) => [unit.name, heldOut.has(unit.name) ? 0 : 1]));
}

function have(units: readonly SplitUnit[]): string {
  return units.length === 1 ? 'is only 1' : units.length === 0 ? 'are none' : `are only ${units.length}`;
}

function lockedNote(plan: SplitRequest): string {
  return plan.locked > 0 ? ' outside the locked set' : '';
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

function itemsOf(unit: SplitUnit, fold: number): SplitItem[] {
  return unit.parts.map(({ scan, slice }) => ({
    patient: scan.patient,
    scan: scan.scan,
    slices: slice === null ? null : [slice, slice],
    fold,
  }));
}

/** Sorts by patient, scan and slice, and joins consecutive slices of the same fold into one inclusive range. */
function joinedRanges(items: readonly SplitItem[]): SplitItem[] {
  const sorted = [...items].sort(
    (a, b) =>
      compareText(a.patient, b.patient) ||
      compareText(a.scan, b.scan) ||
      (a.slices?.[0] ?? 0) - (b.slices?.[0] ?? 0),
  );
  const joined: SplitItem[] = [];
  for (const item of sorted) {
    const last = joined.at(-1);
    if (last?.slices && item.slices && last.scan === item.scan && last.fold === item.fold)
      joined[joined.length - 1] = { ...last, slices: [last.slices[0], item.slices[1]] };
    else joined.push(item);
  }
  return joined;
}
