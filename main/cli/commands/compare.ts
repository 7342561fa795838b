import type { CompareDocument } from '#src/contracts/documents/compare';
import { unequalFoldsSentence } from '#src/experiments/crossed-design';
import { HeldoutError } from '#src/contracts/failure';
import { nodeLauncher } from '#main/jobs/node-launcher';
import { compareRun } from '#main/operations/compare';
import type { Command } from '../command';
import { projectOption, withProject } from '../project-option';
import { table } from '../table';

const rounded = (value: number | null) => (value === null ? null : Number(value.toFixed(3)));

/** Patients on both sides, then the verdict: each number with its n. */
function describeComparison(document: CompareDocument): string[] {
  const lines = [
    table(
      ['patient', 'side', 'Dice'],
      document.patients.map(({ patient, side, dice }) => [
        patient,
        side === 'seen' ? 'seen' : 'held-out',
        rounded(dice),
      ]),
    ),
  ];
  for (const [label, { seen, heldOut }] of Object.entries(document.labels))
    lines.push(
      `Label ${label}: held-out ${rounded(heldOut.mean) ?? '–'} (n = ${heldOut.n}), ` +
        `seen ${rounded(seen.mean) ?? '–'} (n = ${seen.n}).`,
    );
  const { imported, crossed, crossValidated } = document;
  if (crossValidated !== undefined)
    lines.push(
      `All ${crossValidated.runs.length} folds, each patient by the model that did not train on them: ` +
        `${rounded(crossValidated.heldOut.mean) ?? '–'} (n = ${crossValidated.heldOut.n}).`,
    );
  if (imported !== undefined)
    lines.push(
      `The predictions were made elsewhere (${imported.set}): of ${imported.heldOut.predicted} of ${imported.heldOut.scans} ` +
        `held-out and ${imported.seen.predicted} of ${imported.seen.scans} seen scans.`,
    );
  lines.push(document.verdict.sentence);
  if (crossed?.unequalFolds !== undefined) lines.push(unequalFoldsSentence(crossed.unequalFolds));
  return lines;
}

/** `heldout compare`: seen against held-out, per patient, with gap, interval and verdict. */
export const compare: Command = {
  name: 'compare',
  usage: '--run RUN',
  summary: 'seen against held-out patients: gap, interval, verdict, confusion',
  options: { ...projectOption, run: { type: 'string' } },
  async run(invocation) {
    const run = invocation.options.text('run');
    if (run === undefined) throw new HeldoutError('usage', 'Say which run: --run RUN is missing.');
    const document = await withProject(invocation, (project) =>
      compareRun(project, run, invocation.context, nodeLauncher()),
    );
    const { terminal } = invocation;
    terminal.document(document);
    if (!terminal.json) describeComparison(document).forEach((line) => terminal.line(line));
    return 0;
  },
};
