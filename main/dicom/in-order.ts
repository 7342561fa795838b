/**
 * Maps items with up to `atOnce` in work, yielding the results in the order of the items. No more than `atOnce` results
 * are held, so memory does not grow with the number of items.
 */
export async function* inOrder<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const running: Promise<R>[] = [];
  let next = 0;
  try {
    for (;;) {
      while (next < items.length && running.length < atOnce) {
        const item = items[next++] as T;
        const promise = work(item);
        // Reported when its turn comes; until then it is no unhandled rejection.
        promise.catch(() => undefined);
        running.push(promise);
      }
      const first = running.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    await Promise.allSettled(running);
  }
}

/** Begins the work now, before anybody asks for the first result. */
export function begun<R>(results: AsyncGenerator<R, void, undefined>): AsyncGenerator<R, void, undefined> {
  const first = results.next();
  // Reported to whoever asks for it; until then it is no unhandled rejection.
  first.catch(() => undefined);
  return (async function* () {
    const { done, value } = await first;
    if (done === true) return;
    yield value;
    yield* results;
  })();
}
