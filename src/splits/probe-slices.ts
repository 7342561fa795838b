import { HeldoutError } from '#src/contracts/failure';

/**
 * The slices (0-based, along k) of a scan that no run ever trains on: every `every`-th, beginning in the middle of
 * the first group so that neither end of the scan is favoured. They depend on the scan alone, so every fold of every
 * split keeps the same ones. `every` 0 gives none; a scan of `every` / 2 slices or fewer has none.
 * @throws HeldoutError `usage` for an `every` of 1 (nothing would be left to train on), negative or fractional.
 */
export function probeSlices(sliceCount: number, every: number): number[] {
  if (!Number.isInteger(every) || every < 0 || every === 1)
    throw new HeldoutError(
      'usage',
      `Probe slices cannot be one in ${every}; give 0 for none, or a whole number from 2.`,
    );
  if (every === 0) return [];
  const probes: number[] = [];
  for (let slice = Math.floor(every / 2); slice < sliceCount; slice += every) probes.push(slice);
  return probes;
}
