import { spawn } from 'node:child_process';
import { HeldoutError } from '#src/contracts/failure';

const LAST_OUTPUT = 8000;

/**
 * Runs a program to its end and gives back what it printed.
 *
 * @param missing sentence for the person when the program does not exist
 * @param failed sentence for the person when it exits with anything but 0; the output goes to the details
 * @throws HeldoutError `resource`, or `cancelled` when `signal` aborts it
 */
export function runProgram(
  program: string,
  args: readonly string[],
  options: {
    readonly missing: string;
    readonly failed: string;
    readonly signal: AbortSignal;
    readonly environment?: Readonly<Record<string, string>>;
  },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: options.signal,
      env: { ...process.env, ...options.environment },
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-LAST_OUTPUT);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      if (options.signal.aborted)
        reject(new HeldoutError('cancelled', 'Stopped as you asked. What was downloaded is kept.'));
      else reject(new HeldoutError('resource', options.missing, String(error)));
    });
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new HeldoutError('resource', options.failed, output));
    });
  });
}
