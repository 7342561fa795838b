import * as v from 'valibot';
import { HeldoutError } from '#src/contracts/failure';
import type { Split } from './split';

/** Formats of other programs for who is held out when. */
export const SPLIT_FORMATS = ['nnunet', 'monai', 'csv'] as const;
export type SplitFormat = (typeof SPLIT_FORMATS)[number];

/** A split as other programs know it: whole cases under names of their own. */
export interface ForeignSplit {
  /** With a held-out side there are two folds: 0 is held out and 1 trains. */
  readonly folds: number;
  readonly isHeldOut: boolean;
  readonly cases: readonly { readonly name: string; readonly fold: number | 'locked' }[];
}

/** nnU-Net v2's splits_final.json: for each fold who trains and who is held out. */
const nnunetFile = v.pipe(
  v.array(v.object({ train: v.array(v.string()), val: v.array(v.string()) })),
  v.minLength(1),
);

const imageName = v.object({ image: v.string(), fold: v.optional(v.pipe(v.number(), v.integer())) });
const unlabelled = v.union([v.string(), imageName]);
/** A MONAI data list: cases with the fold that holds them out, or lists of their own for the two sides. */
const monaiFile = v.object({
  training: v.array(imageName),
  validation: v.optional(v.array(imageName), []),
  testing: v.optional(v.array(unlabelled), []),
  test: v.optional(v.array(unlabelled), []),
});

/**
 * Writes a split for another program; cases go by the names of their scans. What is locked takes part in no fold of
 * nnU-Net, is MONAI's `testing`, and stands as `locked` in a CSV.
 *
 * @throws HeldoutError `usage` for a split of slices: these formats know whole scans only
 */
export function writeSplitFile(split: Split, format: SplitFormat): string {
  if (split.items.some(({ slices }) => slices !== null))
    throw new HeldoutError(
      'usage',
      `The split "${split.name}" divides scans into slices, and ${format} files know whole scans only. Use heldout split show --json.`,
    );
  const { items } = split;
  const namesOf = (isWanted: (fold: number | 'locked') => boolean) =>
    items.filter(({ fold }) => isWanted(fold)).map(({ scan }) => scan);
  const heldOutFolds = split.heldOut === null ? Array.from({ length: split.folds }, (_, fold) => fold) : [0];
  switch (format) {
    case 'nnunet':
      return json(
        heldOutFolds.map((held) => ({
          train: namesOf((fold) => fold !== 'locked' && fold !== held),
          val: namesOf((fold) => fold === held),
        })),
      );
    case 'monai': {
      const entry = (name: string) => ({ image: `${name}.nii.gz`, label: `${name}_mask.nii.gz` });
      const testing = namesOf((fold) => fold === 'locked').map(entry);
      return json(
        split.heldOut === null
          ? {
              training: items.flatMap(({ scan, fold }) =>
                fold === 'locked' ? [] : [{ ...entry(scan), fold }],
              ),
              testing,
            }
          : {
              training: namesOf((fold) => fold === 1).map(entry),
              validation: namesOf((fold) => fold === 0).map(entry),
              testing,
            },
      );
    }
    case 'csv': {
      const side = (fold: number | 'locked') =>
        split.heldOut === null || fold === 'locked' ? String(fold) : fold === 0 ? 'held-out' : 'training';
      return ['scan,fold', ...items.map(({ scan, fold }) => `${scan},${side(fold)}`), ''].join('\r\n');
    }
  }
}

/**
 * Reads the split of another program.
 *
 * @throws HeldoutError `input` when the text is no such file, or says two things of one case
 */
export function readSplitFile(text: string, format: SplitFormat): ForeignSplit {
  const split = { nnunet: fromNnunet, monai: fromMonai, csv: fromCsv }[format](text);
  const names = new Set<string>();
  split.cases.forEach(({ name }, index) => {
    if (names.has(name)) throw wrong(`case ${index + 1} of the file stands there twice, in two places.`);
    names.add(name);
  });
  return split;
}

