import type { ImportDocument } from '#src/contracts/documents/import';
import { HeldoutError } from '#src/contracts/failure';
import { importPaths, prepareImport } from '#main/operations/import';
import type { Command } from '../command';
import { projectOption, withProject } from '../project-option';
import { table } from '../table';

/** The report as people read it: counts, then warnings, questions and what was left out. */
function describe(document: ImportDocument): string[] {
  const lines = [
    `${document.patients} patients, ${document.studies} studies, ${document.scans} scans, ${document.masks} masks ` +
      `from ${document.files} files in ${document.seconds.toFixed(1)} s.`,
  ];
  if (document.alreadyPresent > 0) lines.push(`${document.alreadyPresent} were in the project already.`);
  for (const warning of document.warnings) lines.push(`Warning: ${warning}`);
  for (const volume of document.volumes)
    for (const warning of volume.warnings) lines.push(`Warning, ${volume.scan}: ${warning}`);
  for (const question of document.questions)
    lines.push(`Question: ${question.sentence} Answer with ${question.choices.join(' or ')}.`);
  const images = document.leftOut.filter((entry) => entry.image);
  if (images.length > 0)
    lines.push(
      'Left out:',
      table(
        ['file', 'reason'],
        images.map((entry) => [entry.path, entry.reason]),
      ),
    );
  const others = document.leftOut.length - images.length;
  if (others > 0) lines.push(`${others} files are not images.`);
  return lines;
}

/** `heldout import`: DICOM, zip and NIfTI into the project. */
export const importCommand: Command = {
  name: 'import',
  usage:
    'PATH… [--masks DIR] [--patient-from REGEX] [--mask-from REGEX] [--site NAME] ' +
    '[--two-patients apart|larger|leave-out] [--single-slice-series join|apart] [--dry-run]',
  summary: 'DICOM, zip and NIfTI into the project',
  options: {
    ...projectOption,
    masks: { type: 'string' },
    'patient-from': { type: 'string' },
    'mask-from': { type: 'string' },
    site: { type: 'string' },
    'two-patients': { type: 'string' },
    'single-slice-series': { type: 'string' },
    'dry-run': { type: 'boolean' },
  },
  async run(invocation) {
    const { positionals, options, terminal, context } = invocation;
    if (positionals.length === 0)
      throw new HeldoutError('usage', 'Say what to import: a folder, zip or file.');
    const masks = options.text('masks');
    const patientFrom = options.pattern('patient-from');
    const maskFrom = options.pattern('mask-from');
    const site = options.text('site');
    const patients = options.choice('two-patients', ['apart', 'larger', 'leave-out']);
    const slices = options.choice('single-slice-series', ['join', 'apart']);
    // While the project is opened.
    prepareImport();
    const document = await withProject(invocation, (project) =>
      importPaths(
        project,
        {
          paths: [...positionals],
          ...(masks === undefined ? {} : { masks }),
          ...(patientFrom === undefined ? {} : { patientFrom }),
          ...(maskFrom === undefined ? {} : { maskFrom }),
          ...(site === undefined ? {} : { site }),
          defaults: {
            ...(patients === undefined ? {} : { 'two-patients': patients }),
            ...(slices === undefined ? {} : { 'one-series-per-slice': slices }),
          },
          dryRun: options.flag('dry-run'),
        },
        context,
      ),
    );
    terminal.document(document);
    if (!terminal.json) describe(document).forEach((line) => terminal.line(line));
    return document.questions.length > 0 || document.leftOut.some((entry) => entry.image) ? 1 : 0;
  },
};
