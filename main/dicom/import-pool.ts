import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { doTask, type ImportTasks, type TaskKind } from './import-tasks';
import type { SourceFile } from './source-file';
import type { AnswerMessage, ProgressCells, TaskMessage } from './serve-tasks';

/** A file whose reading ended the worker, or never ended. */
export class FileCrash extends Error {
  constructor(
    /** Index of the file within the task. */
    readonly index: number,
    /** Sentence for the report. */
    readonly reason: string,
  ) {
    super(reason);
    this.name = 'FileCrash';
  }
}

/** Reads files for an import, in worker threads where there are any. */
export interface ImportPool {
  /** How many tasks are worked on at the same time. */
  readonly size: number;
  /** @throws FileCrash when one of its files crashed or hung the worker; the pool goes on */
  run<K extends TaskKind>(kind: K, input: ImportTasks[K]['input']): Promise<ImportTasks[K]['output']>;
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly workerFile?: string | null;
  /** A file that takes longer than this is given up. */
  readonly patienceMs?: number;
  readonly size?: number;
}

const MOST_WORKERS = 8;
const PATIENCE_MS = 8000;
const CHECKS_PER_PATIENCE = 10;
/** A file of a gigabyte may take 100 seconds more than a small one. */
const SLOWEST_BYTES_PER_MS = 10_000;
/** A worker has its next task at hand when it ends one. */
const TASKS_AHEAD = 2;

/** Workers that were started ahead of the import that will take them. */
let warm: WorkerPool | null = null;

/** Starts the workers of the next import: loading them takes longer than reading a small folder. */
export function warmImportPool(): void {
  const workerFile = builtWorker();
  if (warm !== null || workerFile === null) return;
  warm = new WorkerPool(workerFile, workerCount(), PATIENCE_MS);
  warm.startAll();
}

/**
 * Opens a pool of one worker per core, the warm one where there is one. Where the worker is not built (tests run from source) the same work is done in
 * this thread: then nothing shields from a crash.
 */
export function openImportPool(options: PoolOptions = {}): ImportPool {
  if (warm !== null && Object.keys(options).length === 0) {
    const pool = warm;
    warm = null;
    return pool;
  }
  const workerFile = options.workerFile === undefined ? builtWorker() : options.workerFile;
  if (workerFile === null) return inThisThread();
  return new WorkerPool(workerFile, options.size ?? workerCount(), options.patienceMs ?? PATIENCE_MS);
}

function workerCount(): number {
  return Math.min(availableParallelism(), MOST_WORKERS);
}

/** The worker beside the running bundle, or above its chunks. */
function builtWorker(): string | null {
  const here = dirname(fileURLToPath(import.meta.url));
  return (
    [here, join(here, '..')]
      .map((place) => join(place, 'import-worker.js'))
      .find((file) => existsSync(file)) ?? null
  );
}

/** One task after the other, as a worker does them: they share memory. */
function inThisThread(): ImportPool {
  let last: Promise<unknown> = Promise.resolve();
  return {
    size: 1,
    run(kind, input) {
      const task = last.then(() => doTask(kind, input, () => undefined));
      last = task.catch(() => undefined);
      return task;
    },
    close: () => Promise.resolve(),
  };
}

type TaskOf<K extends TaskKind> = {
  [P in K]: { readonly kind: P; readonly input: ImportTasks[P]['input'] };
}[K];

function largestFile({ kind, input }: TaskOf<TaskKind>): number {
  switch (kind) {
    case 'nifti':
    case 'mask object':
      return input.size;
    case 'assemble':
      return largestOf(input.slices);
    case 'store':
      return largestOf(input.plan.slices);
    case 'fingerprint':
      return largestOf(input);
    case 'portrait':
      return input.bytes;
    case 'examine':
    case 'place mask':
      return 0;
  }
}

function largestOf(slices: readonly ({ readonly source: SourceFile } | null)[]): number {
  return slices.reduce((largest, slice) => Math.max(largest, slice?.source.size ?? 0), 0);
}

interface Job {
  readonly message: TaskMessage;
  /** Bytes of its largest file: reading that takes its time. */
  readonly largest: number;
  resolve(output: unknown): void;
  reject(error: Error): void;
}

class WorkerPool implements ImportPool {
  readonly #waiting: Job[] = [];
  readonly #threads = new Set<Thread>();

  constructor(
    readonly file: string,
    readonly size: number,
    readonly patienceMs: number,
  ) {}

  run<K extends TaskKind>(kind: K, input: ImportTasks[K]['input']): Promise<ImportTasks[K]['output']> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        message: { kind, input },
        largest: largestFile({ kind, input } as TaskOf<TaskKind>),
        resolve: (output) => {
          resolve(output as ImportTasks[K]['output']);
        },
        reject,
      });
      this.#dispatch();
    });
  }

  /** Starts every worker, before there is work. */
  startAll(): void {
    while (this.#threads.size < this.size) this.#start();
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const idle = [...this.#threads].find((thread) => thread.load === 0);
      const thread =
        idle ??
        (this.#threads.size < this.size
          ? this.#start()
          : [...this.#threads].find(({ load }) => load < TASKS_AHEAD));
      if (thread === undefined) return;
      const job = this.#waiting.shift();
      if (job !== undefined) thread.take(job);
    }
  }

  #start(): Thread {
    const thread = new Thread(this.file, this.patienceMs, {
      idle: () => {
        this.#dispatch();
      },
      gone: (unbegun) => {
        this.#threads.delete(thread);
        this.#waiting.unshift(...unbegun);
        this.#dispatch();
      },
    });
    this.#threads.add(thread);
    return thread;
  }

  async close(): Promise<void> {
    this.#waiting.length = 0;
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }
}

/** One worker and the jobs that it has. */
class Thread {
  readonly #progress: ProgressCells = new Int32Array(new SharedArrayBuffer(12));
  readonly #worker: Worker;
  readonly #jobs: Job[] = [];
  #watch: NodeJS.Timeout | null = null;
  #answered = 0;
  #error: unknown = null;

  constructor(
    file: string,
    readonly patienceMs: number,
    readonly listener: { idle(): void; gone(unbegun: readonly Job[]): void },
  ) {
    this.#worker = new Worker(file, { workerData: this.#progress });
    this.#worker.on('message', (answer: AnswerMessage) => {
      const job = this.#jobs.shift();
      this.#answered += 1;
      if (this.#jobs.length === 0) this.#rest();
      if ('error' in answer) job?.reject(new Error(answer.error));
      else job?.resolve(answer.output);
      this.listener.idle();
    });
    this.#worker.on('error', (error) => {
      this.#error = error;
    });
    this.#worker.on('exit', () => {
      this.#fail(
        'Reading it crashed: the file is damaged in a way that Heldout cannot handle. Copy or export it again from its source.',
      );
    });
    // An idle worker must not keep the program alive. After the listeners: adding one takes hold of it again.
    this.#worker.unref();
  }

  /** Jobs taken and not answered. */
  get load(): number {
    return this.#jobs.length;
  }

  take(job: Job): void {
    this.#jobs.push(job);
    this.#worker.ref();
    this.#worker.postMessage(job.message);
    if (this.#watch === null) this.#watchOver();
  }

  async end(): Promise<void> {
    this.#jobs.length = 0;
    this.#rest();
    await this.#worker.terminate();
  }

  /** Gives up on a file when nothing has moved for as long as patience lasts. */
  #watchOver(): void {
    const state = () =>
      `${Atomics.load(this.#progress, 1)} ${Atomics.load(this.#progress, 2)} ${this.#answered}`;
    let seen = state();
    let stillFor = 0;
    this.#watch = setInterval(() => {
      const now = state();
      stillFor = now === seen ? stillFor + 1 : 0;
      seen = now;
      const extra =
        ((this.#jobs[0]?.largest ?? 0) / SLOWEST_BYTES_PER_MS / this.patienceMs) * CHECKS_PER_PATIENCE;
      if (stillFor < CHECKS_PER_PATIENCE + extra) return;
      this.#fail('Reading it never ended: it was given up. Copy or export it again from its source.');
      void this.#worker.terminate();
    }, this.patienceMs / CHECKS_PER_PATIENCE);
  }

  #rest(): void {
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = null;
    this.#worker.unref();
  }

  #fail(reason: string): void {
    const begun = Atomics.load(this.#progress, 2) > this.#answered ? this.#jobs.shift() : undefined;
    const unbegun = this.#jobs.splice(0);
    this.#rest();
    const file = Atomics.load(this.#progress, 0);
    if (begun !== undefined)
      begun.reject(
        file >= 0
          ? new FileCrash(file, reason)
          : new Error('The import worker ended before it touched a file.', { cause: this.#error }),
      );
    else if (this.#error !== null)
      for (const job of unbegun.splice(0))
        job.reject(new Error('The import worker could not be started.', { cause: this.#error }));
    this.listener.gone(unbegun);
  }
}