function fromNnunet(text: string): ForeignSplit {
  const folds = parsed(nnunetFile, text, 'a list of folds, each with "train" and "val" (splits_final.json)');
  const everybody = new Set(folds.flatMap(({ train, val }) => [...train, ...val]));
  folds.forEach(({ train, val }, fold) => {
    const own = new Set([...train, ...val]);
    if (own.size < train.length + val.length)
      throw wrong(`a case of fold ${fold} both trains and is held out, or stands there twice.`);
    if (own.size < everybody.size)
      throw wrong(
        `fold ${fold} leaves out ${everybody.size - own.size} cases that other folds have: every case must train or be held out in each.`,
      );
  });
  const [only, ...more] = folds;
  if (only !== undefined && more.length === 0)
    return {
      ...{ folds: 2, isHeldOut: true },
      cases: [
        ...only.val.map((name) => ({ name, fold: 0 })),
        ...only.train.map((name) => ({ name, fold: 1 })),
      ],
    };
  const cases = folds.flatMap(({ val }, fold) => val.map((name) => ({ name, fold })));
  if (cases.length < everybody.size)
    throw wrong(`${everybody.size - cases.length} cases are held out in no fold.`);
  return { folds: folds.length, isHeldOut: false, cases };
}

function fromMonai(text: string): ForeignSplit {
  const file = parsed(monaiFile, text, 'a data list with "training" (MONAI)');
  const nameOf = (entry: string | { image: string }) => (typeof entry === 'string' ? entry : entry.image);
  const locked = [...file.testing, ...file.test].map((entry) => ({
    name: nameOf(entry),
    fold: 'locked' as const,
  }));
  if (file.validation.length > 0)
    return {
      ...{ folds: 2, isHeldOut: true },
      cases: [
        ...file.validation.map((entry) => ({ name: nameOf(entry), fold: 0 })),
        ...file.training.map((entry) => ({ name: nameOf(entry), fold: 1 })),
        ...locked,
      ],
    };
  const cases = file.training.map(({ image, fold }, index) => {
    if (fold === undefined || fold < 0)
      throw wrong(`entry ${index + 1} of "training" has no fold, and there is no list "validation".`);
    return { name: image, fold };
  });
  return { ...foldsOf(cases.map(({ fold }) => fold)), cases: [...cases, ...locked] };
}

function fromCsv(text: string): ForeignSplit {
  const [head = '', ...lines] = text.replace(/^\uFEFF/u, '').split(/\r?\n/u);
  const columns = head.split(',').map((column) => unquoted(column).toLowerCase());
  const [name, fold] = [columns.indexOf('scan'), columns.indexOf('fold')];
  if (name < 0 || fold < 0) throw wrong('its first line must name the columns "scan" and "fold".');
  const rows = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const cells = line.split(',').map(unquoted);
    const value = cells[fold]?.toLowerCase() ?? '';
    const isKnown = /^(?:\d+|locked|held-out|training)$/u.test(value);
    if (!isKnown || (cells[name] ?? '') === '')
      throw wrong(`line ${index + 2} needs a scan and a fold: a number, or held-out, training or locked.`);
    return [{ name: cells[name] ?? '', value }];
  });
  const isHeldOut = rows.some(({ value }) => value === 'held-out');
  if (rows.some(({ value }) => (isHeldOut ? /^\d/u.test(value) : value === 'training')))
    throw wrong('its folds must be numbers, or held-out and training, and not some of each.');
  const cases = rows.map(({ name: scan, value }) => ({
    name: scan,
    fold: value === 'locked' ? ('locked' as const) : isHeldOut ? Number(value === 'training') : Number(value),
  }));
  if (isHeldOut) return { folds: 2, isHeldOut, cases };
  return { ...foldsOf(cases.flatMap((entry) => (entry.fold === 'locked' ? [] : [entry.fold]))), cases };
}

/** How many folds there are; each from 0 up must hold somebody out. */
function foldsOf(folds: readonly number[]): { folds: number; isHeldOut: boolean } {
  const count = Math.max(-1, ...folds) + 1;
  for (let fold = 0; fold < count; fold += 1)
    if (!folds.includes(fold)) throw wrong(`fold ${fold} holds nobody out: folds are numbered from 0.`);
  if (count < 2) throw wrong('it needs two folds at least.');
  return { folds: count, isHeldOut: false };
}

function parsed<S extends v.GenericSchema>(schema: S, text: string, what: string): v.InferOutput<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong(`it is no JSON; expected was ${what}.`);
  }
  const result = v.safeParse(schema, value);
  if (!result.success) throw wrong(`it is not ${what}.`);
  return result.output;
}

const unquoted = (cell: string) => cell.trim().replace(/^"(.*)"$/u, '$1');
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const wrong = (why: string) => new HeldoutError('input', `This split cannot be read: ${why}`);
