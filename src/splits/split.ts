/**
 * Split designs: which unit is kept together when data are divided into folds.
 *
 * `patient` is the only design under which a held-out score speaks about new patients; the others are offered
 * because comparing them is the point, and their leak is counted before anything is trained.
 */
export type SplitDesign = 'slice' | 'scan' | 'view' | 'patient' | 'site' | 'condition';

export const SPLIT_DESIGNS: readonly SplitDesign[] = [
  'slice',
  'scan',
  'view',
  'patient',
  'site',
  'condition',
];

/** One unit of a split: a whole scan (`slices` null) or an inclusive range of its slices along k. */
export interface SplitItem {
  readonly patient: string;
  readonly scan: string;
  readonly slices: readonly [first: number, last: number] | null;
  readonly fold: number | 'locked';
}

/**
 * A stored, immutable split.
 *
 * With `heldOut` (a share of the design's units) there are two folds: fold 0 is held out and fold 1 trains.
 * Otherwise each of the `folds` folds is held out once. Items of the locked set belong to no fold and are never
 * trained on.
 */
export interface Split {
  readonly name: string;
  readonly design: SplitDesign;
  readonly seed: number;
  readonly folds: number;
  readonly heldOut: number | null;
  readonly locked: number;
  readonly stratify: readonly string[];
  readonly createdAt: string;
  readonly items: readonly SplitItem[];
}

/** What a split is made from: one entry for each scan that has a reference mask. */
export interface SplittableScan {
  readonly patient: string;
  readonly scan: string;
  readonly view: string;
  /** Grows with time within a series, null without time; 0 and 1 for end diastole and end systole where they are known. */
  readonly phase: number | null;
  readonly site: string | null;
  readonly condition: string | null;
  /** Number of slices along k. */
  readonly slices: number;
}
