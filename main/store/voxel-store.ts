import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';
import type { Volume } from '#src/imaging/volume';
import { syncFolder, writeFileAtomic } from './atomic-file';
import { encodeVoxelFile, readVoxelFile } from './voxel-file';

/**
 * Immutable voxel files, named by the SHA-256 of their content (header and samples): `voxels/ab/<sha256>.hvx`.
 */
export class VoxelStore {
  constructor(readonly folder: string) {}

  /** Where a voxel file lies. @throws usage for anything but a SHA-256 in lower-case hexadecimal */
  path(sha256: string): string {
    if (!/^[0-9a-f]{64}$/u.test(sha256)) throw new HeldoutError('usage', 'That is no name of a voxel file.');
    return join(this.folder, sha256.slice(0, 2), `${sha256}.hvx`);
  }

  has(sha256: string): boolean {
    return existsSync(this.path(sha256));
  }

  /**
   * Stores a volume once, durably, and returns its name.
   *
   * @throws HeldoutError `resource` when the disk is full
   */
  async put(volume: Volume): Promise<string> {
    const [header, samples] = encodeVoxelFile(volume);
    const sha256 = createHash('sha256').update(header).update(samples).digest('hex');
    const path = this.path(sha256);
    if (existsSync(path)) return sha256;
    const isNewFolder = (await mkdir(dirname(path), { recursive: true })) !== undefined;
    await writeFileAtomic(path, [header, samples]);
    if (isNewFolder) await syncFolder(this.folder);
    return sha256;
  }

  /** @throws HeldoutError `not-found` when it is missing, `input` when it is damaged */
  get(sha256: string): Promise<Volume> {
    return readVoxelFile(this.path(sha256));
  }
}
