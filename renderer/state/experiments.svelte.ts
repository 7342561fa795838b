import type { ExperimentActivity, ExperimentEntry, ExperimentShown } from '#src/contracts/channels';
import type { ExperimentDocument } from '#src/contracts/documents/experiment';
import { call, listen } from './bridge';
import { attempt } from './toasts.svelte';
import { training } from './training.svelte';

/** Experiments of the open project, and what each that was looked at has shown. */
class Experiments {
  /** The newest first. */
  list = $state.raw<readonly ExperimentEntry[]>([]);
  /** The one that the screen shows; null while a new one is planned. */
  selected = $state<string | null>(null);
  shown = $state.raw<Readonly<Record<string, ExperimentShown>>>({});
  /** Results with the locked set, as far as it was opened since the project was. */
  opened = $state.raw<Readonly<Record<string, ExperimentDocument>>>({});
  /** What is being computed, and whether it has changed since it was begun. */
  readonly #showing = new Map<string, 'begun' | 'again'>();

  get busy(): boolean {
    return this.list.some(({ activity }) => activity.state !== 'idle');
  }

  /** Follows experiments as the main process reports them. */
  follow(): void {
    listen('experiment.changed', (activity) => {
      const before = this.list.find(({ name }) => name === activity.name)?.activity;
      this.#update(activity.name, { activity });
      if (before?.state === activity.state) return;
      // Its runs are in the list of runs as well.
      void attempt(() => training.load());
      void this.show(activity.name);
    });
    listen('experiment.trained', ({ name, done }) => {
      this.#update(name, { done });
      void this.show(name);
    });
  }

  async load(): Promise<void> {
    this.list = await call('experiment.list');
    if (!this.list.some(({ name }) => name === this.selected)) this.selected = this.list[0]?.name ?? null;
  }

  /** Computes what an experiment has shown so far; calls during one are put together into one more. */
  async show(name: string): Promise<void> {
    if (this.#showing.has(name)) {
      this.#showing.set(name, 'again');
      return;
    }
    this.#showing.set(name, 'begun');
    await attempt(async () => {
      const shown = await call('experiment.show', { name });
      this.shown = { ...this.shown, [name]: shown };
    });
    const again = this.#showing.get(name) === 'again';
    this.#showing.delete(name);
    if (again) await this.show(name);
  }

  /** Adds a new one and selects it. */
  add(entry: ExperimentEntry): void {
    this.list = [entry, ...this.list];
    this.selected = entry.name;
  }

  forget(): void {
    this.list = [];
    this.selected = null;
    this.shown = {};
    this.opened = {};
  }

  #update(name: string, part: { readonly activity?: ExperimentActivity; readonly done?: number }): void {
    this.list = this.list.map((entry) => (entry.name === name ? { ...entry, ...part } : entry));
  }
}

export const experiments = new Experiments();
