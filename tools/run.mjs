import { spawn } from 'node:child_process';

/**
 * Runs a program with its output on this terminal.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, capture?: boolean, allowFailure?: boolean }} [options]
 *   `capture` returns what it printed as well as printing it
 * @returns {Promise<{ code: number, output: string }>}
 * @throws when it exits with anything but 0, unless `allowFailure`
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...options.env },
      stdio: options.capture === true ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    let output = '';
    for (const [stream, out] of /** @type {const} */ ([
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]))
      stream?.on('data', (chunk) => {
        output += chunk;
        out.write(chunk);
      });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 || options.allowFailure === true) resolve({ code: code ?? 1, output });
      else reject(new Error(`${[program, ...args].join(' ')} ended with ${code}`));
    });
  });
}
