import { rankTimes } from './phase-times';
import type { SliceFacts } from './slice-facts';
import type { SlicePosition } from './slice-positions';

/** Images of which no two lie at the same place: one volume at one time. */
export interface SeriesPart<S extends SliceFacts> {
  readonly slices: readonly S[];
  /** 0-based time position, null when the series has none. */
  readonly phase: number | null;
  /** What sets it apart within the series besides time ("echo time 4.6 ms"); null when nothing does. */
  readonly label: string | null;
}

/** Tags that make several images of one place different images rather than different times. */
const KINDS: readonly { of: (s: SliceFacts) => string | number | null; label: (value: string) => string }[] =
  [
    { of: (s) => s.imageType, label: (value) => value.split('\\').slice(2).join(' ').toLowerCase() || value },
    { of: (s) => s.echoTime, label: (value) => `echo time ${value} ms` },
    { of: (s) => s.bValue, label: (value) => `b ${value}` },
    { of: (s) => s.inversionTime, label: (value) => `inversion time ${value} ms` },
    { of: (s) => s.flipAngle, label: (value) => `flip angle ${value}` },
  ];

const most = (positions: readonly SlicePosition<SliceFacts>[]) =>
  Math.max(...positions.map(({ slices }) => slices.length));

/**
 * Divides images that share a plane into volumes: by kind (image type, echo, b value, …), then by time (temporal
 * position, trigger time ranked inside each place, acquisition number, acquisition or content time). Images that no tag
 * tells apart come out as separate parts without a phase, and `indistinct` says so.
 */
export function partsOf<S extends SliceFacts>(
  positions: readonly SlicePosition<S>[],
): { parts: SeriesPart<S>[]; indistinct: boolean } {
  const single = (slices: S[]) => [{ slices, phase: null, label: null }];
  if (most(positions) === 1)
    return { parts: single(positions.flatMap(({ slices }) => slices)), indistinct: false };
  for (const kind of KINDS) {
    const classes = cleanClasses(positions, kind.of);
    if (classes === null) continue;
    const divided = classes.map(({ value, positions: members }) => ({ value, ...partsOf(members) }));
    return {
      parts: divided.flatMap(({ value, parts }) =>
        parts.map((part) => ({
          ...part,
          label: [kind.label(String(value)), part.label].filter(Boolean).join(', '),
        })),
      ),
      indistinct: divided.some(({ indistinct }) => indistinct),
    };
  }
  return partsInTime(positions);
}

/**
 * The images of each value of a tag, when the tag divides every full place in the same way; null when it does not
 * (one value only, or values that change from slice to slice).
 */
function cleanClasses<S extends SliceFacts>(
  positions: readonly SlicePosition<S>[],
  valueOf: (slice: S) => string | number | null,
): { value: string | number; positions: SlicePosition<S>[] }[] | null {
  const values = new Map<string | number, SlicePosition<S>[]>();
  for (const { distance, slices } of positions) {
    const here = new Map<string | number, S[]>();
    for (const slice of slices) {
      const value = valueOf(slice);
      if (value === null) return null;
      const members = here.get(value);
      if (members === undefined) here.set(value, [slice]);
      else members.push(slice);
    }
    for (const [value, members] of here) {
      const place = { distance, slices: members };
      const places = values.get(value);
      if (places === undefined) values.set(value, [place]);
      else places.push(place);
    }
  }
  if (values.size < 2) return null;
  const together = [...values.values()].reduce((sum, members) => sum + most(members), 0);
  if (together !== most(positions)) return null;
  return [...values]
    .map(([value, members]) => ({ value, positions: members }))
    .toSorted((a, b) => (a.value < b.value ? -1 : 1));
}

function partsInTime<S extends SliceFacts>(
  positions: readonly SlicePosition<S>[],
): { parts: SeriesPart<S>[]; indistinct: boolean } {
  const byValue = (valueOf: (slice: S) => number | null) => {
    const classes = cleanClasses(positions, valueOf);
    if (classes?.some(({ positions: members }) => most(members) > 1) ?? true) return null;
    return classes?.map(({ positions: members }, phase) => ({
      slices: members.flatMap(({ slices }) => slices),
      phase,
      label: null,
    }));
  };
  const parts =
    byValue((slice) => slice.temporalPosition) ??
    byRank(positions, (slice) => slice.triggerTime) ??
    byValue((slice) => slice.acquisitionNumber) ??
    byRank(positions, (slice) => slice.acquisitionTime) ??
    byRank(positions, (slice) => slice.contentTime);
  if (parts !== null && parts !== undefined) return { parts, indistinct: false };
  const copies = positions.map(({ slices }) =>
    slices.toSorted((a, b) => (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0)),
  );
  return {
    parts: Array.from({ length: most(positions) }, (_, copy) => ({
      slices: copies.flatMap((slices) => slices.slice(copy, copy + 1)),
      phase: null,
      label: `set ${copy + 1}`,
    })),
    indistinct: true,
  };
}

/** Phases by the rank of a time inside each place; null when a time is missing or two images of a place share it. */
function byRank<S extends SliceFacts>(
  positions: readonly SlicePosition<S>[],
  timeOf: (slice: S) => number | null,
): SeriesPart<S>[] | null {
  const rows: { slice: S; time: number }[][] = [];
  for (const { slices } of positions) {
    const row: { slice: S; time: number }[] = [];
    for (const slice of slices) {
      const time = timeOf(slice);
      if (time === null || row.some((other) => other.time === time)) return null;
      row.push({ slice, time });
    }
    rows.push(row.toSorted((a, b) => a.time - b.time));
  }
  const ranks = rankTimes(rows.map((row) => row.map(({ time }) => time)));
  return Array.from({ length: most(positions) }, (_, phase) => ({
    slices: rows.flatMap((row, place) =>
      row.filter((_, n) => ranks[place]?.[n] === phase).map(({ slice }) => slice),
    ),
    phase,
    label: null,
  }));
}
