import { resolve } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';
import { convertPaths } from '#main/operations/convert';
import type { Command } from '../command';

/** `heldout convert`: DICOM to NIfTI without a project. */
export const convert: Command = {
  name: 'convert',
  usage: 'PATH… --out DIR',
  summary: 'DICOM to NIfTI, without a project',
  options: { out: { type: 'string' } },
  async run({ positionals, options, terminal, context }) {
    const out = options.text('out');
    if (out === undefined) throw new HeldoutError('usage', 'Say where to write: --out DIR is missing.');
    if (positionals.length === 0)
      throw new HeldoutError('usage', 'Say what to convert: a folder, zip or file.');
    const document = await convertPaths({ paths: [...positionals], out: resolve(out) }, context);
    terminal.document(document);
    if (!terminal.json) {
      for (const volume of document.volumes) terminal.line(`${volume.file}  ${volume.shape.join(' x ')}`);
      for (const entry of document.leftOut.filter(({ image }) => image))
        terminal.line(`Left out ${entry.path}: ${entry.reason}`);
    }
    return document.leftOut.some((entry) => entry.image) ? 1 : 0;
  },
};
