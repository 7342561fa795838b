import { resolve } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';
import { exportModel } from '#main/operations/export-model';
import type { Command } from '../command';
import { projectOption, withProject } from '../project-option';

/** `heldout export model`: the network of a run for other programs. */
export const exportModelCommand: Command = {
  name: 'export model',
  usage: '--run RUN --out DIR [--format onnx]',
  summary: 'the network for other programs, with all that a mask needs around it',
  options: {
    ...projectOption,
    run: { type: 'string' },
    out: { type: 'string' },
    format: { type: 'string' },
  },
  async run(invocation) {
    const { positionals, options, terminal } = invocation;
    const run = options.text('run');
    const out = options.text('out');
    if (run === undefined) throw new HeldoutError('usage', 'Say which model: --run RUN is missing.');
    if (out === undefined) throw new HeldoutError('usage', 'Say where to write: --out DIR is missing.');
    if (positionals.length > 0)
      throw new HeldoutError(
        'usage',
        `"${positionals.join(' ')}" is not expected: give --run and --out only.`,
      );
    const format = options.choice('format', ['onnx'] as const) ?? 'onnx';
    const { files, model } = await withProject(invocation, (project) =>
      exportModel(project, run, resolve(out)),
    );
    terminal.document({ schema: 'heldout.export-model/1', run, format, files, model });
    if (!terminal.json) files.forEach((file) => terminal.line(file));
    return 0;
  },
};
