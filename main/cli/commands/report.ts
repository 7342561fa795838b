import { resolve } from 'node:path';
import { nodeLauncher } from '#main/jobs/node-launcher';
import { writeReport } from '#main/operations/report';
import type { Command } from '../command';
import { onePositional } from '../options';
import { projectOption, withProject } from '../project-option';

/** `heldout report`: one self-contained HTML file. */
export const report: Command = {
  name: 'report',
  usage: 'RUN [--out FILE]',
  summary: 'the self-contained HTML report',
  options: { ...projectOption, out: { type: 'string' } },
  async run(invocation) {
    const run = onePositional(invocation.positionals, 'run');
    const file = resolve(invocation.options.text('out') ?? `${run}.html`);
    await withProject(invocation, (project) =>
      writeReport(project, run, file, invocation.context, nodeLauncher()),
    );
    invocation.terminal.document({ schema: 'heldout.report/1', run, file });
    if (!invocation.terminal.json) invocation.terminal.line(file);
    return 0;
  },
};
