import type { RunImportDocument } from '#src/contracts/documents/imported-run';
import { HeldoutError } from '#src/contracts/failure';
import { listed } from '#src/splits/match-cases';
import { checkRule } from '#main/operations/import-naming';
import { importPredictions, type WhoTrained } from '#main/operations/import-predictions';
import type { Command, Options } from '../command';
import { onePositional } from '../options';
import { projectOption, withProject } from '../project-option';
import { table } from '../table';
import { describeAudit } from './split';
import { describeRest } from './split-exchange';

/** Scans that a line names at most. */
const SHOWN = 20;

/** What was imported, as people read it. */
function describe(document: RunImportDocument): string[] {
  const { runs, leftOut, labels, labelsNotPredicted, takenAsHeldOut } = document;
  const of = ({ predicted, scans, patients }: RunImportDocument['runs'][number]['seen']) =>
    `${predicted} of ${scans} (${patients} ${patients === 1 ? 'patient' : 'patients'})`;
  const missing = runs.filter((run) => run.missing.length > 0);
  return [
    ...(document.alreadyPresent ? ['These predictions are in the project already.'] : []),
    table(
      ['run', 'fold', 'held-out scans predicted', 'seen scans predicted'],
      runs.map(({ run, fold, heldOut, seen }) => [run, fold, of(heldOut), of(seen)]),
    ),
    `Labels that are scored: ${labels.join(', ')}.`,
    ...(labelsNotPredicted.length === 0
      ? []
      : [
          `The references also hold ${labelsNotPredicted.join(', ')}, which no prediction holds: not scored.`,
        ]),
    ...(takenAsHeldOut === 0
      ? []
      : [`${takenAsHeldOut} scans are taken as held out, for the file of who trained does not name them.`]),
    ...missing.map(
      ({ run, missing: scans }) => `${run} came without a prediction of ${listed(scans, SHOWN)}.`,
    ),
    ...(runs.some(({ seen }) => seen.predicted === 0 && seen.scans > 0)
      ? [
          'There are models without predictions of patients that they trained on: seen and held-out can only be compared where ' +
            'there are both.',
        ]
      : []),
    ...(leftOut.length === 0
      ? []
      : [
          'Left out:',
          table(
            ['file', 'reason'],
            leftOut.map(({ path, reason }) => [path, reason]),
          ),
        ]),
    ...describeRest({ leftOut: document.notInSplit, unknownLocked: document.unknownLocked }),
    ...describeAudit(document.audit),
  ];
}

function whoTrained(options: Options): WhoTrained {
  const [split, table] = [options.text('split'), options.text('trained-on')];
  if (split !== undefined && table !== undefined)
    throw new HeldoutError('usage', 'Give either --split or --trained-on: both say who trained the model.');
  if (split !== undefined) return { kind: 'split', nameOrFile: split };
  if (table === undefined) return { kind: 'beside' };
  return table === 'nobody' ? { kind: 'nobody' } : { kind: 'table', file: table };
}

/** Reads `51=1,52=2`: the label of the files, then the project's. @throws HeldoutError `usage` */
function labelMapOf(text: string | undefined): ReadonlyMap<number, number> | undefined {
  if (text === undefined) return undefined;
  const pairs = text.split(',').map((entry) => /^\s*(\d{1,3})\s*=\s*(\d{1,3})\s*$/u.exec(entry));
  const map = new Map(pairs.map((pair) => [Number(pair?.[1]), Number(pair?.[2])]));
  const isLabel = (label: number) => label >= 1 && label <= 255;
  if (![...map].flat().every(isLabel) || map.size < pairs.length)
    throw new HeldoutError(
      'usage',
      `--map-labels must be pairs like "51=1,52=2" (label of the files = label of the project, 1 to 255), not "${text}".`,
    );
  return map;
}

/** `heldout run import`: predictions made elsewhere become runs; exit 1 when something is left out or leaks. */
export const runImport: Command = {
  name: 'run import',
  usage:
    'NAME --predictions DIR [--split NAME|FILE | --trained-on FILE.csv|nobody] [--fold K] [--mask-from REGEX] ' +
    '[--map-labels "51=1,52=2"]',
  summary: 'predictions that were made elsewhere, to compare, read and report like those of a training',
  options: {
    ...projectOption,
    predictions: { type: 'string' },
    split: { type: 'string' },
    'trained-on': { type: 'string' },
    fold: { type: 'string' },
    'mask-from': { type: 'string' },
    'map-labels': { type: 'string' },
  },
  async run(invocation) {
    const { options, terminal, context } = invocation;
    const name = onePositional(invocation.positionals, 'name of the run');
    const folder = options.text('predictions');
    if (folder === undefined)
      throw new HeldoutError('usage', 'Say where the predictions are: --predictions DIR.');
    const maskFrom = options.pattern('mask-from');
    checkRule(maskFrom, '--mask-from');
    const fold = options.integer('fold', 0, 1000) ?? null;
    const trained = whoTrained(options);
    const labelMap = labelMapOf(options.text('map-labels'));
    const result = await withProject(invocation, (project) =>
      importPredictions(
        project,
        {
          ...{ name, folder, trained, fold },
          ...(maskFrom === undefined ? {} : { maskFrom }),
          ...(labelMap === undefined ? {} : { labelMap }),
        },
        context,
      ),
    );
    if ('problems' in result) {
      // The names of files may be identities: they are for the person, not for the sentence that may be logged.
      terminal.note(
        table(
          ['file', 'reason'],
          result.problems.map(({ path, reason }) => [path, reason]),
        ),
      );
      throw new HeldoutError(
        'input',
        `Nothing was saved: ${result.problems.length} of ${result.files} masks cannot be taken, as listed above.`,
      );
    }
    const { document } = result;
    terminal.document(document);
    if (!terminal.json) describe(document).forEach((line) => terminal.line(line));
    return hasFindings(document) ? 1 : 0;
  },
};

function hasFindings({ leftOut, runs, audit, ...rest }: RunImportDocument): boolean {
  return (
    leftOut.length > 0 ||
    !audit.clean ||
    runs.some(({ missing }) => missing.length > 0) ||
    rest.notInSplit.length > 0 ||
    rest.unknownLocked > 0 ||
    rest.labelsNotPredicted.length > 0
  );
}
