import type { LogRecord } from '#src/contracts/documents/run';
import { toFailure, type Failure } from '#src/contracts/failure';
import type { RunRecord } from '#src/registry/records';
import type { JobContext } from '#main/jobs/context';

/** One training under way. */
export interface StartedRun {
  readonly record: RunRecord;
  /** Resolves when its process has ended, however it ended. */
  readonly finished: Promise<RunRecord>;
}

export type StartRun = (
  context: JobContext,
  onRecord: (run: string, record: LogRecord) => void,
) => Promise<StartedRun>;

/** What the queue tells the page. */
export interface TrainingListener {
  changed(run: RunRecord): void;
  logged(run: string, record: LogRecord): void;
  failed(failure: Failure): void;
}

/** Trainings one after the other: each takes the whole machine, so a second one waits for the first. */
export class TrainingQueue {
  readonly #stop = new AbortController();
  readonly #active = new Map<string, Promise<unknown>>();
  #waiting: StartRun[] = [];

  constructor(private readonly listener: TrainingListener) {}

  /** Whether a training is under way. */
  get busy(): boolean {
    return this.#active.size > 0;
  }

  /**
   * Starts the first of `starts` at once and the others after it, one by one.
   *
   * @returns the record of the first
   * @throws what the first start throws; a later one that cannot start is reported to the listener
   */
  async start(starts: readonly StartRun[]): Promise<RunRecord[]> {
    const [first, ...others] = starts;
    if (first === undefined) return [];
    this.#waiting.push(...others);
    try {
      return [await this.#begin(first)];
    } catch (error) {
      this.#waiting = this.#waiting.filter((waiting) => !others.includes(waiting));
      throw error;
    }
  }

  /** Forgets the trainings that have not begun. */
  clearWaiting(): void {
    this.#waiting = [];
  }

  /** Ends everything: each training saves a checkpoint and can be resumed. Resolves when all have ended. */
  async close(): Promise<void> {
    this.clearWaiting();
    this.#stop.abort();
    await Promise.all(this.#active.values());
  }

  async #begin(start: StartRun): Promise<RunRecord> {
    const context: JobContext = { signal: this.#stop.signal, report: () => undefined };
    const { record, finished } = await start(context, (run, line) => this.listener.logged(run, line));
    this.listener.changed(record);
    const ended = finished
      .then(
        (last) => {
          this.listener.changed(last);
          // A person who stops one fold does not want the next one to begin.
          if (last.state !== 'done') this.clearWaiting();
        },
        (error: unknown) => {
          this.clearWaiting();
          this.listener.failed(toFailure(error));
        },
      )
      .then(async () => {
        this.#active.delete(record.id);
        const next = this.#waiting.shift();
        if (next === undefined) return;
        await this.#begin(next).catch((error: unknown) => this.listener.failed(toFailure(error)));
      });
    this.#active.set(record.id, ended);
    return record;
  }
}
