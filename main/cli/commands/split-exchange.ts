import type { SplitImportDocument } from '#src/contracts/documents/split';
import { HeldoutError } from '#src/contracts/failure';
import type { Split } from '#src/splits/split';
import { SPLIT_FORMATS, writeSplitFile } from '#src/splits/split-files';
import { importSplit, readForeignSplit } from '#main/operations/import-split';
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
    const { text, locked } = await withProject(invocation, (project) => {
      const split = project.registry.split(name);
      return Promise.resolve({ text: writeSplitFile(split, format), locked: lockedOf(split) });
    });
    await writeFileAtomic(out, text);
    // nnU-Net's file has no place for them: whoever trains on "everything else" would train on the locked set.
    const isLockedLost = format === 'nnunet' && locked.scans.length > 0;
    terminal.document({ split: name, format, file: out, leftOut: isLockedLost ? locked.scans : [] });
    if (!terminal.json) terminal.line(`Split ${name} is in ${out}; cases go by the names of their scans.`);
    if (isLockedLost)
      terminal.note(
        `The locked set (${locked.scans.length} ${locked.scans.length === 1 ? 'scan' : 'scans'} of ${locked.patients} ` +
          `${locked.patients === 1 ? 'patient' : 'patients'}) is not in it, for nnU-Net's file knows training and held-out ` +
          `cases only: leave these scans out of the dataset that nnU-Net trains on. They are: ${locked.scans.join(', ')}.`,
      );
    return 0;
  },
};

function lockedOf({ items }: Split): { readonly scans: readonly string[]; readonly patients: number } {
  const locked = items.filter(({ fold }) => fold === 'locked');
  return {
    scans: [...new Set(locked.map(({ scan }) => scan))],
    patients: new Set(locked.map(({ patient }) => patient)).size,
  };
}

/** `heldout split import`: a split that another program made, with its audit; exit 1 when it leaks or leaves scans out. */
export const splitImport: Command = {
  name: 'split import',
  usage: `FILE --name NAME [--format ${FORMATS}]`,
  summary: 'store a split of nnU-Net, MONAI or a CSV, and audit it; exit 1 when it leaks or leaves scans out',
  options: { ...projectOption, name: { type: 'string' }, format: { type: 'string' } },
  async run(invocation) {
    const { options, terminal } = invocation;
    const file = onePositional(invocation.positionals, 'file of the split');
    const name = options.text('name');
    if (name === undefined) throw new HeldoutError('usage', 'Say what it is called here: --name NAME.');
    const split = await readForeignSplit(file, options.choice('format', SPLIT_FORMATS) ?? null);
    const document = await withProject(invocation, (project) =>
      importSplit(project, name, split, invocation.context),
    );
    terminal.document(document);
    if (!terminal.json) describeAudit(document).forEach((line) => terminal.line(line));
    // Under --json these lines go to stderr.
    describeRest(document).forEach((line) => terminal.line(line));
    return document.clean && document.leftOut.length === 0 && document.unknownLocked === 0 ? 0 : 1;
  },
};

/** What an imported file leaves open. */
export function describeRest({
  leftOut,
  unknownLocked,
}: Pick<SplitImportDocument, 'leftOut' | 'unknownLocked'>): string[] {
  return [
    ...(leftOut.length === 0
      ? []
      : [
          `The file does not name ${leftOut.length} of the project's scans with a reference mask; they stand in no fold, neither ` +
            `trained on nor held out: ${leftOut.join(', ')}.`,
        ]),
    ...(unknownLocked === 0
      ? []
      : [
          `${unknownLocked} ${unknownLocked === 1 ? 'case' : 'cases'} of the file's test set ` +
            `${unknownLocked === 1 ? 'is' : 'are'} no scan with a reference mask here: left out of the locked set.`,
        ]),
  ];
}
