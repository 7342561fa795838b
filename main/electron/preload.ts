/**
 * The only bridge between the sandboxed page and the main process. It knows three Electron channels and hands on
 * values; what may be asked for is decided, and checked, in the main process.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Bridge, Events } from '#src/contracts/channels';

type Listener = (payload: never) => void;
const listeners = new Map<string, Set<Listener>>();

ipcRenderer.on('heldout:event', (_event, ...message: unknown[]) => {
  const [name, payload] = message;
  if (typeof name !== 'string') return;
  for (const listener of listeners.get(name) ?? []) listener(payload as never);
});

const bridge: Bridge = {
  invoke: (channel, ...request) => ipcRenderer.invoke('heldout:invoke', channel, request[0]),
  importDropped(files) {
    // A File that did not come from a drop or a file dialog has no path and is left out.
    const paths = files
      .filter((file) => file instanceof File)
      .map((file) => webUtils.getPathForFile(file))
      .filter((path) => path !== '');
    return ipcRenderer.invoke('heldout:drop', paths);
  },
  on<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void) {
    const own = listeners.get(event) ?? new Set();
    listeners.set(event, own.add(listener));
    return () => own.delete(listener);
  },
};

contextBridge.exposeInMainWorld('heldout', bridge);
