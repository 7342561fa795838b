import type { Launcher } from '#main/jobs/launcher';
import { defaultThreads, trainingEnvironment } from './training-environment';
import type { FromTraining } from './messages';
import type { Precision } from './ops/arena';

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
          sentence: endedWhenTried(code, precision),
        },
      });
    });
  });
}

function endedWhenTried(code: number | null, precision: Precision): string {
  const what = precision === 'float32' ? 'it' : precision;
  return code === null
    ? `The system ended TensorFlow's process when ${what} was tried, perhaps for lack of memory: close other programs and try again.`
    : `TensorFlow ended its process (code ${code}) when ${what} was tried: run \`heldout doctor --install cpu\` again.`;
}
