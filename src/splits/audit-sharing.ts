import { heldOutFolds } from './make-split';
import { slicesOfItem } from './roles';
import type { Split, SplitItem, SplittableScan } from './split';
import { compareText } from './units';

/** `count` of `of` units. */
export interface Share {
  readonly count: number;
  readonly of: number;
}

/** What the held-out side of one fold shares with its training side. `fold` is `locked` for the locked set. */
export interface FoldSharing {
  readonly fold: number | 'locked';
  /** Held-out patients who are in training too. */
  readonly patients: readonly string[];
  readonly heldOutPatients: number;
  /** Held-out scans of which the same patient has another scan, or another part of it, in training. */
  readonly scansOfSharedPatients: Share;
  /** Held-out scan and training scan of the same patient (the same name twice when one scan stands on both sides). */
  readonly scanPairs: readonly (readonly [heldOut: string, training: string])[];
  /** Scans with slices on both sides, and the first range of slices on either side. */
  readonly sharedScans: readonly SharedScan[];
  readonly heldOutScans: number;
  /** Held-out slices that have a training slice of the same scan next to them or up to two away. */
  readonly neighbours: { readonly within1: Share; readonly within2: Share };
  /** Held-out slices with the nearest training slice, at most two away. */
  readonly neighbourPairs: readonly NeighbourPair[];
}

export interface SharedScan {
  readonly patient: string;
  readonly scan: string;
  readonly heldOut: readonly [number, number];
  readonly training: readonly [number, number];
}

export interface NeighbourPair {
  readonly patient: string;
  readonly scan: string;
  readonly heldOut: number;
  readonly training: number;
}

/**
 * Counts, for every fold that is held out in turn and for the locked set, what both sides share. Scans that are not
 * among `scans` any more count as patients and scans, not as slices.
 */
export function sharingOf(split: Split, scans: readonly SplittableScan[]): FoldSharing[] {
  const counts = new Map(scans.map((scan) => [scan.scan, scan.slices]));
  const open = split.items.filter((item) => item.fold !== 'locked');
  const locked = split.items.filter((item) => item.fold === 'locked');
  const folds = heldOutFolds(split).map((fold) => {
    const heldOut = open.filter((item) => item.fold === fold);
    return foldSharing(
      fold,
      heldOut,
      open.filter((item) => item.fold !== fold),
      counts,
    );
  });
  return locked.length > 0 ? [...folds, foldSharing('locked', locked, open, counts)] : folds;
}

function foldSharing(
  fold: number | 'locked',
  heldOut: readonly SplitItem[],
  training: readonly SplitItem[],
  counts: ReadonlyMap<string, number>,
): FoldSharing {
  const trainingScans = scansByPatient(training);
  const heldOutScans = scansByPatient(heldOut);
  const patients = [...heldOutScans.keys()].filter((patient) => trainingScans.has(patient)).sort(compareText);
  const scanPairs = patients.flatMap((patient) =>
    [...(heldOutScans.get(patient) ?? [])].flatMap((held) =>
      [...(trainingScans.get(patient) ?? [])].map((trained): [string, string] => [held, trained]),
    ),
  );
  const names = new Set(heldOut.map((item) => item.scan));
  return {
    fold,
    patients,
    heldOutPatients: heldOutScans.size,
    scansOfSharedPatients: { count: new Set(scanPairs.map(([held]) => held)).size, of: names.size },
    scanPairs,
    sharedScans: sharedScans(heldOut, training, counts),
    heldOutScans: names.size,
    ...neighbourSharing(heldOut, training, counts),
  };
}

function scansByPatient(items: readonly SplitItem[]): Map<string, Set<string>> {
  const byPatient = new Map<string, Set<string>>();
  for (const item of items) {
    const scans = byPatient.get(item.patient) ?? new Set<string>();
    byPatient.set(item.patient, scans.add(item.scan));
  }
  return byPatient;
}

function sharedScans(
  heldOut: readonly SplitItem[],
  training: readonly SplitItem[],
  counts: ReadonlyMap<string, number>,
): SharedScan[] {
  const first = (items: readonly SplitItem[]) => {
    const byScan = new Map<string, SplitItem>();
    for (const item of items) if (!byScan.has(item.scan)) byScan.set(item.scan, item);
    return byScan;
  };
  const range = (item: SplitItem): readonly [number, number] =>
    item.slices ?? [0, Math.max(0, (counts.get(item.scan) ?? 1) - 1)];
  const trained = first(training);
  return [...first(heldOut).values()].flatMap((item) => {
    const other = trained.get(item.scan);
    if (!other) return [];
    return [{ patient: item.patient, scan: item.scan, heldOut: range(item), training: range(other) }];
  });
}

function neighbourSharing(
  heldOut: readonly SplitItem[],
  training: readonly SplitItem[],
  counts: ReadonlyMap<string, number>,
): Pick<FoldSharing, 'neighbours' | 'neighbourPairs'> {
  const trained = new Map<string, Set<number>>();
  for (const item of training) {
    const slices = trained.get(item.scan) ?? new Set<number>();
    for (const slice of slicesOfItem(item, counts.get(item.scan) ?? 0)) slices.add(slice);
    trained.set(item.scan, slices);
  }
  let [within1, within2, of] = [0, 0, 0];
  const neighbourPairs: NeighbourPair[] = [];
  for (const item of heldOut) {
    const slices = trained.get(item.scan);
    for (const slice of slicesOfItem(item, counts.get(item.scan) ?? 0)) {
      of++;
      const nearest = [-1, 1, -2, 2].find((step) => slices?.has(slice + step));
      if (nearest === undefined) continue;
      within2++;
      if (Math.abs(nearest) === 1) within1++;
      const { patient, scan } = item;
      neighbourPairs.push({ patient, scan, heldOut: slice, training: slice + nearest });
    }
  }
  return {
    neighbours: { within1: { count: within1, of }, within2: { count: within2, of } },
    neighbourPairs,
  };
}
