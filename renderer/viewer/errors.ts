/** Codes of an error map, see {@link errorMap}. */
const AGREE = 1;
const FALSE_POSITIVE = 2;
const MISSED = 3;

/**
 * Where a prediction is right and wrong: 1 both have the same label, 2 the prediction has a label that the reference
 * does not have there, 3 the reference has one that the prediction missed (or called something else); 0 both background.
 *
 * @param label one label alone, or null for all of them
 */
export function errorMap(reference: Uint8Array, prediction: Uint8Array, label: number | null): Uint8Array {
  return reference.map((expected, index) => {
    const found = prediction[index] ?? 0;
    const isExpected = label === null ? expected !== 0 : expected === label;
    const isFound = label === null ? found !== 0 : found === label;
    if (isExpected) return (label === null ? found === expected : isFound) ? AGREE : MISSED;
    return isFound ? FALSE_POSITIVE : 0;
  });
}

/** Voxels of each code in one slice of `size` voxels. */
export interface SliceErrors {
  readonly agree: number;
  readonly falsePositive: number;
  readonly missed: number;
}

/** The counts of every slice along k. */
export function errorsBySlice(errors: Uint8Array, size: number): SliceErrors[] {
  return Array.from({ length: errors.length / size }, (_, slice) => {
    const counts = [0, 0, 0, 0];
    for (let at = slice * size; at < (slice + 1) * size; at += 1) {
      const code = errors[at] ?? 0;
      counts[code] = (counts[code] ?? 0) + 1;
    }
    return {
      agree: counts[AGREE] ?? 0,
      falsePositive: counts[FALSE_POSITIVE] ?? 0,
      missed: counts[MISSED] ?? 0,
    };
  });
}

/**
 * The next slice in `direction` that is wrong, as far as its errors are at least `share` of what it holds; null when
 * there is none.
 */
export function nextWrongSlice(
  slices: readonly SliceErrors[],
  from: number,
  direction: 1 | -1,
  share = 0.1,
): number | null {
  for (let slice = from + direction; slice >= 0 && slice < slices.length; slice += direction) {
    const { agree = 0, falsePositive = 0, missed = 0 } = slices[slice] ?? {};
    const wrong = falsePositive + missed;
    if (wrong > 0 && wrong >= share * (wrong + agree)) return slice;
  }
  return null;
}
