import { parseArgs } from 'node:util';
import { HeldoutError, toFailure, type Failure } from '#src/contracts/failure';
import { throttled } from '#main/jobs/context';
import type { Command } from './command';
import { readOptions } from './options';
import { openTerminal } from './terminal';

interface Streams {
  readonly out: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly err: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
}

/** Options that every command has. */
const common = {
  json: { type: 'boolean' },
  progress: { type: 'string' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The command that the words name, and how many words its name took. */
function findCommand(commands: readonly Command[], words: readonly string[]): Command {
  const [first = '', second = ''] = words;
  const found =
    commands.find(({ name }) => name === `${first} ${second}`) ?? commands.find(({ name }) => name === first);
  if (found !== undefined) return found;
  const family = commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name);
  throw new HeldoutError(
    'usage',
    family.length > 0
      ? `Say which: ${family.join(', ')}.`
      : `There is no command "${first}". See heldout --help.`,
  );
}

/** The help page. */
function helpText(commands: readonly Command[], version: string): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    `heldout ${version}`,
    'Has this segmentation model learned the anatomy, or only the patients it was trained on?',
    '',
    ...commands.map(({ name, summary }) => `  heldout ${name.padEnd(width)}  ${summary}`),
    '',
    'heldout COMMAND --help says more. Every command takes --json, --progress json and --verbose; those on a',
    'project take --project DIR (default: the project folder at or above this one).',
    'Exit codes: 0 done, 1 done with findings, 2 bad usage or input, 3 a fault of Heldout.',
  ].join('\n');
}

/** Exit code of a failure: 130 for what the person stopped, 3 for a fault of ours, 2 for the rest. */
function exitCodeOf(failure: Failure): number {
  if (failure.code === 'cancelled') return 130;
  return failure.code === 'internal' ? 3 : 2;
}

/**
 * Runs one command line and returns its exit code; never throws.
 *
 * @param signal asks the running command to stop cleanly
 * @param saveLog keeps the details of an internal failure and returns the log's path
 */
export async function runCommandLine(
  commands: readonly Command[],
  words: readonly string[],
  version: string,
  streams: Streams,
  signal: AbortSignal,
  saveLog: (failure: Failure) => Promise<string>,
): Promise<number> {
  const verbose = words.includes('--verbose');
  const fallback = openTerminal(
    { json: words.includes('--json'), progress: 'bar' },
    streams.out,
    streams.err,
  );
  try {
    if (words.length === 0 || words[0] === '--help' || words[0] === '-h' || words[0] === 'help') {
      streams.out.write(`${helpText(commands, version)}\n`);
      return words.length === 0 ? 2 : 0;
    }
    if (words[0] === '--version') {
      streams.out.write(`${version}\n`);
      return 0;
    }
    const command = findCommand(commands, words);
    const { values, positionals } = parse(command, words.slice(command.name.split(' ').length));
    if (values['help'] === true) {
      streams.out.write(`heldout ${command.name} ${command.usage}\n${command.summary}\n`);
      return 0;
    }
    const options = readOptions(values);
    const terminal = openTerminal(
      { json: options.flag('json'), progress: options.choice('progress', ['json', 'bar'] as const) ?? 'bar' },
      streams.out,
      streams.err,
    );
    const context = throttled({ signal, report: (progress) => terminal.progress(progress) });
    try {
      return await command.run({ positionals, options, terminal, context });
    } finally {
      terminal.clear();
    }
  } catch (error) {
    const failure = toFailure(error);
    fallback.clear();
    streams.err.write(`${failure.sentence}\n`);
    if (failure.code === 'internal') streams.err.write(`Log: ${await saveLog(failure)}\n`);
    if (verbose && failure.details !== undefined) streams.err.write(`${failure.details}\n`);
    return exitCodeOf(failure);
  }
}

function parse(command: Command, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { ...common, ...command.options },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    // parseArgs names the option in its first sentence; the rest explains how to pass it as a positional.
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new HeldoutError(
      'usage',
      `${sentence.replace(/\.$/u, '')}. Usage: heldout ${command.name} ${command.usage}`,
    );
  }
}
