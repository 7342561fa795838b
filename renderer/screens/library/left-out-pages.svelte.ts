import type { LeftOutQuery } from '#src/contracts/channels';
import type { LeftOut } from '#src/contracts/documents/import';
import { call } from '../../state/bridge';
import { attempt } from '../../state/toasts.svelte';

/** Lines that are asked for at once. */
const PAGE = 100;

/** A long list of left-out files, of which only the pages in sight are fetched. */
export class LeftOutPages {
  total = $state(0);
  #pages = $state.raw<Readonly<Record<number, readonly LeftOut[]>>>({});
  #asked: number[] = [];
  #query: LeftOutQuery | null = null;

  /** Asks for another list; what came of the one before is dropped. */
  async ask(query: LeftOutQuery): Promise<void> {
    this.#query = query;
    this.#asked = [];
    this.#pages = {};
    await this.#fetch(0);
  }

  /** The line at a place in the list; null until its page is there. */
  line(at: number): LeftOut | null {
    return this.#pages[Math.floor(at / PAGE)]?.[at % PAGE] ?? null;
  }

  /** Fetches the pages that hold lines from `first` to `last`. */
  need(first: number, last: number): void {
    for (let page = Math.floor(first / PAGE); page * PAGE <= last; page += 1) void this.#fetch(page);
  }

  async #fetch(page: number): Promise<void> {
    const query = this.#query;
    if (query === null || this.#asked.includes(page)) return;
    this.#asked.push(page);
    const answer = await attempt(() =>
      call('import.leftOut', { ...query, offset: page * PAGE, count: PAGE }),
    );
    if (answer === undefined || query !== this.#query) return;
    this.total = answer.total;
    this.#pages = { ...this.#pages, [page]: answer.rows };
  }
}
