import { HeldoutError } from '#src/contracts/failure';
import type { Progress } from '#src/contracts/progress';

/** What every long operation is given: a way to say how far it is and a signal that it should stop. */
export interface JobContext {
  readonly signal: AbortSignal;
  report(progress: Progress): void;
}

/** A context for callers that want neither progress nor cancelling (tests, short operations). */
export function quietContext(): JobContext {
  return { signal: new AbortController().signal, report: () => undefined };
}

/** Throws a `cancelled` failure once the person has asked to stop. */
export function throwIfCancelled(context: JobContext): void {
  if (context.signal.aborted)
    throw new HeldoutError('cancelled', 'Stopped as you asked. Nothing that was saved is lost.');
}

/** Wraps `context` so that reports reach it at most ten times a second; the last one always does. */
export function throttled(context: JobContext, intervalMs = 100): JobContext {
  let last = -Infinity;
  return {
    signal: context.signal,
    report(progress) {
      const now = performance.now();
      if (now - last < intervalMs && progress.done !== progress.total) return;
      last = now;
      context.report(progress);
    },
  };
}
