import type { MessagePort } from 'node:worker_threads';
import { buffersOf, type ImportTasks, type TaskKind } from './import-tasks';

export interface TaskMessage {
  readonly kind: TaskKind;
  readonly input: unknown;
}

export type AnswerMessage = { readonly output: unknown } | { readonly error: string };

/**
 * `progress[0]`: index of the file being read, -1 before the first one of a task; `progress[1]` counts up with each file;
 * `progress[2]` counts the tasks begun.
 */
export type ProgressCells = Int32Array<SharedArrayBuffer>;

type DoTask = <K extends TaskKind>(
  kind: K,
  input: ImportTasks[K]['input'],
  onFile: (index: number) => void,
) => Promise<ImportTasks[K]['output']>;

/**
 * The worker's side: does the tasks from `port` one after the other and answers them in their order. Which file is being read is kept in shared
 * memory, where it outlives a crash of this thread.
 */
export function serveTasks(port: MessagePort, progress: ProgressCells, doTask: DoTask): void {
  let last = Promise.resolve();
  port.on('message', ({ kind, input }: TaskMessage) => {
    last = last.then(async () => {
      Atomics.store(progress, 0, -1);
      Atomics.add(progress, 2, 1);
      const onFile = (index: number) => {
        Atomics.store(progress, 0, index);
        Atomics.add(progress, 1, 1);
      };
      try {
        const output = await doTask(kind, input as ImportTasks[TaskKind]['input'] as never, onFile);
        port.postMessage({ output } satisfies AnswerMessage, buffersOf(output));
      } catch (error) {
        port.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
    });
  });
}
