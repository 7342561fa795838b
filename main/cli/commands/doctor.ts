import { diagnose } from '#main/operations/doctor';
import { installTensorflow } from '#main/training/install-tensorflow';
import type { Command } from '../command';

/** `heldout doctor`: what this machine has, what is missing and how to get it. */
export const doctor: Command = {
  name: 'doctor',
  usage: '[--install cpu|gpu]',
  summary: 'versions, engines and their self-tests, memory, disk; gets what is missing',
  options: { install: { type: 'string' } },
  async run({ options, terminal, context }) {
    const kind = options.choice('install', ['cpu', 'gpu'] as const);
    if (kind !== undefined) await installTensorflow(kind, context);
    const document = await diagnose();
    terminal.document(document);
    if (!terminal.json) {
      for (const [name, version] of Object.entries(document.versions)) terminal.line(`${name} ${version}`);
      terminal.line(
        `memory ${document.memoryGb.toFixed(1)} GB, ${document.cores} cores, disk ${document.diskFreeGb.toFixed(1)} GB free`,
      );
      for (const { available, engine, sentence, warning } of document.engines) {
        terminal.line(`${available ? 'ok     ' : 'missing'} ${engine}: ${sentence}`);
        if (warning !== null) terminal.line(`Note: ${warning}`);
      }
      if (document.keyWarning !== null) terminal.line(`Note: ${document.keyWarning}`);
    }
    return document.engines.some((engine) => engine.available) ? 0 : 1;
  },
};
