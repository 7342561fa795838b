/** How much one batch may be. */
export interface BatchSize {
  readonly items: number;
  readonly bytes: number;
}

/**
 * Collects items and works on them in batches, one batch after the other. While one is worked on the next one collects,
 * so that work with a cost of its own (a disk that is asked to sync) is done seldom where it is slow.
 */
export class Batches<T> {
  #collected: T[] = [];
  #bytes = 0;
  /** The batch that is worked on. */
  #working: Promise<void> | null = null;
  /** The first failure, thrown by what is called next. */
  #failure: { readonly error: unknown } | null = null;

  /**
   * @param work does one batch
   * @param least a batch is begun when this much waits, items or bytes, and nothing is worked on
   * @param most no more than this waits, items or bytes
   */
  constructor(
    readonly work: (batch: readonly T[]) => Promise<void>,
    readonly least: BatchSize,
    readonly most: BatchSize,
  ) {}

  /** Adds an item; waits when a batch of the greatest size waits already. Throws what the work of a batch threw. */
  async add(item: T, bytes: number): Promise<void> {
    this.#throwFailure();
    this.#collected.push(item);
    this.#bytes += bytes;
    this.#begin(this.least);
    while (this.#isAtLeast(this.most) && this.#working !== null) await this.#working;
    this.#throwFailure();
  }

  /** Works on all that has been added. Throws what the work of a batch threw. */
  async flush(): Promise<void> {
    while (this.#working !== null || this.#collected.length > 0) {
      this.#throwFailure();
      this.#begin({ items: 1, bytes: 1 });
      await this.#working;
    }
    this.#throwFailure();
  }

  /** Waits for the batch that is worked on, and forgets what waits. Never throws. */
  async end(): Promise<void> {
    this.#collected = [];
    this.#bytes = 0;
    await this.#working;
  }

  #isAtLeast({ items, bytes }: BatchSize): boolean {
    return this.#collected.length >= items || (this.#bytes >= bytes && this.#collected.length > 0);
  }

  #begin(size: BatchSize): void {
    if (this.#working !== null || this.#failure !== null || !this.#isAtLeast(size)) return;
    const batch = this.#collected;
    this.#collected = [];
    this.#bytes = 0;
    this.#working = this.work(batch)
      .catch((error: unknown) => {
        this.#failure = { error };
        this.#collected = [];
        this.#bytes = 0;
      })
      .finally(() => {
        this.#working = null;
        this.#begin(this.least);
      });
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
