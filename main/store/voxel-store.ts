import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';
import type { Volume } from '#src/imaging/volume';
import { explainWriteError, syncFolder, writeFileAtomic } from './atomic-file';
import { encodeVoxelFile, readVoxelFile } from './voxel-file';

/** A volume that is written but not durable yet, under a name of its own until {@link VoxelStore.settle}. */
export interface StagedVoxels {
  readonly sha256: string;
  /** null when the store has the volume already. */
  readonly temporary: string | null;
  /** What is on its way to the disk. */
  readonly bytes: number;
}

const STAGED = /^\..*\.staged$/u;

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

  /**
   * Writes a volume without waiting for the disk: many are settled together. Synchronous: it runs in workers.
   *
   * @throws HeldoutError `resource` when the disk is full
   */
  stage(volume: Volume): StagedVoxels {
    const [header, samples] = encodeVoxelFile(volume);
    const sha256 = createHash('sha256').update(header).update(samples).digest('hex');
    if (this.has(sha256)) return { sha256, temporary: null, bytes: 0 };
    const temporary = join(this.folder, `.${sha256}.${randomBytes(6).toString('hex')}.staged`);
    try {
      const descriptor = openSync(temporary, 'wx', 0o644);
      try {
        writeWhole(descriptor, header);
        writeWhole(descriptor, samples);
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      rmSync(temporary, { force: true });
      throw explainWriteError(error, this.path(sha256));
    }
    return { sha256, temporary, bytes: header.length + samples.length };
  }

  /**
   * Makes staged volumes durable under their names; only then may anything name them.
   *
   * @throws HeldoutError `resource` when the disk is full
   */
  async settle(staged: readonly StagedVoxels[]): Promise<void> {
    const folders = new Set<string>();
    await Promise.all(
      staged.map(async ({ sha256, temporary }) => {
        if (temporary === null) return;
        const path = this.path(sha256);
        try {
          const handle = await open(temporary, 'r+');
          try {
            await handle.sync();
          } finally {
            await handle.close();
          }
          const isNewFolder = (await mkdir(dirname(path), { recursive: true })) !== undefined;
          await rename(temporary, path);
          folders.add(dirname(path));
          if (isNewFolder) folders.add(this.folder);
        } catch (error) {
          throw explainWriteError(error, path);
        }
      }),
    );
    await Promise.all([...folders].map(syncFolder));
  }

  /** Removes what was staged by an import that was killed before it was settled. */
  async clearStaged(): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    await Promise.all(
      names.filter((name) => STAGED.test(name)).map((name) => rm(join(this.folder, name), { force: true })),
    );
  }

  /** @throws HeldoutError `not-found` when it is missing, `input` when it is damaged */
  get(sha256: string): Promise<Volume> {
    return readVoxelFile(this.path(sha256));
  }
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(descriptor, bytes, done);
}
