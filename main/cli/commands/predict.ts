import { resolve } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';
import { nodeLauncher } from '#main/jobs/node-launcher';
import { predictPaths } from '#main/operations/predict';
import type { Command } from '../command';
import { projectOption, withProject } from '../project-option';

/** `heldout predict`: any DICOM or NIfTI to NIfTI masks in the input's own grid. */
export const predict: Command = {
  name: 'predict',
  usage: '--run RUN PATH… --out DIR',
  summary: 'masks for any DICOM or NIfTI, in its own grid',
  options: { ...projectOption, run: { type: 'string' }, out: { type: 'string' } },
  async run(invocation) {
    const { positionals, options, terminal, context } = invocation;
    const run = options.text('run');
    const out = options.text('out');
    if (run === undefined) throw new HeldoutError('usage', 'Say which model: --run RUN is missing.');
    if (out === undefined) throw new HeldoutError('usage', 'Say where to write: --out DIR is missing.');
    if (positionals.length === 0) throw new HeldoutError('usage', 'Say what to predict: a folder or file.');
    const document = await withProject(invocation, (project) =>
      predictPaths(project, run, [...positionals], resolve(out), context, nodeLauncher()),
    );
    terminal.document({ schema: 'heldout.predict/1', ...document });
    if (!terminal.json) document.files.forEach((file) => terminal.line(file));
    return document.leftOut.some((entry) => entry.image) ? 1 : 0;
  },
};
