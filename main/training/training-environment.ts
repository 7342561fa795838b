import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { tensorflowEnvironment } from './tensorflow-binding';
import { installedTensorflow } from './tensorflow-cache';

/** Threads for training when nobody says otherwise. */
export function defaultThreads(): number {
  return availableParallelism();
}

/**
 * Settings of glibc's allocator; others do not read them. A step allocates and frees the same few hundred arrays of
 * megabytes again and again: given back to the system each time, every page of them would have to be fetched and
 * cleared anew, and in pages of 4 kB. Measured: docs/benchmarks.md.
 */
const MEMORY_ENVIRONMENT = {
  MALLOC_MMAP_THRESHOLD_: String(2 ** 30),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 31),
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
} as const;

/** Environment in which a training process must be started: some of it is read before any code of ours runs. */
export function trainingEnvironment(threads: number): Record<string, string> {
  const installed = installedTensorflow();
  const cuda = installed === null ? null : join(installed.folder, 'cuda', 'nvidia');
  const libraries =
    cuda === null || !existsSync(cuda)
      ? []
      : readdirSync(cuda)
          .map((name) => join(cuda, name, 'lib'))
          .filter((folder) => existsSync(folder));
  const before = process.env['LD_LIBRARY_PATH'];
  return {
    ...tensorflowEnvironment(threads),
    ...MEMORY_ENVIRONMENT,
    ...(libraries.length === 0
      ? {}
      : { LD_LIBRARY_PATH: [...libraries, ...(before === undefined ? [] : [before])].join(':') }),
  };
}
