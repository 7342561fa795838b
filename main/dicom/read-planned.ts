import type { LeftOut } from '#src/contracts/documents/import';
import type { AssembledSamples, AssemblyOutcome } from './assemble-volume';
import { FileCrash, type ImportPool } from './import-pool';
import { replanWithout, type PlannedVolume } from './plan-volumes';

/** A planned volume with its voxels. */
export interface ReadVolume {
  readonly planned: PlannedVolume;
  readonly read: AssembledSamples;
}

/**
 * Reads the voxels of a planned volume. Files that turn out to be unreadable (cut off, damaged, gone, crashing their
 * reader) are left out with the reason, and what remains of the volume is planned and read again.
 */
export async function readPlanned(
  planned: PlannedVolume,
  pool: ImportPool,
): Promise<{ volumes: ReadVolume[]; leftOut: LeftOut[] }> {
  const { read, failed } = await assemble(planned, pool);
  if (read !== null) return { volumes: [{ planned, read }], leftOut: [] };
  const leftOut = failed.map(({ index, reason }): LeftOut => ({
    path: planned.plan.slices[index]?.source.path ?? planned.sourcePath,
    reason,
    image: true,
  }));
  const volumes: ReadVolume[] = [];
  for (const part of replanWithout(planned, new Set(failed.map(({ index }) => index)))) {
    const again = await readPlanned(part, pool);
    volumes.push(...again.volumes);
    leftOut.push(...again.leftOut);
  }
  return { volumes, leftOut };
}

async function assemble(planned: PlannedVolume, pool: ImportPool): Promise<AssemblyOutcome> {
  try {
    return await pool.run('assemble', planned.plan);
  } catch (error) {
    if (error instanceof FileCrash)
      return { read: null, failed: [{ index: error.index, reason: error.reason }] };
    throw error;
  }
}
