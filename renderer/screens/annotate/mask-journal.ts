import { toFailure } from '#src/contracts/failure';

export type SaveState =
  { readonly kind: 'saved' | 'saving' } | { readonly kind: 'failed'; readonly sentence: string };

/**
 * Sends journal entries to disk in order, one at a time. An entry that could not be written stays first in line until
 * {@link retry} succeeds, so that no later one overtakes it.
 */
export class MaskJournal {
  readonly #waiting: Uint8Array[] = [];
  #isSending = false;
  #idle: (() => void)[] = [];

  constructor(
    private readonly append: (entry: Uint8Array) => Promise<unknown>,
    private readonly onState: (state: SaveState) => void,
  ) {}

  /** Entries that are not on disk yet. */
  get pending(): number {
    return this.#waiting.length;
  }

  add(entry: Uint8Array): void {
    this.#waiting.push(entry);
    void this.#send();
  }

  /** Tries again after a failure. */
  retry(): void {
    void this.#send();
  }

  /** Resolves when everything is on disk or a write has failed. */
  async settled(): Promise<void> {
    if (this.#isSending) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  async #send(): Promise<void> {
    if (this.#isSending || this.#waiting.length === 0) return;
    this.#isSending = true;
    this.onState({ kind: 'saving' });
    let state: SaveState = { kind: 'saved' };
    for (let entry = this.#waiting[0]; entry !== undefined; entry = this.#waiting[0]) {
      try {
        await this.append(entry);
        this.#waiting.shift();
      } catch (error) {
        state = { kind: 'failed', sentence: toFailure(error).sentence };
        break;
      }
    }
    this.#isSending = false;
    this.onState(state);
    this.#idle.forEach((resolve) => resolve());
    this.#idle = [];
  }
}
