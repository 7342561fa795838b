import { readCsv } from '#src/contracts/csv-rows';
import { HeldoutError } from '#src/contracts/failure';
import { listed, matchCases } from './match-cases';
import type { NameableScan } from './match-names';
import type { SplitItem } from './split';

/** Who trained which model, as a table says it. */
export interface TrainedOn {
  /** One entry for each model; the name is '' where the table knows one model only. */
  readonly models: readonly { readonly name: string; readonly rows: readonly TrainedRow[] }[];
  /** true when the table also says who did not train; else whoever it does not name did not. */
  readonly saysBoth: boolean;
}

interface TrainedRow {
  readonly place: string;
  readonly names: readonly string[];
  readonly isTrained: boolean;
}

/** The folds that a table of who trained comes to. */
export interface TrainedFolds {
  readonly folds: number;
  readonly isHeldOut: boolean;
  readonly items: readonly SplitItem[];
  readonly leftOut: readonly string[];
  /** Scans that are held out because the table does not name them. */
  readonly takenAsHeldOut: number;
  /** Name of the model that holds out each fold; null for a single model. */
  readonly models: readonly string[] | null;
}

const YES = /^(?:yes|true|1|trained|training)$/iu;
const NO = /^(?:no|false|0|held-out|heldout)$/iu;

/**
 * Reads a CSV of who trained: a column `patient` or `scan`, optionally `model` (several models in one file, a line for
 * each that the patient trained) and `trained` (yes or no).
 *
 * @throws HeldoutError `input` that names the line
 */
export function readTrainedOn(text: string): TrainedOn {
  const { columns, rows } = readCsv(text, 'The file of who trained');
  const has = (name: string) => columns.some((column) => column.toLowerCase() === name);
  const unit = has('scan') ? 'scan' : 'patient';
  if (!has(unit))
    throw wrong('its first line must name a column "patient" or "scan", and may name "model" and "trained"');
  const models = new Map<string, TrainedRow[]>();
  for (const { line, cell } of rows) {
    const said = cell('trained');
    if (cell(unit) === '' || (has('model') && cell('model') === ''))
      throw wrong(`line ${line} needs a ${unit}${has('model') ? ' and a model' : ''}`);
    if (has('trained') && !YES.test(said) && !NO.test(said))
      throw wrong(`line ${line} must say yes or no under "trained"`);
    const row = { place: `line ${line}`, names: [cell(unit)], isTrained: !has('trained') || YES.test(said) };
    models.set(cell('model'), [...(models.get(cell('model')) ?? []), row]);
  }
  if (models.size === 0)
    throw wrong('it names nobody. For a model that trained on none of the patients, say nobody');
  return {
    models: [...models].map(([name, own]) => ({ name, rows: own })),
    saysBoth: has('trained'),
  };
}

/**
 * The folds of such a table: for one model what it did not train on is held out; several models must hold out each scan
 * exactly once between them, and then each is a fold.
 *
 * @param scans all scans with a reference mask
 * @throws HeldoutError `input` as matchCases, and for a scan that no model, or more than one, held out
 */
export function trainedFolds({ models, saysBoth }: TrainedOn, scans: readonly NameableScan[]): TrainedFolds {
  const sides = models.map(({ name, rows }) => {
    const cases = rows.map(({ place, names, isTrained }) => ({ place, names, fold: isTrained ? 1 : 0 }));
    const { items } = matchCases({ folds: 2, isHeldOut: true, cases }, scans);
    return { name, foldOf: new Map(items.map(({ scan, fold }) => [scan, fold])) };
  });
  const isHeldOutBy = ({ foldOf }: (typeof sides)[number], scan: string) =>
    saysBoth ? foldOf.get(scan) === 0 : !foldOf.has(scan);
  const isNamed = (scan: string) => sides.some(({ foldOf }) => foldOf.has(scan));
  const inFolds = scans.filter(({ scan }) => !saysBoth || isNamed(scan));
  const leftOut = scans.filter(({ scan }) => saysBoth && !isNamed(scan)).map(({ scan }) => scan);
  const [only, ...more] = sides;
  if (only !== undefined && more.length === 0)
    return {
      ...{ folds: 2, isHeldOut: true, leftOut, models: null },
      items: inFolds.map(({ patient, scan }) => ({
        ...{ patient, scan, slices: null },
        fold: isHeldOutBy(only, scan) ? 0 : 1,
      })),
      takenAsHeldOut: inFolds.filter(({ scan }) => !isNamed(scan)).length,
    };
  const items = inFolds.map(({ patient, scan }): SplitItem => {
    const holding = sides.flatMap((side, fold) => (isHeldOutBy(side, scan) ? [fold] : []));
    const [fold] = holding;
    if (fold === undefined || holding.length > 1)
      throw wrong(
        `the scan ${scan} is held out by ${
          fold === undefined
            ? 'none of the models'
            : `${holding.length} of ${sides.length} models (${listed(holding.map((at) => sides[at]?.name ?? ''))})`
        }, and must be by exactly one. Import the models one by one, each with a file of its own`,
      );
    return { patient, scan, slices: null, fold };
  });
  return {
    ...{ folds: sides.length, isHeldOut: false, items, leftOut, takenAsHeldOut: 0 },
    models: sides.map(({ name }) => name),
  };
}

const wrong = (why: string) => new HeldoutError('input', `The file of who trained cannot be used: ${why}.`);
