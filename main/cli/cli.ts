/** Entry of the command line: wires signals, streams and the log to {@link runCommandLine}. */
import { appendFile, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { commands } from './commands/index';
import { runCommandLine } from './run-command';

const stopping = new AbortController();
process.on('SIGINT', () => {
  // The second Ctrl+C must work even when an operation hangs.
  if (stopping.signal.aborted) process.exit(130);
  stopping.abort();
});
process.on('SIGTERM', () => {
  if (stopping.signal.aborted) process.exit(143);
  stopping.abort();
});
// A reader that closes the pipe (head, less) is no fault.
process.stdout.on('error', () => process.exit(0));

const logFolder = join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'heldout');

process.exitCode = await runCommandLine(
  commands,
  process.argv.slice(2),
  packageJson.version,
  { out: process.stdout, err: process.stderr },
  stopping.signal,
  async (failure) => {
    await mkdir(logFolder, { recursive: true });
    const file = join(logFolder, 'heldout.log');
    await appendFile(file, `${new Date().toISOString()} ${failure.details ?? failure.sentence}\n`, {
      mode: 0o600,
    });
    return file;
  },
);
