import { resolve } from 'node:path';
import { nodeLauncher } from '#main/jobs/node-launcher';
import { writeReportOf } from '#main/operations/experiment-report';
import type { Command } from '../command';
import { onePositional } from '../options';
import { projectOption, withProject } from '../project-option';

/** `heldout report`: one self-contained HTML file, and beside that of an experiment its tables and its plan. */
export const report: Command = {
  name: 'report',
  usage: 'RUN|EXPERIMENT [--out FILE]',
  summary: 'the self-contained HTML report',
  options: { ...projectOption, out: { type: 'string' } },
  async run(invocation) {
    const run = onePositional(invocation.positionals, 'run or experiment');
    const file = resolve(invocation.options.text('out') ?? `${run}.html`);
    const files = await withProject(invocation, (project) =>
      writeReportOf(project, run, file, invocation.context, nodeLauncher()),
    );
    invocation.terminal.document({ schema: 'heldout.report/1', run, file, files });
    if (!invocation.terminal.json) for (const written of files) invocation.terminal.line(written);
    return 0;
  },
};
