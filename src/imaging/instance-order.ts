import type { SliceFacts } from './slice-facts';
import type { SlicePosition } from './slice-positions';

/**
 * The repetition to which each image belongs, from instance numbers alone: series are written volume by volume, or
 * place by place, and a lost file leaves its number out. Null when the numbers follow neither pattern.
 *
 * @returns for each place the 0-based repetition of each image, in the order of `positions`
 */
export function repetitionsByInstance(positions: readonly SlicePosition<SliceFacts>[]): number[][] | null {
  const numbers = positions.map(({ slices }) => slices.map(({ instanceNumber }) => instanceNumber ?? NaN));
  const all = numbers.flat();
  if (!all.every(Number.isInteger) || new Set(all).size !== all.length) return null;
  const repetitions = Math.max(...numbers.map((row) => row.length));
  const lowest = Math.min(...all);
  const places = positions.length;
  for (const first of new Set([1, lowest])) {
    const volumeByVolume = numbers.map((row) => row.map((number) => Math.floor((number - first) / places)));
    const order = numbers.map((row) => row.map((number) => (number - first) % places));
    if (isDivision(volumeByVolume, repetitions) && isOnePlaceEach(order)) return volumeByVolume;
    const placeByPlace = numbers.map((row) => row.map((number) => (number - first) % repetitions));
    const place = numbers.map((row) => row.map((number) => Math.floor((number - first) / repetitions)));
    if (isDivision(placeByPlace, repetitions) && isOnePlaceEach(place)) return placeByPlace;
  }
  return null;
}

/** Whether every place has each repetition once at most and no repetition is out of range. */
function isDivision(rows: readonly (readonly number[])[], repetitions: number): boolean {
  return rows.every(
    (row) => new Set(row).size === row.length && row.every((value) => value >= 0 && value < repetitions),
  );
}

/** Whether all images of a place have one index and no two places share it. */
function isOnePlaceEach(rows: readonly (readonly number[])[]): boolean {
  const indices = rows.flatMap((row) => [...new Set(row)]);
  return indices.length === rows.length && new Set(indices).size === rows.length;
}
