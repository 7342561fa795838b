import type { LogRecord } from '#src/contracts/documents/run';
import type { RunRecord } from '#src/registry/records';
import { call, listen } from './bridge';
import { attempt } from './toasts.svelte';

/** Runs of the open project and the live log of each that was looked at. */
class Training {
  runs = $state.raw<readonly RunRecord[]>([]);
  logs = $state.raw<Readonly<Record<string, readonly LogRecord[]>>>({});
  selected = $state<string | null>(null);

  /** Follows runs as the main process reports them. */
  follow(): void {
    listen('run.changed', (run) => {
      const others = this.runs.filter(({ id }) => id !== run.id);
      if (others.length === this.runs.length) this.selected = run.id;
      this.runs = newestFirst([...others, run]);
    });
    listen('run.logged', ({ run, record }) => {
      const log = this.logs[run];
      if (log !== undefined) this.logs = { ...this.logs, [run]: [...log, record] };
      this.runs = this.runs.map((each) =>
        each.id === run ? { ...each, step: record.step, seconds: record.seconds } : each,
      );
    });
  }

  async load(): Promise<void> {
    this.runs = newestFirst(await call('run.list'));
    if (!this.runs.some(({ id }) => id === this.selected)) this.selected = this.runs[0]?.id ?? null;
  }

  /** Reads the log of a run unless it is there; live records are added to it from then on. */
  async loadLog(run: string): Promise<void> {
    if (this.logs[run] !== undefined) return;
    this.logs = { ...this.logs, [run]: [] };
    await attempt(async () => {
      const stored = await call('run.log', { run });
      const live = (this.logs[run] ?? []).filter(({ step }) => step > (stored.at(-1)?.step ?? -1));
      this.logs = { ...this.logs, [run]: [...stored, ...live] };
    });
  }

  forget(): void {
    this.runs = [];
    this.logs = {};
    this.selected = null;
  }
}

function newestFirst(runs: readonly RunRecord[]): RunRecord[] {
  return runs.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

export const training = new Training();
