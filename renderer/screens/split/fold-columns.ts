import type { Split, SplitItem } from '#src/splits/split';

/** One fold as a column of patients. */
export interface FoldColumn {
  readonly key: string;
  readonly title: string;
  readonly side: 'held-out' | 'seen' | 'locked';
  /** `slices` is 0 when whole scans are in the fold. */
  readonly patients: readonly {
    readonly patient: string;
    readonly scans: number;
    readonly slices: number;
  }[];
}

/** Columns of a split: the locked set first, then fold by fold. */
export function foldColumns(split: Pick<Split, 'items' | 'heldOut'>): FoldColumn[] {
  const keys = [...new Set(split.items.map(({ fold }) => fold))].sort((a, b) => order(a) - order(b));
  return keys.map((key) => ({
    key: String(key),
    ...headOf(key, split.heldOut !== null),
    patients: patientsOf(split.items.filter(({ fold }) => fold === key)),
  }));
}

function order(key: SplitItem['fold']): number {
  return key === 'locked' ? -1 : key;
}

function headOf(key: SplitItem['fold'], isTwoSided: boolean): Pick<FoldColumn, 'title' | 'side'> {
  if (key === 'locked') return { title: 'Locked set', side: 'locked' };
  if (!isTwoSided) return { title: `Fold ${key + 1}`, side: 'held-out' };
  return key === 0 ? { title: 'Held-out', side: 'held-out' } : { title: 'Seen', side: 'seen' };
}

function patientsOf(items: readonly SplitItem[]): FoldColumn['patients'] {
  const patients = new Map<string, { scans: Set<string>; slices: number }>();
  for (const { patient, scan, slices } of items) {
    const entry = patients.get(patient) ?? { scans: new Set(), slices: 0 };
    entry.scans.add(scan);
    if (slices !== null) entry.slices += slices[1] - slices[0] + 1;
    patients.set(patient, entry);
  }
  return [...patients].map(([patient, { scans, slices }]) => ({ patient, scans: scans.size, slices }));
}
