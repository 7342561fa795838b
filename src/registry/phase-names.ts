import { voxelMillilitres } from '#src/imaging/geometry';
import type { Scan } from './records';

/** What a scan's time position is called. Scans and documents keep the number; this is for people. */
export interface PhaseName {
  /** `ED`, `ES`, or the place when the masks do not tell. */
  readonly name: string;
  /** `phase 7 of 20`. */
  readonly place: string;
}

/** What a name rests on. */
export type NamedScan = Pick<
  Scan,
  'scan' | 'seriesId' | 'seriesDescription' | 'view' | 'phase' | 'geometry' | 'mask'
>;

/** Masks of two phases that differ by less (share of the larger) are the same size: nothing beats between them. */
const LEAST_DIFFERENCE = 0.05;

/**
 * Names the phases of scans, by the scan's name; scans without a phase are left out.
 *
 * Among the finished masks of a series the largest is end diastole (ED) and the smallest end systole (ES), when at least
 * two phases have one and those differ by more than 5 %. A mask that is still being painted says nothing.
 */
export function phaseNames(scans: readonly NamedScan[]): ReadonlyMap<string, PhaseName> {
  const names = new Map<string, PhaseName>();
  for (const series of phasesOf(scans)) {
    const count = Math.max(...series.map(({ phase }) => (phase ?? 0) + 1));
    const { largest, smallest } = extremes(series);
    for (const scan of series) {
      const number = (scan.phase ?? 0) + 1;
      const place = count === 1 ? `phase ${number}` : `phase ${number} of ${count}`;
      const name = scan === largest ? 'ED' : scan === smallest ? 'ES' : place;
      names.set(scan.scan, { name, place });
    }
  }
  return names;
}

/** Scans of one series, each at a time of its own. Several stacks or echoes of a series are told apart. */
function phasesOf(scans: readonly NamedScan[]): NamedScan[][] {
  const withPhase = scans.filter(({ phase }) => phase !== null);
  return groups(withPhase, ({ seriesId }) => `${seriesId}`).flatMap((series) =>
    isDistinct(series)
      ? [series]
      : groups(series, ({ seriesDescription, view, geometry }) =>
          JSON.stringify([seriesDescription, view, geometry.dims]),
        ),
  );
}

const isDistinct = (series: readonly NamedScan[]) =>
  new Set(series.map(({ phase }) => phase)).size === series.length;

function extremes(series: readonly NamedScan[]): {
  largest: NamedScan | null;
  smallest: NamedScan | null;
} {
  const measured = series
    .map((scan) => ({ scan, volume: volumeOf(scan) }))
    .filter(({ volume }) => volume > 0)
    .toSorted((a, b) => b.volume - a.volume);
  const [first, last] = [measured[0], measured.at(-1)];
  const differ = first !== undefined && last !== undefined && isDistinct(series);
  return differ && first.volume - last.volume > LEAST_DIFFERENCE * first.volume
    ? { largest: first.scan, smallest: last.scan }
    : { largest: null, smallest: null };
}

/** Millilitres of all labels of a finished mask; 0 for none. */
function volumeOf({ mask, geometry }: NamedScan): number {
  if (mask === null || (mask.status !== 'done' && mask.status !== 'second look')) return 0;
  const voxels = Object.values(mask.voxels).reduce((sum, count) => sum + count, 0);
  return voxels * voxelMillilitres(geometry);
}

function groups<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const members = found.get(keyOf(item));
    if (members === undefined) found.set(keyOf(item), [item]);
    else members.push(item);
  }
  return [...found.values()];
}
