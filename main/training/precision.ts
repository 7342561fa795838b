import { HeldoutError } from '#src/contracts/failure';
import type { Launcher } from '#main/jobs/launcher';
import type { FromTraining } from './messages';
import type { Precision } from './ops/arena';
import { multipliesBfloat16, readCpuInfo } from './processor';
import { tryTensorflow } from './try-tensorflow';

/** What bfloat16 answered to its self-test in this process: it is tried once, unless it fails. */
let answered: FromTraining | null = null;

export interface ChosenPrecision {
  readonly precision: Precision;
  /** Why it is float32 although the processor multiplies bfloat16 faster, in a sentence; null when it is the best there is. */
  readonly fallback: string | null;
}

/**
 * The precision of a new run. `auto` is bfloat16 where the processor multiplies it faster and TensorFlow passes its
 * self-test with it on the CPU, and float32 everywhere else; a graphics card computes in float32 unless it is asked to.
 * Where bfloat16 should have worked and did not, the reason comes with the answer, and it is tried anew the next time.
 *
 * @throws HeldoutError `resource` when bfloat16 is asked for and does not pass
 */
export async function choosePrecision(
  wanted: 'auto' | Precision,
  launcher: Launcher,
  cpuInfo: string = readCpuInfo(),
): Promise<ChosenPrecision> {
  if (wanted === 'float32' || (wanted === 'auto' && !multipliesBfloat16(cpuInfo)))
    return { precision: 'float32', fallback: null };
  const answer = answered ?? (await tryTensorflow(launcher, 'bfloat16'));
  if (answer.type === 'tested') {
    answered = answer;
    return { precision: wanted === 'auto' && answer.onGpu ? 'float32' : 'bfloat16', fallback: null };
  }
  const failure =
    answer.type === 'failed'
      ? new HeldoutError(answer.failure.code, answer.failure.sentence, answer.failure.details)
      : new HeldoutError('resource', 'TensorFlow gave no answer when bfloat16 was tried.');
  if (wanted === 'bfloat16') throw failure;
  return {
    precision: 'float32',
    fallback: `It trains in float32, about half as fast as in bfloat16. ${failure.message}`,
  };
}
