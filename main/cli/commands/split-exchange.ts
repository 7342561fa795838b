import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';
import { SPLIT_FORMATS, writeSplitFile, type SplitFormat } from '#src/splits/split-files';
import { auditStored, importSplit } from '#main/operations/splits';
import { writeFileAtomic } from '#main/store/atomic-file';
import type { Command } from '../command';
import { onePositional } from '../options';
import { projectOption, withProject } from '../project-option';
import { describeAudit } from './split';

const FORMATS = SPLIT_FORMATS.join('|');

/** `heldout split export`: who is held out when, for nnU-Net, MONAI or a spreadsheet. */
export const splitExport: Command = {
  name: 'split export',
  usage: `NAME --format ${FORMATS} [--out FILE]`,
  summary: 'a split as a file of nnU-Net (splits_final.json), MONAI (data list) or as CSV',
  options: { ...projectOption, format: { type: 'string' }, out: { type: 'string' } },
  async run(invocation) {
    const { options, terminal } = invocation;
    const name = onePositional(invocation.positionals, 'name of the split');
    const format = options.choice('format', SPLIT_FORMATS);
    if (format === undefined) throw new HeldoutError('usage', `Say for whom: --format ${FORMATS}.`);
    const out =
      options.text('out') ??
      { nnunet: 'splits_final.json', monai: `${name}-datalist.json`, csv: `${name}.csv` }[format];
    const text = await withProject(invocation, (project) =>
      Promise.resolve(writeSplitFile(project.registry.split(name), format)),
    );
    await writeFileAtomic(out, text);
    terminal.document({ split: name, format, file: out });
    if (!terminal.json) terminal.line(`Split ${name} is in ${out}; cases go by the names of their scans.`);
    return 0;
  },
};

/** `heldout split import`: a split that another program made, with its audit; exit 1 when it leaks. */
export const splitImport: Command = {
  name: 'split import',
  usage: `FILE --name NAME [--format ${FORMATS}]`,
  summary: 'store a split of nnU-Net, MONAI or a CSV, and audit it; exit 1 when there is a leak',
  options: { ...projectOption, name: { type: 'string' }, format: { type: 'string' } },
  async run(invocation) {
    const { options, terminal } = invocation;
    const file = onePositional(invocation.positionals, 'file of the split');
    const name = options.text('name');
    if (name === undefined) throw new HeldoutError('usage', 'Say what it is called here: --name NAME.');
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      throw new HeldoutError('usage', `${basename(file)} cannot be read: check its path.`, String(error));
    }
    const format = options.choice('format', SPLIT_FORMATS) ?? guess(file, text);
    const audit = await withProject(invocation, (project) => {
      importSplit(project, { name, text, format });
      return Promise.resolve(auditStored(project, name));
    });
    terminal.document(audit);
    if (!terminal.json) describeAudit(audit).forEach((line) => terminal.line(line));
    return audit.clean ? 0 : 1;
  },
};

function guess(file: string, text: string): SplitFormat {
  if (extname(file).toLowerCase() === '.csv') return 'csv';
  return text.trimStart().startsWith('[') ? 'nnunet' : 'monai';
}
