import { resolve } from 'node:path';
import { statisticsOf } from '#main/operations/statistics';
import type { Command } from '../command';
import { onePositional } from '../options';

/** `heldout statistics`: intervals, tests and verdict for a file of per-patient values, without a project. */
export const statistics: Command = {
  name: 'statistics',
  usage: 'FILE',
  summary: 'intervals, tests and verdict for a JSON or CSV of per-patient values',
  options: {},
  async run({ positionals, terminal }) {
    const document = await statisticsOf(resolve(onePositional(positionals, 'file')));
    terminal.document(document);
    if (!terminal.json) terminal.line(JSON.stringify(document, null, 2));
    return 0;
  },
};
