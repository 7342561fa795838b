import type { EngineStatus } from '#src/contracts/channels';
import type { Launcher } from '#main/jobs/launcher';
import { nodeLauncher } from '#main/jobs/node-launcher';
import { choosePrecision } from './precision';
import { installedTensorflow, TENSORFLOW_VERSION } from './tensorflow-cache';
import { tryTensorflow } from './try-tensorflow';

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
      warning: null,
    };
  const answer = await tryTensorflow(launcher, 'float32');
  if (answer.type === 'tested') {
    const { precision, fallback } = await choosePrecision('auto', launcher);
    return {
      engine: 'tensorflow',
      available: true,
      device: answer.device,
      sentence: `TensorFlow ${TENSORFLOW_VERSION} on ${answer.device}; the self-test passed. Trains in ${
        precision === 'bfloat16' ? 'bfloat16, which this processor multiplies faster' : precision
      }.`,
      warning: fallback,
    };
  }
  return {
    engine: 'tensorflow',
    available: false,
    device: '',
    sentence:
      answer.type === 'failed' ? answer.failure.sentence : 'TensorFlow gave no answer when it was tried.',
    warning: null,
  };
}
