import { statfs } from 'node:fs/promises';
import { availableParallelism, homedir, totalmem } from 'node:os';
import type { EngineStatus } from '#src/contracts/channels';
import { fileKeyVault } from '#main/store/key-vault';
import { engineStatus } from '#main/training/engines';

export interface DoctorDocument {
  readonly schema: 'heldout.doctor/1';
  readonly versions: Readonly<Record<string, string>>;
  readonly cores: number;
  readonly memoryGb: number;
  readonly diskFreeGb: number;
  readonly engines: readonly EngineStatus[];
  readonly keyWarning: string | null;
}

/** What this machine has: versions, cores, memory, disk, engines with their self-tests, where keys are kept. */
export async function diagnose(): Promise<DoctorDocument> {
  const disk = await statfs(homedir());
  return {
    schema: 'heldout.doctor/1',
    versions: {
      node: process.versions.node,
      ...(process.versions['electron'] === undefined ? {} : { electron: process.versions['electron'] }),
    },
    cores: availableParallelism(),
    memoryGb: totalmem() / 1e9,
    diskFreeGb: (disk.bavail * disk.bsize) / 1e9,
    engines: await engineStatus(),
    keyWarning: fileKeyVault().warning,
  };
}
