/** How two scans of different patients scroll together. */
export type LinkMode = 'structure' | 'millimetres' | 'index' | 'off';

/** What linking needs to know of a scan: its slices, how far they lie apart, and those that hold the structure. */
export interface SliceAxis {
  readonly count: number;
  /** Distance (mm) from one slice to the next. */
  readonly step: number;
  /** First and last slice with any label; null when nothing is labelled. */
  readonly extent: readonly [first: number, last: number] | null;
}

/** First and last slice along k with any label; null when there is none. */
export function labelledExtent(labels: Uint8Array, sliceSize: number): readonly [number, number] | null {
  const first = labels.findIndex((label) => label !== 0);
  if (first === -1) return null;
  const last = labels.findLastIndex((label) => label !== 0);
  return [Math.floor(first / sliceSize), Math.floor(last / sliceSize)];
}

/**
 * The slice of `to` that shows what `slice` of `from` shows: at the same relative place between the structure's first
 * and last slice (going on in mm beyond them), at the same distance (mm) from the structure's middle, or with the same
 * index. Without a labelled structure the whole scan takes its place.
 */
export function linkedSlice(
  slice: number,
  from: SliceAxis,
  to: SliceAxis,
  mode: Exclude<LinkMode, 'off'>,
): number {
  const kept = (at: number) => Math.min(to.count - 1, Math.max(0, Math.round(at)));
  if (mode === 'index') return kept(slice);
  const [fromFirst, fromLast] = from.extent ?? [0, from.count - 1];
  const [toFirst, toLast] = to.extent ?? [0, to.count - 1];
  const steps = from.step / to.step;
  if (mode === 'millimetres')
    return kept((toFirst + toLast) / 2 + (slice - (fromFirst + fromLast) / 2) * steps);
  if (slice < fromFirst) return kept(toFirst + (slice - fromFirst) * steps);
  if (slice > fromLast) return kept(toLast + (slice - fromLast) * steps);
  const share = fromLast === fromFirst ? 0.5 : (slice - fromFirst) / (fromLast - fromFirst);
  return kept(toFirst + share * (toLast - toFirst));
}
