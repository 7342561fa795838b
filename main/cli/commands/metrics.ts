import { HeldoutError } from '#src/contracts/failure';
import { measureMasks } from '#main/operations/metrics';
import type { Command } from '../command';
import { table } from '../table';

const rounded = (value: number | null, digits = 3) => (value === null ? null : Number(value.toFixed(digits)));

/** The tolerances of `--tolerance 1,2`, in millimetres, as given. @throws usage on anything but numbers ≥ 0 */
export function parseTolerances(text: string): number[] {
  return text.split(',').map((entry) => {
    const value = Number(entry);
    if (entry.trim() === '' || !Number.isFinite(value) || value < 0)
      throw new HeldoutError('usage', `--tolerance takes millimetres such as 1,2, not "${text}".`);
    return value;
  });
}

/** `heldout metrics`: two NIfTI masks, or two folders of them matched by relative name. */
export const metrics: Command = {
  name: 'metrics',
  usage: 'REFERENCE PREDICTION [--tolerance 1,2] [--convention surfel|voxel]',
  summary: 'two masks, or two folders of masks, in millimetres and millilitres',
  options: { tolerance: { type: 'string' }, convention: { type: 'string' } },
  async run({ positionals, options, terminal, context }) {
    const [reference, prediction, ...more] = positionals;
    if (reference === undefined || prediction === undefined || more.length > 0)
      throw new HeldoutError(
        'usage',
        'Give the reference and the prediction: two NIfTI files or two folders.',
      );
    const document = await measureMasks(
      reference,
      prediction,
      {
        tolerances: parseTolerances(options.text('tolerance') ?? '1,2'),
        convention: options.choice('convention', ['surfel', 'voxel'] as const) ?? 'surfel',
      },
      context,
    );
    terminal.document(document);
    if (!terminal.json) {
      terminal.line(
        table(
          ['prediction', 'label', 'Dice', 'HD95 mm', 'ASSD mm', 'difference mL'],
          document.pairs.flatMap((pair) =>
            Object.entries(pair.labels).map(([label, values]) => [
              pair.prediction,
              label,
              rounded(values.dice),
              rounded(values.hd95Mm),
              rounded(values.assdMm),
              rounded(values.volumeDifferenceMl),
            ]),
          ),
        ),
      );
      for (const file of document.unmatched) terminal.line(`No partner: ${file}`);
      for (const { pair, reason } of document.failed) terminal.line(`Failed: ${pair}: ${reason}`);
    }
    return document.unmatched.length > 0 || document.failed.length > 0 ? 1 : 0;
  },
};
