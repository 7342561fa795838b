import { HeldoutError } from '#src/contracts/failure';
import type { Launcher } from '#main/jobs/launcher';
import { tryTensorflow } from './engines';
import type { FromTraining } from './messages';
import type { Precision } from './ops/arena';
import { multipliesBfloat16, readCpuInfo } from './processor';

/** What bfloat16 answered to its self-test in this process: it is tried once, unless it fails. */
let answered: FromTraining | null = null;

/**
 * The precision of a new run. `auto` is bfloat16 where the processor multiplies it faster and TensorFlow passes its
 * self-test with it on the CPU, and float32 everywhere else; a graphics card computes in float32 unless it is asked to.
 *
 * @throws HeldoutError `resource` when bfloat16 is asked for and does not pass
 */
export async function choosePrecision(
  wanted: 'auto' | Precision,
  launcher: Launcher,
  cpuInfo: string = readCpuInfo(),
): Promise<Precision> {
  if (wanted === 'float32' || (wanted === 'auto' && !multipliesBfloat16(cpuInfo))) return 'float32';
  const answer = answered ?? (await tryTensorflow(launcher, 'bfloat16'));
  if (answer.type === 'tested') {
    answered = answer;
    return wanted === 'auto' && answer.onGpu ? 'float32' : 'bfloat16';
  }
  if (wanted === 'auto') return 'float32';
  throw answer.type === 'failed'
    ? new HeldoutError(answer.failure.code, answer.failure.sentence, answer.failure.details)
    : new HeldoutError('resource', 'TensorFlow gave no answer when bfloat16 was tried.');
}
