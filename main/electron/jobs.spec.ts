import { describe, expect, it } from 'vitest';
import { HeldoutError, type Failure } from '#src/contracts/failure';
import { throwIfCancelled } from '#main/jobs/context';
import { Jobs } from './jobs';

function board() {
  const events: { event: string; payload: unknown }[] = [];
  const failures: Failure[] = [];
  const jobs = new Jobs(
    (event, payload) => events.push({ event, payload }),
    (failure) => {
      failures.push(failure);
      return { code: failure.code, sentence: failure.sentence };
    },
  );
  return { jobs, events, failures };
}

describe('jobs', () => {
  it('answers with an id before anything is reported, then with the result', async () => {
    const { jobs, events } = board();
    const started = jobs.start((context) => {
      context.report({ done: 1, total: 1, unit: 'files', message: 'Reading' });
      return Promise.resolve({ kind: 'engines', engines: [] });
    });
    expect(events).toEqual([]);
    await jobs.stopAll();
    await Promise.resolve();
    expect(started).toEqual({ jobId: 1 });
    expect(events.map(({ event }) => event)).toEqual(['job.progress', 'job.done']);
    expect(jobs.running).toBe(0);
  });

  it('says when a request that waited has its answer, or none', async () => {
    const { jobs, events } = board();
    await expect(jobs.wait(() => Promise.resolve(7))).resolves.toBe(7);
    await expect(jobs.wait(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(events).toEqual([
      { event: 'job.ended', payload: { jobId: 1 } },
      { event: 'job.ended', payload: { jobId: 2 } },
    ]);
  });

  it('stops one job when asked and leaves the others', async () => {
    const { jobs, events } = board();
    const untilStopped = (context: { signal: AbortSignal }) =>
      new Promise<never>((_, reject) =>
        context.signal.addEventListener('abort', () => reject(new HeldoutError('cancelled', 'Stopped.'))),
      );
    jobs.start(untilStopped);
    jobs.start(untilStopped);
    await new Promise((resolve) => setImmediate(resolve));
    jobs.cancel(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(events).toEqual([
      { event: 'job.failed', payload: { jobId: 1, failure: { code: 'cancelled', sentence: 'Stopped.' } } },
    ]);
    expect(jobs.running).toBe(1);
    await jobs.stopAll();
    expect(jobs.running).toBe(0);
  });

  it('tells a job that is stopped before it began', async () => {
    const { jobs, failures } = board();
    const { jobId } = jobs.start((context) => {
      throwIfCancelled(context);
      return Promise.resolve({ kind: 'engines', engines: [] });
    });
    jobs.cancel(jobId);
    await jobs.stopAll();
    await Promise.resolve();
    expect(failures.map(({ code }) => code)).toEqual(['cancelled']);
  });

  it('keeps the details of a fault from the page', async () => {
    const { jobs, events, failures } = board();
    jobs.start(() => Promise.reject(new Error('Doe^Jane')));
    await jobs.stopAll();
    await Promise.resolve();
    expect(failures[0]?.details).toContain('Doe');
    expect(JSON.stringify(events)).not.toContain('Doe');
  });
});
