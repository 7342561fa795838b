import { describe, expect, it } from 'vitest';
import { HeldoutError } from '#src/contracts/failure';
import type { Command } from './command';
import { runCommandLine } from './run-command';

const commands: Command[] = [
  {
    name: 'greet',
    usage: 'NAME [--loud]',
    summary: 'greets',
    options: { loud: { type: 'boolean' } },
    run({ positionals, options, terminal }) {
      const [name] = positionals;
      if (name === undefined) throw new HeldoutError('usage', 'Say whom to greet.');
      if (name === 'nobody') throw new Error('a fault that quotes Doe^Jane');
      if (name === 'stop') throw new HeldoutError('cancelled', 'Stopped as you asked.');
      terminal.document({ schema: 'heldout.greet/1', name });
      if (!terminal.json) terminal.line(options.flag('loud') ? `HELLO ${name}` : `hello ${name}`);
      return Promise.resolve(name === 'finding' ? 1 : 0);
    },
  },
  { name: 'pair one', usage: '', summary: 'first', options: {}, run: () => Promise.resolve(0) },
];

async function call(...words: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommandLine(
    commands,
    words,
    '1.2.3',
    { out: { write: (text) => out.push(text) }, err: { write: (text) => err.push(text) } },
    new AbortController().signal,
    () => Promise.resolve('heldout.log'),
  );
  return { code, out: out.join(''), err: err.join('') };
}

describe('the command line', () => {
  it('runs a command', async () => {
    expect(await call('greet', 'Ada', '--loud')).toEqual({ code: 0, out: 'HELLO Ada\n', err: '' });
  });

  it('prints exactly one document under --json', async () => {
    expect(await call('greet', 'Ada', '--json')).toEqual({
      code: 0,
      out: '{"schema":"heldout.greet/1","name":"Ada"}\n',
      err: '',
    });
  });

  it.each([
    [['greet', 'finding'], 1, ''],
    [['greet'], 2, 'Say whom to greet.'],
    [['greet', '--quiet'], 2, "Unknown option '--quiet'. Usage: heldout greet NAME [--loud]"],
    [['gret'], 2, 'There is no command "gret". See heldout --help.'],
    [['pair'], 2, 'Say which: pair one.'],
    [['greet', 'stop'], 130, 'Stopped as you asked.'],
  ])('%j ends with %d', async (words, code, sentence) => {
    const result = await call(...words);
    expect(result.code).toBe(code);
    expect(result.err.trim()).toBe(sentence);
  });

  it('keeps a fault of its own out of the sentence and names the log', async () => {
    const quiet = await call('greet', 'nobody');
    expect(quiet.code).toBe(3);
    expect(quiet.err).toContain('heldout.log');
    expect(quiet.err).not.toContain('Doe');
    expect((await call('greet', 'nobody', '--verbose')).err).toContain('Doe');
  });

  it('answers --version, --help and the help of a command', async () => {
    expect((await call('--version')).out).toBe('1.2.3\n');
    expect((await call('--help')).out).toContain('heldout pair one');
    expect((await call('greet', '--help')).out).toContain('heldout greet NAME [--loud]');
  });
});
