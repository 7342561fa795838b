import type { MessagePort } from 'node:worker_threads';
import { buffersOf, type ImportTasks, type TaskKind } from './import-tasks';

export interface TaskMessage {
  readonly kind: TaskKind;
  readonly input: unknown;
}

export type AnswerMessage = { readonly output: unknown } | { readonly error: string };

/** `progress[0]`: index of the file being read; `progress[1]` counts up with each file. */
export type ProgressCells = Int32Array<SharedArrayBuffer>;

type DoTask = <K extends TaskKind>(
  kind: K,
  input: ImportTasks[K]['input'],
  onFile: (index: number) => void,
) => Promise<ImportTasks[K]['output']>;

/**
 * The worker's side: takes one task at a time from `port` and answers it. Which file is being read is kept in shared
 * memory, where it outlives a crash of this thread.
 */
export function serveTasks(port: MessagePort, progress: ProgressCells, doTask: DoTask): void {
  port.on('message', ({ kind, input }: TaskMessage) => {
    const onFile = (index: number) => {
      Atomics.store(progress, 0, index);
      Atomics.add(progress, 1, 1);
    };
    doTask(kind, input as ImportTasks[TaskKind]['input'] as never, onFile).then(
      (output) => {
        port.postMessage({ output } satisfies AnswerMessage, buffersOf(output));
      },
      (error: unknown) => {
        port.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      },
    );
  });
}
