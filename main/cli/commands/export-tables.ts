import { resolve } from 'node:path';
import { nodeLauncher } from '#main/jobs/node-launcher';
import { writeTables } from '#main/operations/tables';
import type { Command } from '../command';
import { onePositional } from '../options';
import { projectOption, withProject } from '../project-option';

/** `heldout export tables`: the numbers of a comparison as CSV. */
export const exportTables: Command = {
  name: 'export tables',
  usage: 'RUN [--out DIR]',
  summary: 'the numbers of a comparison as CSV, per scan and per patient',
  options: { ...projectOption, out: { type: 'string' } },
  async run(invocation) {
    const run = onePositional(invocation.positionals, 'run');
    const folder = resolve(invocation.options.text('out') ?? '.');
    const files = await withProject(invocation, (project) =>
      writeTables(project, run, folder, invocation.context, nodeLauncher()),
    );
    invocation.terminal.document({ schema: 'heldout.export-tables/1', run, files });
    if (!invocation.terminal.json) for (const file of files) invocation.terminal.line(file);
    return 0;
  },
};
