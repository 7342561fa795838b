import type { MessagePort, Worker } from 'node:worker_threads';
import { BatchMaker, type BatchRecipe, type TrainingData } from '#src/models/training-data';
import type { Batch } from './network';

/** Where the trainer gets its batches from. */
export interface BatchFeeder {
  /** The batch of `step` (from 0); steps are asked for in order. */
  next(step: number): Promise<Batch>;
  close(): Promise<void>;
}

/** What a feeding worker is started with. */
export interface FeedingOrder {
  readonly role: 'feed';
  readonly data: TrainingData;
  readonly recipe: BatchRecipe;
}

interface MadeBatch {
  readonly step: number;
  readonly images: Float32Array<ArrayBuffer>;
  readonly classes: Uint8Array<ArrayBuffer>;
}

/** Batches asked for ahead of the trainer, for each worker. */
const AHEAD = 3;

function asBatch(recipe: BatchRecipe, made: Pick<MadeBatch, 'images' | 'classes'>): Batch {
  return {
    images: made.images,
    classes: made.classes,
    shape: [recipe.batch, recipe.patch[0], recipe.patch[1], 1],
  };
}

/** Makes each batch when it is asked for, in the trainer's own thread. */
export function directFeeder(data: TrainingData, recipe: BatchRecipe): BatchFeeder {
  const maker = new BatchMaker(data, recipe);
  return {
    next: (step) => Promise.resolve(asBatch(recipe, maker.make(step))),
    close: () => Promise.resolve(),
  };
}

/**
 * Makes batches ahead in worker threads. They are the same batches as `directFeeder` makes, whatever the number of
 * workers.
 *
 * @param start starts one worker that calls `serveBatches` with the order as its workerData
 */
export function workerFeeder(
  data: TrainingData,
  recipe: BatchRecipe,
  firstStep: number,
  workerCount: number,
  start: (order: FeedingOrder) => Worker,
): BatchFeeder {
  const workers = Array.from({ length: workerCount }, () => start({ role: 'feed', data, recipe }));
  const waiting = new Map<number, (batch: Batch) => void>();
  const ready = new Map<number, Batch>();
  let failure: Error | null = null;
  let fail: (error: Error) => void = () => undefined;
  let asked = firstStep;
  let closed = false;

  const ask = (upTo: number) => {
    for (; asked < upTo; asked++) workers[asked % workerCount]?.postMessage(asked);
  };
  for (const worker of workers) {
    worker.on('message', (made: MadeBatch) => {
      const batch = asBatch(recipe, made);
      const resolve = waiting.get(made.step);
      if (resolve === undefined) ready.set(made.step, batch);
      else {
        waiting.delete(made.step);
        resolve(batch);
      }
    });
    worker.on('error', (error) => {
      failure ??= error;
      fail(error);
    });
    worker.on('exit', () => {
      if (!closed) fail((failure ??= new Error('a feeding worker ended')));
    });
  }
  ask(firstStep + AHEAD * workerCount);

  return {
    next(step) {
      ask(step + 1 + AHEAD * workerCount);
      const batch = ready.get(step);
      if (batch !== undefined) {
        ready.delete(step);
        return Promise.resolve(batch);
      }
      if (failure !== null) return Promise.reject(failure);
      return new Promise((resolve, reject) => {
        fail = reject;
        waiting.set(step, resolve);
      });
    },
    async close() {
      closed = true;
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** The worker's side: answers every step number with its batch. */
export function serveBatches(order: FeedingOrder, port: MessagePort): void {
  const maker = new BatchMaker(order.data, order.recipe);
  port.on('message', (step: number) => {
    const made = maker.make(step);
    port.postMessage({ step, ...made } satisfies MadeBatch, [made.images.buffer, made.classes.buffer]);
  });
}
