import type { Events, JobResult, JobStarted } from '#src/contracts/channels';
import { toFailure, type Failure } from '#src/contracts/failure';
import { throttled, type JobContext } from '#main/jobs/context';

/** Sends an event to the page. */
export type Emit = <E extends keyof Events>(event: E, payload: Events[E]) => void;

/** Long operations in progress: each has an id, reports to the page and can be stopped. */
export class Jobs {
  #last = 0;
  readonly #running = new Map<number, { readonly stop: AbortController; readonly ended: Promise<void> }>();

  /** @param report is told of every failure, for the log; the page hears of it without its details */
  constructor(
    private readonly emit: Emit,
    private readonly report: (failure: Failure) => Failure,
  ) {}

  get running(): number {
    return this.#running.size;
  }

  /** Starts `work` and returns at once; its end reaches the page as `job.done` or `job.failed`. */
  start(work: (context: JobContext) => Promise<JobResult>): JobStarted {
    const { jobId, finished } = this.#begin(work);
    finished.then(
      (result) => this.emit('job.done', { jobId, result }),
      (error: unknown) => this.emit('job.failed', { jobId, failure: this.report(toFailure(error)) }),
    );
    return { jobId };
  }

  /** Runs `work` for a request that waits for its answer; progress reaches the page all the same, then `job.ended`. */
  async wait<T>(work: (context: JobContext) => Promise<T>): Promise<T> {
    const { jobId, finished } = this.#begin(work);
    try {
      return await finished;
    } finally {
      this.emit('job.ended', { jobId });
    }
  }

  /** Asks one job to stop. One that has ended already is no error: the person was slower than it. */
  cancel(jobId: number): void {
    this.#running.get(jobId)?.stop.abort();
  }

  /** Asks every job to stop and waits for them. */
  async stopAll(): Promise<void> {
    for (const job of this.#running.values()) job.stop.abort();
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  #begin<T>(work: (context: JobContext) => Promise<T>): { jobId: number; finished: Promise<T> } {
    const jobId = ++this.#last;
    const stop = new AbortController();
    const context = throttled({
      signal: stop.signal,
      report: (progress) => this.emit('job.progress', { jobId, progress }),
    });
    // The page must know the id before the first progress arrives.
    const finished = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => work(context))
      .finally(() => this.#running.delete(jobId));
    const ended = finished.then(
      () => undefined,
      () => undefined,
    );
    this.#running.set(jobId, { stop, ended });
    return { jobId, finished };
  }
}
