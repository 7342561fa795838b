import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';
import type { Volume } from '#src/imaging/volume';
import { isGzip } from './nifti-bytes';
import { parseNifti } from './parse-nifti';
import { unpackNifti } from './unpack-nifti';

/** A NIfTI file: one 3-D volume for each time point, all on one grid. */
export interface NiftiImage {
  /** i fastest, LPS geometry, scl_slope and scl_inter applied. */
  readonly volumes: readonly Volume[];
  /** true when the file holds one slice only. */
  readonly twoDimensional: boolean;
  /** The header's descrip field. */
  readonly description: string;
}

/**
 * Reads a `.nii` or `.nii.gz` file (NIfTI-1 or -2, by content).
 *
 * Samples stay uint8, int16 or uint16 where they are stored so and not scaled; other integers become int16 or uint16 when
 * every value fits; everything else becomes float32. The sform is used when it has a code, else the qform, else the
 * voxel sizes alone.
 *
 * @throws HeldoutError `input` when it is missing, damaged, incomplete, or holds what is no grey image
 */
export async function readNifti(path: string): Promise<NiftiImage> {
  const name = basename(path);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw unreadable(name, error);
  }
  return parseNifti(isGzip(bytes) ? unpackNifti(bytes, name) : bytes, name);
}

function unreadable(name: string, error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return new HeldoutError('input', `${name} does not exist: check its path.`);
    case 'EACCES':
    case 'EPERM':
      return new HeldoutError('input', `${name} may not be read: check its permissions.`);
    case 'EISDIR':
      return new HeldoutError('input', `${name} is a folder, not a NIfTI file.`);
    default:
      return error;
  }
}
