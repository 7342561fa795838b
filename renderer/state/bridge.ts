import type { Bridge, ChannelName, EventName, Events, Request, Responses } from '#src/contracts/channels';
import { HeldoutError, type Outcome } from '#src/contracts/failure';

declare global {
  interface Window {
    readonly heldout: Bridge;
  }
}

/** Asks the main process. @throws HeldoutError with the sentence for the person */
export async function call<C extends ChannelName>(
  channel: C,
  ...request: Request<C> extends undefined ? [] : [Request<C>]
): Promise<Responses[C]> {
  return valueOf(await window.heldout.invoke(channel, ...request));
}

/** Starts an import of what was dropped on the window. @throws HeldoutError */
export async function importDropped(files: readonly File[]): Promise<number> {
  return valueOf(await window.heldout.importDropped(files)).jobId;
}

/** Listens to the main process; returns how to stop. */
export function listen<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void {
  return window.heldout.on(event, listener);
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new HeldoutError(outcome.failure.code, outcome.failure.sentence);
}
