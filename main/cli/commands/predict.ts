import { resolve } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';
import { nodeLauncher } from '#main/jobs/node-launcher';
import { predictPaths } from '#main/operations/predict';
import type { Command } from '../command';
import { projectOption, withProject } from '../project-option';

/** `heldout predict`: any DICOM or NIfTI to NIfTI masks in the input's own grid. */
export const predict: Command = {
  name: 'predict',
  usage: '--run RUN [--run RUN …] PATH… --out DIR',
  summary: 'masks for any DICOM or NIfTI, in its own grid; several runs vote and show where they disagree',
  options: { ...projectOption, run: { type: 'string', multiple: true }, out: { type: 'string' } },
  async run(invocation) {
    const { positionals, options, terminal, context } = invocation;
    const runs = options.texts('run');
    const out = options.text('out');
    if (runs.length === 0) throw new HeldoutError('usage', 'Say which model: --run RUN is missing.');
    if (out === undefined) throw new HeldoutError('usage', 'Say where to write: --out DIR is missing.');
    if (positionals.length === 0) throw new HeldoutError('usage', 'Say what to predict: a folder or file.');
    const document = await withProject(invocation, (project) =>
      predictPaths(project, runs, [...positionals], resolve(out), context, nodeLauncher()),
    );
    terminal.document({ schema: 'heldout.predict/1', ...document });
    if (!terminal.json) {
      document.files.forEach((file) => terminal.line(file));
      for (const { file, dice } of document.agreement ?? [])
        terminal.line(
          `${file}: the runs agree with a Dice of ${Object.entries(dice)
            .map(([label, value]) => `${value?.toFixed(3) ?? 'undefined'} (label ${label})`)
            .join(', ')}`,
        );
    }
    return document.leftOut.some((entry) => entry.image) ? 1 : 0;
  },
};
