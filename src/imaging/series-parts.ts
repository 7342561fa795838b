import { imageKinds } from './image-kind';
import { repetitionsByInstance } from './instance-order';
import { rankTimes } from './phase-times';
import type { SliceFacts } from './slice-facts';
import type { SlicePosition } from './slice-positions';

/** Images of which no two lie at the same place: one volume at one time. */
export interface SeriesPart<S extends SliceFacts> {
  readonly slices: readonly S[];
  /** 0-based time position, null when the series has none. */
  readonly phase: number | null;
  /** What sets it apart within the series besides time ("echo 2", "b 1000, direction 3"); null when nothing does. */
  readonly label: string | null;
}

type Value = string | number | null;

interface Kind {
  readonly of: (slice: SliceFacts) => Value;
  /** Names for the classes of a tag's values, in their order. */
  readonly labels: (values: readonly Value[]) => readonly string[];
}

/** Tags that make several images of one place different images rather than different times. */
const KINDS: readonly Kind[] = [
  { of: (slice) => slice.imageType, labels: (values) => imageKinds(values.map(String)) },
  {
    of: (slice) => slice.complexPart,
    labels: (values) => values.map((value) => String(value ?? '')),
  },
  { of: (slice) => slice.echoTime, labels: (values) => values.map((_, n) => `echo ${n + 1}`) },
  { of: (slice) => rounded(slice.bValue), labels: bValueLabels },
  { of: directionOf, labels: directionLabels },
  { of: (slice) => slice.inversionTime, labels: withUnit('inversion time', ' ms') },
  { of: (slice) => slice.flipAngle, labels: withUnit('flip angle', '') },
];

const rounded = (value: number | null) => (value === null ? null : Math.round(value));

/** Headers leave the b value out of the images without diffusion weighting, unless they say 0. */
function bValueLabels(values: readonly Value[]): readonly string[] {
  return values.map((value) => (value === null ? (values.includes(0) ? '' : 'b 0') : `b ${value}`));
}

/** A name for the direction of the diffusion gradient; null without one (b 0, trace, unknown). */
function directionOf({ bValue, gradient }: SliceFacts): string | null {
  if (rounded(bValue) === 0 || gradient === null || gradient.every((value) => value === 0)) return null;
  return gradient.map((value) => value.toFixed(3)).join(' ');
}

function directionLabels(values: readonly Value[]): readonly string[] {
  let count = 0;
  return values.map((value) => (value === null ? 'trace' : `direction ${++count}`));
}

function withUnit(name: string, unit: string): Kind['labels'] {
  return (values) => values.map((value) => (value === null ? '' : `${name} ${value}${unit}`));
}

const most = (positions: readonly SlicePosition<SliceFacts>[]) =>
  Math.max(...positions.map(({ slices }) => slices.length));

/**
 * Divides images that share a plane into volumes: by kind (image type, echo, b value, diffusion direction, …), then by
 * time (temporal position, trigger time ranked inside each place, acquisition number, acquisition or content time, the
 * pattern of instance numbers). Images that no tag tells apart come out as separate parts without a phase, and
 * `indistinct` says so.
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
    const labels = kind.labels(classes.map(({ value }) => value));
    const divided = classes.map(({ positions: members }) => partsOf(members));
    return {
      parts: divided.flatMap(({ parts }, n) =>
        parts.map((part) => ({ ...part, label: [labels[n], part.label].filter(Boolean).join(', ') || null })),
      ),
      indistinct: divided.some(({ indistinct }) => indistinct),
    };
  }
  return partsInTime(positions);
}

/**
 * The images of each value of a tag, when the tag divides every full place in the same way; null when it does not
 * (one value only, or values that change from slice to slice). Images without the tag are a class of their own.
 */
function cleanClasses<S extends SliceFacts>(
  positions: readonly SlicePosition<S>[],
  valueOf: (slice: S) => Value,
): { value: Value; positions: SlicePosition<S>[] }[] | null {
  const values = new Map<Value, SlicePosition<S>[]>();
  for (const { distance, slices } of positions) {
    const here = new Map<Value, S[]>();
    for (const slice of slices) {
      const value = valueOf(slice);
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
  const classes = [...values].map(([value, members]) => ({ value, positions: members }));
  const isNumeric = classes.every(({ value }) => typeof value !== 'string');
  const rank = ({ value, positions: members }: (typeof classes)[number]) =>
    isNumeric ? Number(value ?? -Infinity) : firstInstance(members);
  return classes.toSorted((a, b) => Math.sign(rank(a) - rank(b)));
}

/** Kinds without a size come in the order in which they were written. */
function firstInstance(positions: readonly SlicePosition<SliceFacts>[]): number {
  return positions
    .flatMap(({ slices }) => slices.map(({ instanceNumber }) => instanceNumber ?? Infinity))
    .reduce((a, b) => Math.min(a, b), Infinity);
}

function partsInTime<S extends SliceFacts>(
  positions: readonly SlicePosition<S>[],
): { parts: SeriesPart<S>[]; indistinct: boolean } {
  const byValue = (valueOf: (slice: S) => number | null) => {
    if (positions.some(({ slices }) => slices.some((slice) => valueOf(slice) === null))) return null;
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
    byRank(positions, (slice) => slice.contentTime) ??
    byInstanceNumber(positions);
  if (parts !== null && parts !== undefined)
    return {
      parts: areWeighted(positions) && areUndirected(positions) ? parts.map(asDirection) : parts,
      indistinct: false,
    };
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

/** Whether all of these are diffusion-weighted. */
function areWeighted(positions: readonly SlicePosition<SliceFacts>[]): boolean {
  return positions.every(({ slices }) => slices.every(({ bValue }) => (rounded(bValue) ?? 0) > 0));
}

/** Whether no header names the direction of its gradient: then several images of one b value are directions. */
function areUndirected(positions: readonly SlicePosition<SliceFacts>[]): boolean {
  return positions.every(({ slices }) => slices.every(({ gradient }) => gradient === null));
}

function asDirection<S extends SliceFacts>(part: SeriesPart<S>, n: number): SeriesPart<S> {
  return { ...part, phase: null, label: `direction ${n + 1}` };
}

/** As many images of a place as make a time series; two may as well be magnitude and field map. */
const SHORTEST_SERIES = 3;

function byInstanceNumber<S extends SliceFacts>(
  positions: readonly SlicePosition<S>[],
): SeriesPart<S>[] | null {
  if (most(positions) < SHORTEST_SERIES && !areWeighted(positions)) return null;
  const repetitions = repetitionsByInstance(positions);
  if (repetitions === null) return null;
  return Array.from({ length: most(positions) }, (_, phase) => ({
    slices: positions.flatMap(({ slices }, place) =>
      slices.filter((_, n) => repetitions[place]?.[n] === phase),
    ),
    phase,
    label: null,
  }));
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
