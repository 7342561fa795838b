import { describe, expect, it } from 'vitest';
import type { RunRecord, RunState } from '#src/registry/records';
import { HeldoutError } from '#src/contracts/failure';
import { TrainingQueue, type StartRun } from './training-queue';

const record = (id: string, state: RunState): RunRecord => ({
  id,
  split: 's',
  fold: 0,
  state,
  createdAt: '2024-01-01T00:00:00.000Z',
  step: 0,
  seconds: 0,
  backend: 'tensorflow',
  reason: null,
});

/** A queue with trainings that end when told; `seen` is what the page hears. */
function trainings() {
  const seen: string[] = [];
  const end = new Map<string, (state: RunState) => void>();
  const queue = new TrainingQueue({
    changed: (run) => seen.push(`${run.id} ${run.state}`),
    logged: () => undefined,
    failed: (failure) => seen.push(failure.sentence),
  });
  const training =
    (id: string): StartRun =>
    (context) => {
      const finished = new Promise<RunRecord>((resolve) => {
        end.set(id, (state) => resolve(record(id, state)));
        context.signal.addEventListener('abort', () => resolve(record(id, 'stopped')));
      });
      return Promise.resolve({ record: record(id, 'running'), finished });
    };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { seen, end, queue, training, settle };
}

describe('trainings one after the other', () => {
  it('starts the next when one is done', async () => {
    const { seen, end, queue, training, settle } = trainings();
    expect(await queue.start([training('a'), training('b')])).toEqual([record('a', 'running')]);
    expect(seen).toEqual(['a running']);
    end.get('a')?.('done');
    await settle();
    expect(seen).toEqual(['a running', 'a done', 'b running']);
    end.get('b')?.('done');
    await settle();
    expect(queue.busy).toBe(false);
  });

  it('starts nothing more when a person stops one', async () => {
    const { seen, end, queue, training, settle } = trainings();
    await queue.start([training('a'), training('b')]);
    end.get('a')?.('stopped');
    await settle();
    expect(seen).toEqual(['a running', 'a stopped']);
    expect(queue.busy).toBe(false);
  });

  it('forgets the others when the first cannot start', async () => {
    const { seen, queue, training, settle } = trainings();
    const broken: StartRun = () => Promise.reject(new HeldoutError('input', 'No masks.'));
    await expect(queue.start([broken, training('b')])).rejects.toThrow('No masks.');
    await queue.start([training('c')]);
    await settle();
    expect(seen).toEqual(['c running']);
  });

  it('ends everything when the project is closed', async () => {
    const { seen, queue, training } = trainings();
    await queue.start([training('a'), training('b')]);
    await queue.close();
    expect(seen).toEqual(['a running', 'a stopped']);
    expect(queue.busy).toBe(false);
  });
});
