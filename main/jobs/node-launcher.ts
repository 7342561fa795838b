import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HeldoutError } from '#src/contracts/failure';
import type { Launcher } from './launcher';

/** Characters of stderr that are kept. */
const LAST_WORDS = 4000;

/**
 * Starts helper processes as forks of Node, for the command line and the tests.
 *
 * @param folder where the built entries lie; by default the folder of the running bundle, or out/main in a checkout
 */
export function nodeLauncher(folder: string | null = null): Launcher {
  return {
    launch(entry, args, environment) {
      const child = fork(entryFile(entry, folder), [...args], {
        env: { ...process.env, ...environment },
        // stdout belongs to the command's document.
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        serialization: 'advanced',
        execArgv: ['--enable-source-maps'],
      });
      // TensorFlow chatters on stderr even when it is told not to; only what it said before a crash is of use.
      let complaint = '';
      child.stderr?.on('data', (chunk: Buffer) => {
        complaint = (complaint + chunk.toString('utf8')).slice(-LAST_WORDS);
      });
      child.on('close', (code) => {
        if (code !== null && code !== 0) process.stderr.write(complaint);
      });
      return {
        pid: child.pid,
        send(message) {
          // The process may have ended a moment ago; its exit is reported anyway.
          if (child.connected) child.send(message as NonNullable<object>, () => undefined);
        },
        onMessage(listener) {
          child.on('message', listener);
        },
        onExit(listener) {
          child.on('exit', (code) => {
            listener(code);
          });
          child.on('error', () => {
            if (child.pid === undefined) listener(null);
          });
        },
        kill() {
          child.kill('SIGKILL');
        },
      };
    },
  };
}

function entryFile(entry: string, folder: string | null): string {
  const here = dirname(fileURLToPath(import.meta.url));
  // Beside a bundle's entry, above its chunks, or built in the checkout whose sources run.
  const places = folder === null ? [here, join(here, '..'), resolve(here, '../../out/main')] : [folder];
  const found = places.map((place) => join(place, `${entry}.js`)).find((file) => existsSync(file));
  if (found === undefined)
    throw new HeldoutError('resource', `The helper program ${entry}.js is missing: run \`npm run build\`.`);
  return found;
}
