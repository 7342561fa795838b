import { join } from 'node:path';
import { utilityProcess } from 'electron';
import type { Launcher } from '#main/jobs/launcher';

/**
 * Starts helper processes as Electron utility processes: they run the same entry files as under Node and end with
 * the app, whatever happens to it.
 *
 * @param folder of the built entries (out/main)
 */
export function utilityLauncher(folder: string): Launcher {
  return {
    launch(entry, args, environment) {
      const child = utilityProcess.fork(join(folder, `${entry}.js`), [...args], {
        env: { ...process.env, ...environment },
        serviceName: `heldout-${entry}`,
        // TensorFlow's own messages go to stderr; stdout belongs to the command's document.
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      let killed = false;
      const kill = () => {
        if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
      };
      child.once('spawn', () => {
        if (killed) kill();
      });
      return {
        send: (message) => {
          child.postMessage(message);
        },
        onMessage: (listener) => {
          child.on('message', listener);
        },
        onExit: (listener) => {
          child.once('exit', (code) => {
            listener(killed ? null : code);
          });
        },
        kill: () => {
          killed = true;
          kill();
        },
        get pid() {
          return child.pid;
        },
      };
    },
  };
}
