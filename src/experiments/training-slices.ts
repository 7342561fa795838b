import { keyedHash } from '#src/splits/keyed-hash';
import { probeSlices } from '#src/splits/probe-slices';
import type { SlicesOfScan } from '#src/splits/roles';
import { compareText } from '#src/splits/units';

/** Which slices nobody trains on, as a plan says it. */
export interface KeptSlices {
  readonly probeEvery: number;
  readonly guardEvery: number;
}

/**
 * Slices (0-based, ascending) of a scan of `count` slices that no arm trains on: the probe slices, and the direct
 * neighbours of every `guardEvery`-th probe slice. A guarded probe has no training neighbour in any arm.
 */
export function keptSlices(count: number, { probeEvery, guardEvery }: KeptSlices): number[] {
  const probes = probeSlices(count, probeEvery);
  const guarded = guardEvery === 0 ? [] : probes.filter((_, index) => (index + 1) % guardEvery === 0);
  const kept = new Set([...probes, ...guarded.flatMap((probe) => [probe - 1, probe + 1])]);
  return [...kept].filter((slice) => slice >= 0 && slice < count).sort((a, b) => a - b);
}

/** Number of slices in all scans together. */
export function sliceCount(entries: readonly SlicesOfScan[]): number {
  return entries.reduce((sum, entry) => sum + entry.slices.length, 0);
}

/**
 * Draws exactly `budget` slices from a pool. The draw goes by a keyed hash of scan and slice, so two arms that may use
 * the same slice both take it or both leave it wherever their pools allow: arms differ in their split and in little else.
 *
 * @returns by scan, slices ascending; scans of which nothing was drawn are left out
 * @throws RangeError when the pool is smaller than the budget
 */
export function drawnSlices(pool: readonly SlicesOfScan[], budget: number, seed: number): SlicesOfScan[] {
  const all = pool
    .flatMap((entry) =>
      entry.slices.map((slice) => ({
        entry,
        slice,
        hash: keyedHash(seed, `budget\u0000${entry.scan}\u0000${slice}`),
      })),
    )
    .sort((a, b) => a.hash - b.hash || compareText(a.entry.scan, b.entry.scan) || a.slice - b.slice);
  if (all.length < budget) throw new RangeError(`${budget} slices cannot be drawn from ${all.length}`);
  const taken = new Map<SlicesOfScan, number[]>();
  for (const { entry, slice } of all.slice(0, budget)) taken.set(entry, [...(taken.get(entry) ?? []), slice]);
  return pool.flatMap((entry) => {
    const slices = taken.get(entry);
    return slices === undefined ? [] : [{ ...entry, slices: slices.sort((a, b) => a - b) }];
  });
}
