import { describe, expect, it } from 'vitest';
import { openTerminal, progressLine } from './terminal';

const stream = (isTTY = false) => {
  const parts: string[] = [];
  return { parts, isTTY, columns: 80, write: (text: string) => parts.push(text) };
};
const progress = { done: 5, total: 10, unit: 'files', message: 'reading' };

describe('the terminal', () => {
  it('prints exactly one document on stdout under --json', () => {
    const [out, err] = [stream(), stream()];
    const terminal = openTerminal({ json: true, progress: 'bar' }, out, err);
    terminal.line('hello');
    terminal.progress(progress);
    terminal.document({ schema: 'heldout.test/1' });
    expect(out.parts).toEqual(['{"schema":"heldout.test/1"}\n']);
    expect(err.parts).toEqual(['hello\n']);
  });

  it('prints progress as NDJSON when asked', () => {
    const [out, err] = [stream(), stream(true)];
    openTerminal({ json: false, progress: 'json' }, out, err).progress(progress);
    expect(JSON.parse(err.parts.join(''))).toEqual({ type: 'progress', ...progress });
  });

  it('draws a bar on a terminal only, and removes it before text', () => {
    const [out, err] = [stream(), stream(true)];
    const terminal = openTerminal({ json: false, progress: 'bar' }, out, err);
    terminal.progress(progress);
    terminal.line('done');
    expect(err.parts[0]).toContain('5 of 10 files');
    expect(err.parts[1]).toBe('\r\u001b[2K');
    expect(out.parts).toEqual(['done\n']);
  });

  it('keeps warnings away from what a program reads', () => {
    const [out, err] = [stream(), stream()];
    openTerminal({ json: false, progress: 'bar' }, out, err).warn('It is slow.');
    openTerminal({ json: true, progress: 'json' }, out, err).warn('It is slow.');
    expect(out.parts).toEqual([]);
    expect(err.parts).toEqual(['It is slow.\n', '{"type":"warning","sentence":"It is slow."}\n']);
  });

  it('says how far it is without a total', () => {
    expect(progressLine({ ...progress, total: null }, 80)).toContain('5 files');
  });
});
