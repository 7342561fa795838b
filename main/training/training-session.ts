import type { LogRecord } from '#src/contracts/documents/run';
import type { Failure } from '#src/contracts/failure';
import type { HelperProcess, Launcher } from '#main/jobs/launcher';
import { trainingEnvironment } from './training-environment';
import type { FromTraining, PredictionOrder, ToTraining } from './messages';

/** How a training process ended. */
export type SessionEnd =
  | { readonly state: 'done' | 'stopped'; readonly step: number; readonly seconds: number }
  | { readonly state: 'failed'; readonly failure: Failure };

/** A stop that is not obeyed within this time ends the process; its last checkpoint is whole. */
const PATIENCE_MS = 15_000;

/** The parent's side of one training process. */
export class TrainingSession {
  readonly ended: Promise<SessionEnd>;
  readonly #process: HelperProcess;
  #impatience: NodeJS.Timeout | null = null;

  /**
   * @param args of the entry (main/training/process.ts)
   * @param onMessage called for everything but the end
   */
  constructor(
    launcher: Launcher,
    args: readonly string[],
    threads: number,
    onMessage: (message: FromTraining) => void,
  ) {
    this.#process = launcher.launch('training', args, trainingEnvironment(threads));
    this.ended = new Promise((resolve) => {
      let last: SessionEnd | null = null;
      this.#process.onMessage((received) => {
        const message = received as FromTraining;
        if (message.type === 'failed') last = { state: 'failed', failure: message.failure };
        else if (message.type === 'done' || message.type === 'stopped')
          last = { state: message.type, step: message.step, seconds: message.seconds };
        else onMessage(message);
      });
      this.#process.onExit((code) => {
        if (this.#impatience !== null) clearTimeout(this.#impatience);
        resolve(last ?? { state: 'failed', failure: endedEarly(code) });
      });
    });
  }

  /** Asks it to stop cleanly; resolves when it has. */
  async stop(): Promise<SessionEnd> {
    this.#send({ type: 'stop' });
    this.#impatience ??= setTimeout(() => {
      this.#process.kill();
    }, PATIENCE_MS);
    return this.ended;
  }

  predict(items: readonly PredictionOrder[]): void {
    this.#send({ type: 'predict', items });
  }

  /** Stops it when the signal aborts. */
  obey(signal: AbortSignal): void {
    const stop = () => void this.stop();
    if (signal.aborted) stop();
    else {
      signal.addEventListener('abort', stop, { once: true });
      void this.ended.then(() => {
        signal.removeEventListener('abort', stop);
      });
    }
  }

  #send(message: ToTraining): void {
    this.#process.send(message);
  }
}

/** Passes the records of a training on. */
export function recordsOf(onRecord: (record: LogRecord) => void): (message: FromTraining) => void {
  return (message) => {
    if (message.type === 'record') onRecord(message.record);
  };
}

function endedEarly(code: number | null): Failure {
  return {
    code: 'resource',
    sentence: `The training process ended without a word (${code === null ? 'ended by the system, perhaps for lack of memory' : `code ${code}`}). Nothing before its last checkpoint is lost: resume it.`,
  };
}
