import { describe, expect, it } from 'vitest';
import { HeldoutError } from '#src/contracts/failure';
import type { JobContext } from '#main/jobs/context';
import { ExperimentQueue } from './experiment-queue';

/** A queue with experiments that end when told or asked to stop; `seen` is what the page hears. */
function experiments() {
  const seen: string[] = [];
  const end = new Map<string, (error?: Error) => void>();
  const queue = new ExperimentQueue(({ name, state, progress, failure }) =>
    seen.push([name, state, progress?.done, failure].filter((part) => part != null).join(' ')),
  );
  const experiment = (name: string) => (context: JobContext) =>
    new Promise<void>((resolve, reject) => {
      context.report({ done: 1, total: 1, unit: 'steps', message: '' });
      end.set(name, (error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
      context.signal.addEventListener('abort', () => reject(new HeldoutError('cancelled', 'Stopped.')));
    });
  const start = (name: string) => queue.start(name, experiment(name));
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { seen, end, queue, start, settle };
}

describe('experiments one after the other', () => {
  it('starts the next when one is done', async () => {
    const { seen, end, queue, start, settle } = experiments();
    start('a');
    start('b');
    start('b');
    expect(queue.activity('b').state).toBe('waiting');
    end.get('a')?.();
    await settle();
    expect(queue.activity('a').state).toBe('idle');
    expect(queue.activity('b').state).toBe('running');
    end.get('b')?.();
    await settle();
    expect(queue.busy).toBe(false);
    expect(seen.filter((each) => each.startsWith('b'))).toEqual([
      'b waiting',
      'b waiting 1',
      'b running',
      'b idle',
    ]);
  });

  it('stops the one under way without a failure, and takes one that waits from the queue', async () => {
    const { seen, queue, start, settle } = experiments();
    start('a');
    start('b');
    queue.stop('b');
    queue.stop('a');
    expect(queue.activity('a').state).toBe('stopping');
    await settle();
    expect(queue.busy).toBe(false);
    expect(queue.activity('b').state).toBe('idle');
    expect(seen.at(-1)).toBe('a idle');
  });

  it('says why one ended early, and forgets it when it is started again', async () => {
    const { end, queue, start, settle } = experiments();
    start('a');
    end.get('a')?.(new HeldoutError('resource', 'The disk is full.'));
    await settle();
    expect(queue.activity('a')).toMatchObject({ state: 'idle', failure: 'The disk is full.' });
    start('a');
    expect(queue.activity('a').failure).toBeNull();
    await queue.close();
    expect(queue.busy).toBe(false);
  });
});
