/**
 * Errors that cross process borders as plain values.
 *
 * A failure has a code for programs, one sentence for the person (which names the file or value and the
 * remedy, never a patient's identity) and optional details for the log.
 */
export interface Failure {
  readonly code: FailureCode;
  readonly sentence: string;
  readonly details?: string;
}

/**
 * `usage`: the request itself is wrong (exit 2). `input`: a file or value cannot be used (exit 2).
 * `not-found`: the thing named does not exist (exit 2). `conflict`: it exists or is in use already (exit 2).
 * `resource`: disk, memory or an engine is missing (exit 2). `cancelled`: the person stopped it.
 * `internal`: a fault of Heldout's own (exit 3).
 */
export type FailureCode =
  'usage' | 'input' | 'not-found' | 'conflict' | 'resource' | 'cancelled' | 'internal';

/** An exception that carries a {@link Failure}; operations throw it, heads turn it into a value. */
export class HeldoutError extends Error {
  readonly failure: Failure;

  constructor(code: FailureCode, sentence: string, details?: string) {
    super(sentence);
    this.name = 'HeldoutError';
    this.failure = details === undefined ? { code, sentence } : { code, sentence, details };
  }
}

/**
 * Turns anything thrown into a failure. What is not a {@link HeldoutError} is a fault of ours: its message may
 * quote a path or an identity, so it goes to `details` (the log) and never into the sentence.
 */
export function toFailure(error: unknown): Failure {
  if (error instanceof HeldoutError) return error.failure;
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 'internal',
    sentence: 'Heldout made a mistake of its own. The log has the details.',
    details,
  };
}

/** Either a value or a failure: the form in which every answer crosses the bridge. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };
