import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { doTask, type ImportTasks, type TaskKind } from './import-tasks';
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
const PATIENCE_MS = 120_000;
const CHECKS_PER_PATIENCE = 10;

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

function inThisThread(): ImportPool {
  return {
    size: 1,
    run: (kind, input) => doTask(kind, input, () => undefined),
    close: () => Promise.resolve(),
  };
}

interface Job {
  readonly message: TaskMessage;
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
      const idle = [...this.#threads].find((thread) => thread.isIdle);
      if (idle === undefined && this.#threads.size >= this.size) return;
      const thread = idle ?? this.#start();
      const job = this.#waiting.shift();
      if (job !== undefined) thread.take(job);
    }
  }

  #start(): Thread {
    const thread = new Thread(this.file, this.patienceMs, {
      idle: () => {
        this.#dispatch();
      },
      gone: () => {
        this.#threads.delete(thread);
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

/** One worker and the job that it has. */
class Thread {
  readonly #progress: ProgressCells = new Int32Array(new SharedArrayBuffer(8));
  readonly #worker: Worker;
  #job: Job | null = null;
  #watch: NodeJS.Timeout | null = null;
  /** Files touched before the present job. */
  #touchedBefore = 0;
  #error: unknown = null;

  constructor(
    file: string,
    readonly patienceMs: number,
    readonly listener: { idle(): void; gone(): void },
  ) {
    this.#worker = new Worker(file, { workerData: this.#progress });
    // An idle worker must not keep the program alive.
    this.#worker.unref();
    this.#worker.on('message', (answer: AnswerMessage) => {
      const job = this.#release();
      if ('error' in answer) job?.reject(new Error(answer.error));
      else job?.resolve(answer.output);
      this.listener.idle();
    });
    this.#worker.on('error', (error) => {
      this.#error = error;
    });
    this.#worker.on('exit', () => {
      this.#fail('Reading it crashed: the file is damaged in a way that Heldout cannot handle.');
    });
  }

  get isIdle(): boolean {
    return this.#job === null;
  }

  take(job: Job): void {
    this.#job = job;
    this.#touchedBefore = Atomics.load(this.#progress, 1);
    this.#worker.ref();
    this.#worker.postMessage(job.message);
    this.#watchOver();
  }

  async end(): Promise<void> {
    this.#release();
    await this.#worker.terminate();
  }

  /** Gives up on a file when nothing has moved for as long as patience lasts. */
  #watchOver(): void {
    let seen = Atomics.load(this.#progress, 1);
    let stillFor = 0;
    this.#watch = setInterval(() => {
      const now = Atomics.load(this.#progress, 1);
      stillFor = now === seen ? stillFor + 1 : 0;
      seen = now;
      if (stillFor < CHECKS_PER_PATIENCE) return;
      this.#fail('Reading it never ended: it was given up.');
      void this.#worker.terminate();
    }, this.patienceMs / CHECKS_PER_PATIENCE);
  }

  #release(): Job | null {
    const job = this.#job;
    this.#job = null;
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = null;
    this.#worker.unref();
    return job;
  }

  #fail(reason: string): void {
    const job = this.#release();
    this.listener.gone();
    const hasTouchedFile = Atomics.load(this.#progress, 1) !== this.#touchedBefore;
    job?.reject(
      hasTouchedFile
        ? new FileCrash(Atomics.load(this.#progress, 0), reason)
        : new Error('The import worker ended before it touched a file.', { cause: this.#error }),
    );
  }
}
