import { basename, resolve } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';
import type { Label } from '#src/registry/records';
import { DEFAULT_LABEL_COLOURS } from '#src/masks/label-colours';
import { fileKeyVault } from '#main/store/key-vault';
import { Project } from '#main/store/project';
import type { Command } from '../command';
import { onePositional } from '../options';

/**
 * Reads a label list such as `1=LV cavity,2=myocardium`.
 *
 * @throws usage when an entry is malformed or a number stands twice
 */
export function parseLabels(text: string): Label[] {
  const labels = text.split(',').map((entry, index): Label => {
    const match = /^\s*(\d+)\s*=\s*(.+?)\s*$/u.exec(entry);
    const label = Number(match?.[1]);
    const name = match?.[2];
    if (name === undefined || label < 1 || label > 255)
      throw new HeldoutError(
        'usage',
        `Label "${entry.trim()}" must look like 1=LV cavity, with a number from 1 to 255.`,
      );
    const colour = DEFAULT_LABEL_COLOURS[index % DEFAULT_LABEL_COLOURS.length] ?? '#e69f00';
    return { label, name, colour };
  });
  for (const { label } of labels)
    if (labels.filter((other) => other.label === label).length > 1)
      throw new HeldoutError('usage', `Two labels have the number ${label}: give each its own.`);
  return labels;
}

/** `heldout init`: a new project folder. */
export const init: Command = {
  name: 'init',
  usage: 'DIR [--name N] [--labels "1=LV cavity,2=…"] [--identities sealed|plain]',
  summary: 'new project folder',
  options: { name: { type: 'string' }, labels: { type: 'string' }, identities: { type: 'string' } },
  async run({ positionals, options, terminal }) {
    const given = resolve(onePositional(positionals, 'folder'));
    const folder = given.endsWith('.heldout') ? given : `${given}.heldout`;
    const keyVault = fileKeyVault();
    const identities = options.choice('identities', ['sealed', 'plain'] as const) ?? 'sealed';
    const project = await Project.create(folder, {
      name: options.text('name') ?? basename(folder, '.heldout'),
      labels: parseLabels(options.text('labels') ?? '1=structure'),
      identities,
      keyVault,
    });
    const summary = project.summary();
    await project.close();
    terminal.document({ schema: 'heldout.init/1', folder, ...summary });
    if (!terminal.json) terminal.line(`Created ${folder}.`);
    if (summary.keyWarning !== null) terminal.line(`Note: ${summary.keyWarning}`);
    return 0;
  },
};
