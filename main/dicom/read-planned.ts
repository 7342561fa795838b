import type { LeftOut } from '#src/contracts/documents/import';
import type { AssemblyOutcome, VolumePlan } from './assemble-volume';
import { FileCrash } from './import-pool';
import { replanWithout, type PlannedVolume } from './plan-volumes';

/** A planned volume with what came of reading it. */
export interface ReadVolume<T> {
  readonly planned: PlannedVolume;
  readonly read: T;
}

/**
 * Reads the voxels of a planned volume. Files that turn out to be unreadable (cut off, damaged, gone, crashing their
 * reader) are left out with the reason, and what remains of the volume is planned and read again.
 *
 * @param read assembles or stores a volume; rejects with FileCrash when a file takes its reader down
 */
export async function readPlanned<T>(
  planned: PlannedVolume,
  read: (plan: VolumePlan) => Promise<AssemblyOutcome<T>>,
): Promise<{ volumes: ReadVolume<T>[]; leftOut: LeftOut[] }> {
  const outcome = await readSafely(planned.plan, read);
  if (outcome.read !== null) return { volumes: [{ planned, read: outcome.read }], leftOut: [] };
  const { failed } = outcome;
  const leftOut = new Map<string, LeftOut>();
  for (const { index, reason } of failed) {
    const path = planned.plan.slices[index]?.source.path ?? planned.sourcePath;
    leftOut.set(path, { path, reason, image: true });
  }
  const volumes: ReadVolume<T>[] = [];
  for (const part of replanWithout(planned, new Set(failed.map(({ index }) => index)))) {
    const again = await readPlanned(part, read);
    volumes.push(...again.volumes);
    for (const entry of again.leftOut) leftOut.set(entry.path, entry);
  }
  return { volumes, leftOut: [...leftOut.values()] };
}

async function readSafely<T>(
  plan: VolumePlan,
  read: (plan: VolumePlan) => Promise<AssemblyOutcome<T>>,
): Promise<AssemblyOutcome<T>> {
  try {
    return await read(plan);
  } catch (error) {
    if (error instanceof FileCrash)
      return { read: null, failed: [{ index: error.index, reason: error.reason }] };
    throw error;
  }
}
