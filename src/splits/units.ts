import { HeldoutError } from '#src/contracts/failure';
import type { SplitDesign, SplittableScan } from './split';

/** What a design keeps together: a slice, a scan, all scans of a view, of a patient, of a site, of a condition. */
export interface SplitUnit {
  /** Unique within the design. */
  readonly name: string;
  /** Units of one stratum are spread evenly over the folds. */
  readonly stratum: string;
  readonly parts: readonly UnitPart[];
}

export interface UnitPart {
  readonly scan: SplittableScan;
  /** 0-based index along k; null = the whole scan. */
  readonly slice: number | null;
}

/** What units may be balanced by: a patient's condition, site, number of scans, or a scan's view. */
const STRATA = ['condition', 'site', 'scans', 'view'] as const;
type Stratum = (typeof STRATA)[number];

/**
 * The units of `design`, in the order of their names.
 * @throws HeldoutError `usage` when scans lack the site or condition that the design goes by, or for an unknown stratum.
 */
export function unitsOf(
  design: SplitDesign,
  scans: readonly SplittableScan[],
  stratify: readonly string[],
): SplitUnit[] {
  const strata = stratify.map(checkedStratum);
  const scanCounts = countBy(scans, (scan) => scan.patient);
  const stratumOf = (parts: readonly UnitPart[]) => {
    const own = parts.map((part) => part.scan);
    const values = (of: (scan: SplittableScan) => string) => [...new Set(own.map(of))].sort().join('+');
    return strata.map((stratum) => {
      switch (stratum) {
        case 'condition':
          return values((scan) => scan.condition ?? '');
        case 'site':
          return values((scan) => scan.site ?? '');
        case 'scans':
          return values((scan) => String(scanCounts.get(scan.patient) ?? 0).padStart(6, '0'));
        case 'view':
          return values((scan) => scan.view);
      }
    });
  };
  const groups = new Map<string, UnitPart[]>();
  const add = (name: string, part: UnitPart) => {
    const parts = groups.get(name);
    if (parts) parts.push(part);
    else groups.set(name, [part]);
  };
  const view = design === 'view' ? viewNames(scans) : null;
  for (const scan of scans) {
    if (design === 'slice')
      for (let slice = 0; slice < scan.slices; slice++) add(`${scan.scan} ${slice}`, { scan, slice });
    else add(unitName(design, scan, view), { scan, slice: null });
  }
  return [...groups]
    .map(([name, parts]) => ({ name, stratum: stratumOf(parts).join('\u0000'), parts }))
    .sort((a, b) => compareText(a.name, b.name));
}

/** Plural noun for the units of a design. */
export function unitNoun(design: SplitDesign): string {
  return design === 'view' ? 'views or time positions' : `${design}s`;
}

/** Orders by UTF-16 code units: the same on every computer, whatever its language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checkedStratum(name: string): Stratum {
  const known = STRATA.find((stratum) => stratum === name);
  if (!known)
    throw new HeldoutError(
      'usage',
      `Units cannot be balanced by "${name}"; choose from ${STRATA.join(', ')}.`,
    );
  return known;
}

function unitName(
  design: Exclude<SplitDesign, 'slice'>,
  scan: SplittableScan,
  view: ReadonlyMap<string, string> | null,
): string {
  switch (design) {
    case 'scan':
      return scan.scan;
    case 'patient':
      return scan.patient;
    case 'view':
      return view?.get(scan.scan) ?? scan.view;
    case 'site':
    case 'condition': {
      const value = scan[design];
      if (value === null)
        throw new HeldoutError(
          'usage',
          `A split by ${design} needs a ${design} for every patient, and ${scan.patient} has none. ` +
            `Give it at import, or choose another design.`,
        );
      return value;
    }
  }
}

/**
 * View of each scan: the plane, and the rank of its time position among the patient's scans in that plane. The rank
 * and not the frame number, because end-systole is frame 7 in one patient and frame 9 in the next.
 */
function viewNames(scans: readonly SplittableScan[]): Map<string, string> {
  const phases = new Map<string, Set<number>>();
  const key = (scan: SplittableScan) => `${scan.patient}\u0000${scan.view}`;
  for (const scan of scans) {
    const known = phases.get(key(scan)) ?? new Set<number>();
    if (scan.phase !== null) known.add(scan.phase);
    phases.set(key(scan), known);
  }
  return new Map(
    scans.map((scan) => {
      const own = [...(phases.get(key(scan)) ?? [])].sort((a, b) => a - b);
      const time = scan.phase === null ? '' : `, time position ${own.indexOf(scan.phase) + 1}`;
      return [scan.scan, `${scan.view}${time}`];
    }),
  );
}

function countBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(keyOf(value), (counts.get(keyOf(value)) ?? 0) + 1);
  return counts;
}
