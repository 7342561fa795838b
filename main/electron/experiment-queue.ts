import type { ExperimentActivity } from '#src/contracts/channels';
import { toFailure } from '#src/contracts/failure';
import type { Progress } from '#src/contracts/progress';
import { throttled, type JobContext } from '#main/jobs/context';

type RunExperiment = (context: JobContext) => Promise<void>;

interface UnderWay {
  readonly name: string;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** Experiments one after the other: each takes the whole machine, so a second one waits for the first. */
export class ExperimentQueue {
  #running: UnderWay | null = null;
  #waiting: { readonly name: string; readonly run: RunExperiment }[] = [];
  readonly #activities = new Map<string, ExperimentActivity>();

  /** @param changed is told of everything that happens to an experiment, progress at most ten times a second */
  constructor(private readonly changed: (activity: ExperimentActivity) => void) {}

  /** Whether an experiment is under way. */
  get busy(): boolean {
    return this.#running !== null;
  }

  activity(name: string): ExperimentActivity {
    return this.#activities.get(name) ?? { name, state: 'idle', progress: null, failure: null };
  }

  /** Starts an experiment, or lets it wait for the one under way; one that is there already stays as it is. */
  start(name: string, run: RunExperiment): void {
    if (this.#running?.name === name || this.#waiting.some((each) => each.name === name)) return;
    if (this.#running === null) this.#begin(name, run);
    else {
      this.#waiting.push({ name, run });
      this.#tell(name, { state: 'waiting', failure: null });
    }
  }

  /** Asks an experiment to stop; one that waits is taken from the queue. */
  stop(name: string): void {
    if (this.#waiting.some((each) => each.name === name)) {
      this.#waiting = this.#waiting.filter((each) => each.name !== name);
      this.#tell(name, { state: 'idle' });
    }
    if (this.#running?.name !== name) return;
    this.#running.stop.abort();
    this.#tell(name, { state: 'stopping' });
  }

  /** Stops everything; resolves when the one under way has ended. */
  async close(): Promise<void> {
    this.#waiting = [];
    this.#running?.stop.abort();
    await this.#running?.ended;
  }

  #begin(name: string, run: RunExperiment): void {
    const stop = new AbortController();
    const context = throttled({
      signal: stop.signal,
      report: (progress: Progress) => this.#tell(name, { progress }),
    });
    const ended = run(context)
      .then(
        () => null,
        (error: unknown) => {
          const { code, sentence } = toFailure(error);
          return code === 'cancelled' ? null : sentence;
        },
      )
      .then((failure) => {
        this.#running = null;
        this.#tell(name, { state: 'idle', progress: null, failure });
        const next = this.#waiting.shift();
        if (next !== undefined) this.#begin(next.name, next.run);
      });
    this.#running = { name, stop, ended };
    this.#tell(name, { state: 'running', progress: null, failure: null });
  }

  #tell(name: string, part: Partial<ExperimentActivity>): void {
    const activity = { ...this.activity(name), ...part };
    this.#activities.set(name, activity);
    this.changed(activity);
  }
}
