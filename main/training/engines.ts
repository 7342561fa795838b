import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { EngineStatus } from '#src/contracts/channels';
import type { Launcher } from '#main/jobs/launcher';
import { nodeLauncher } from '#main/jobs/node-launcher';
import type { FromTraining } from './messages';
import type { Precision } from './ops/arena';
import { multipliesBfloat16, readCpuInfo } from './processor';
import { tensorflowEnvironment } from './tensorflow-binding';
import { installedTensorflow, TENSORFLOW_VERSION } from './tensorflow-cache';

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

/**
 * The engines that this machine has, each after its self-test; in order of preference.
 *
 * @param launcher starts the process in which TensorFlow is tried, so that nothing of it stays in this one
 */
export async function engineStatus(launcher: Launcher = nodeLauncher()): Promise<EngineStatus[]> {
  return [await tensorflowStatus(launcher)];
}

async function tensorflowStatus(launcher: Launcher): Promise<EngineStatus> {
  const installed = installedTensorflow();
  if (installed === null)
    return {
      engine: 'tensorflow',
      available: false,
      device: '',
      sentence:
        'TensorFlow is not installed: install it on the Train screen of the app, or run `heldout doctor --install cpu` (274 MB, once for this computer). Everything but training works without it.',
    };
  const answer = await tryTensorflow(launcher, 'float32');
  if (answer.type === 'tested')
    return {
      engine: 'tensorflow',
      available: true,
      device: answer.device,
      sentence: `TensorFlow ${TENSORFLOW_VERSION} on ${answer.device}; the self-test passed.${
        multipliesBfloat16(readCpuInfo())
          ? ' Trains in bfloat16, which this processor multiplies faster.'
          : ''
      }`,
    };
  return {
    engine: 'tensorflow',
    available: false,
    device: '',
    sentence:
      answer.type === 'failed' ? answer.failure.sentence : 'TensorFlow gave no answer when it was tried.',
  };
}

/**
 * Runs the self-test in a process of its own, so that nothing of TensorFlow stays in this one.
 *
 * @returns `tested`, or `failed` with a sentence
 */
export async function tryTensorflow(launcher: Launcher, precision: Precision): Promise<FromTraining> {
  const threads = defaultThreads();
  return new Promise<FromTraining>((resolve) => {
    const child = launcher.launch(
      'training',
      ['test', String(threads), precision],
      trainingEnvironment(threads),
    );
    child.onMessage((message) => {
      resolve(message as FromTraining);
    });
    child.onExit((code) => {
      resolve({
        type: 'failed',
        failure: {
          code: 'resource',
          sentence: `TensorFlow ended its process (${code === null ? 'by a signal' : `code ${code}`}) when it was tried: run \`heldout doctor --install cpu\` again.`,
        },
      });
    });
  });
}
