import { HeldoutError } from '#src/contracts/failure';
import { heldOutFolds } from './make-split';
import { probeSlices } from './probe-slices';
import type { Split, SplitItem, SplittableScan } from './split';
import { compareText } from './units';

/** Some slices (0-based, along k, ascending) of one scan. */
export interface SlicesOfScan {
  readonly patient: string;
  readonly scan: string;
  readonly slices: readonly number[];
}

/** Who does what while one fold is held out. Under a leaking design a patient may be seen and held out at once. */
export interface FoldRoles {
  /** What the model trains on: neither held-out nor locked nor probe slices. */
  readonly training: readonly SlicesOfScan[];
  /** Probe slices among what is not held out. */
  readonly probesSeen: readonly SlicesOfScan[];
  /** Probe slices among what is held out. */
  readonly probesHeldOut: readonly SlicesOfScan[];
  /** All slices that are not held out, probes included: what the seen side of a comparison is measured on. */
  readonly seen: readonly SlicesOfScan[];
  /** All slices that are held out, probes included. */
  readonly heldOut: readonly SlicesOfScan[];
  readonly seenPatients: readonly string[];
  readonly heldOutPatients: readonly string[];
}

/**
 * The part of every scan while `fold` is held out. Scans of the locked set take no part.
 * @throws HeldoutError `usage` for a fold that the split does not hold out, `not-found` for a scan of the split that is
 *   not among `scans` (its reference mask was removed), `input` when nothing is left to train on.
 */
export function rolesOf(
  split: Split,
  fold: number,
  scans: readonly SplittableScan[],
  probeEvery: number,
): FoldRoles {
  const { seen, heldOut } = sidesOf(split, fold, scans);
  const probes = new Map(
    scans.map(({ scan, slices }) => [scan, new Set(probeSlices(slices, probeEvery))] as const),
  );
  const keep = (entries: readonly SlicesOfScan[], probe: boolean) =>
    entries
      .map((entry) => ({
        ...entry,
        slices: entry.slices.filter((slice) => (probes.get(entry.scan)?.has(slice) ?? false) === probe),
      }))
      .filter((entry) => entry.slices.length > 0);
  const training = keep(seen, false);
  if (training.length === 0)
    throw new HeldoutError(
      'input',
      `Nothing is left to train on in the split "${split.name}" with fold ${fold} held out.`,
    );
  const seenPatients = patientsOf(training);
  return {
    training,
    probesSeen: keep(seen, true),
    probesHeldOut: keep(heldOut, true),
    // A patient all of whose open slices are probes has not been seen.
    seen: seen.filter((entry) => seenPatients.includes(entry.patient)),
    heldOut,
    seenPatients,
    heldOutPatients: patientsOf(heldOut),
  };
}

/**
 * What is held out with `fold`, and what is not, slice by slice; scans of the locked set stand on neither side.
 * @throws HeldoutError `usage` for a fold that the split does not hold out, `not-found` for a scan of the split that is
 *   not among `scans` (its reference mask was removed)
 */
export function sidesOf(
  split: Split,
  fold: number,
  scans: readonly SplittableScan[],
): Pick<FoldRoles, 'seen' | 'heldOut'> {
  const folds = heldOutFolds(split);
  if (!folds.includes(fold))
    throw new HeldoutError(
      'usage',
      `The split "${split.name}" has no fold ${fold} to hold out; choose ${
        folds.length === 1 ? 'fold 0' : `0 to ${folds.length - 1}`
      }.`,
    );
  const counts = new Map(scans.map((scan) => [scan.scan, scan.slices]));
  const seen: SlicesOfScan[] = [];
  const heldOut: SlicesOfScan[] = [];
  for (const [scan, items] of itemsByScan(split)) {
    const count = counts.get(scan);
    if (count === undefined)
      throw new HeldoutError(
        'not-found',
        `The split "${split.name}" names the scan ${scan}, which has no reference mask any more. ` +
          `Paint it again or make a new split.`,
      );
    collect(
      seen,
      items.filter((item) => item.fold !== fold),
      count,
    );
    collect(
      heldOut,
      items.filter((item) => item.fold === fold),
      count,
    );
  }
  return { seen, heldOut };
}

/** The items of the split outside the locked set, by scan, in the split's order. */
export function itemsByScan(split: Split): Map<string, SplitItem[]> {
  const byScan = new Map<string, SplitItem[]>();
  for (const item of split.items) {
    if (item.fold === 'locked') continue;
    const items = byScan.get(item.scan);
    if (items) items.push(item);
    else byScan.set(item.scan, [item]);
  }
  return byScan;
}

/** The slices (0-based, ascending) that an item stands for, in a scan of `count` slices. */
export function slicesOfItem(item: SplitItem, count: number): number[] {
  const [first, last] = item.slices ?? [0, count - 1];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

function collect(into: SlicesOfScan[], items: readonly SplitItem[], count: number): void {
  const [item] = items;
  if (!item) return;
  const slices = items.flatMap((part) => slicesOfItem(part, count)).sort((a, b) => a - b);
  into.push({ patient: item.patient, scan: item.scan, slices });
}

function patientsOf(entries: readonly SlicesOfScan[]): string[] {
  return [...new Set(entries.map((entry) => entry.patient))].sort(compareText);
}
