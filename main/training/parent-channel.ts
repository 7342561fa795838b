import type { ToTraining } from './messages';

/** The line to the process that started this one. */
export interface ParentChannel {
  send(message: object): void;
  onMessage(listener: (message: ToTraining) => void): void;
  /** The parent is gone: nobody will ever ask to stop. */
  onGone(listener: () => void): void;
}

/** What Electron's utilityProcess puts on `process` instead of Node's IPC. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  start?(): void;
}

/** Node's IPC in a forked process, Electron's parent port in a utility process. */
export function parentChannel(): ParentChannel {
  const port = (process as unknown as { readonly parentPort?: ParentPort | null }).parentPort;
  if (port)
    return {
      send: (message) => {
        port.postMessage(message);
      },
      onMessage: (listener) => {
        port.on('message', (event) => {
          listener(event.data as ToTraining);
        });
        port.start?.();
      },
      onGone: (listener) => {
        port.on('close', listener);
      },
    };
  return {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => {
      process.on('message', (message) => {
        listener(message as ToTraining);
      });
    },
    onGone: (listener) => {
      process.on('disconnect', listener);
    },
  };
}
