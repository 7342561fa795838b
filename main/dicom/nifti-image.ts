import { FileCrash, type ImportPool } from './import-pool';
import type { NiftiReading } from './import-tasks';
import type { SourceFile } from './source-file';

/** Reads a NIfTI source in the pool; a crash counts as a file that cannot be read. */
export async function readNiftiInPool(source: SourceFile, pool: ImportPool): Promise<NiftiReading> {
  try {
    return await pool.run('nifti', source);
  } catch (error) {
    if (error instanceof FileCrash) return { image: null, reason: error.reason };
    throw error;
  }
}
