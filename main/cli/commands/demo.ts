import { resolve } from 'node:path';
import { nodeLauncher } from '#main/jobs/node-launcher';
import { runDemo } from '#main/operations/demo';
import { openFile } from '../open-file';
import type { Command } from '../command';

/** `heldout demo`: the whole main job on the shipped sample. */
export const demo: Command = {
  name: 'demo',
  usage: '[--out DIR] [--minutes N]',
  summary: 'the whole main job on the shipped sample',
  options: { out: { type: 'string' }, minutes: { type: 'string' } },
  async run({ options, terminal, context }) {
    const result = await runDemo(
      {
        out: resolve(options.text('out') ?? 'heldout-demo'),
        minutes: options.number('minutes', 0.1, 10_000) ?? 7,
      },
      context,
      nodeLauncher(),
      (line) => terminal.line(line),
    );
    terminal.document({ schema: 'heldout.demo/1', ...result });
    if (!terminal.json) openFile(result.report);
    return 0;
  },
};
