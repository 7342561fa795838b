import * as v from 'valibot';
import { readCsv } from '#src/contracts/csv-rows';
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
  readonly cases: readonly ForeignCase[];
}

/** One entry of another program's file. */
interface ForeignCase {
  /** Where it stands in the file, for sentences: what it is called may be an identity. */
  readonly place: string;
  /** What it is called: a name or a path; several for a case of several images (channels). */
  readonly names: readonly string[];
  readonly fold: number | 'locked';
}

/** nnU-Net v2's splits_final.json: for each fold who trains and who is held out. */
const nnunetFile = v.pipe(
  v.array(v.object({ train: v.array(v.string()), val: v.array(v.string()) })),
  v.minLength(1),
);

const imagePath = v.union([v.string(), v.pipe(v.array(v.string()), v.minLength(1))]);
const imageName = v.object({ image: imagePath, fold: v.optional(v.pipe(v.number(), v.integer())) });
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
  const places = new Map<string, string>();
  for (const { names, place } of split.cases) {
    const key = names.join('\n');
    const known = places.get(key);
    if (known !== undefined) throw wrong(`${place} is the same as ${known}: a case stands in one place.`);
    places.set(key, place);
  }
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
  const entries = (side: 'train' | 'val', inFold: number, fold: number): ForeignCase[] =>
    (folds[inFold]?.[side] ?? []).map((name, index) => ({
      place: `entry ${index + 1} of "${side}" in fold ${inFold}`,
      names: [name],
      fold,
    }));
  if (folds.length === 1)
    return {
      ...{ folds: 2, isHeldOut: true },
      cases: [...entries('val', 0, 0), ...entries('train', 0, 1)],
    };
  const cases = folds.flatMap((_, fold) => entries('val', fold, fold));
  if (cases.length < everybody.size)
    throw wrong(`${everybody.size - cases.length} cases are held out in no fold.`);
  return { folds: folds.length, isHeldOut: false, cases };
}

function fromMonai(text: string): ForeignSplit {
  const file = parsed(monaiFile, text, 'a data list with "training" (MONAI)');
  const entry = (list: string, index: number, image: v.InferOutput<typeof unlabelled>) => {
    const path = typeof image === 'string' ? image : image.image;
    return { place: `entry ${index + 1} of "${list}"`, names: typeof path === 'string' ? [path] : path };
  };
  const all = (list: 'training' | 'validation' | 'testing' | 'test', fold: number | 'locked') =>
    file[list].map((image, index) => ({ ...entry(list, index, image), fold }));
  const locked = [...all('testing', 'locked'), ...all('test', 'locked')];
  if (file.validation.length > 0)
    return {
      ...{ folds: 2, isHeldOut: true },
      cases: [...all('validation', 0), ...all('training', 1), ...locked],
    };
  const cases = file.training.map((image, index) => {
    const { fold } = image;
    if (fold === undefined || fold < 0)
      throw wrong(
        `entry ${index + 1} of "training" has no fold, and there is no list "validation": it does not say who is held out. ` +
          'Add "fold" to each entry.',
      );
    return { ...entry('training', index, image), fold };
  });
  return { ...foldsOf(cases.map(({ fold }) => fold)), cases: [...cases, ...locked] };
}

function fromCsv(text: string): ForeignSplit {
  const { columns, rows } = readCsv(text, 'This split');
  const names = columns.map((column) => column.toLowerCase());
  if (!names.includes('scan') || !names.includes('fold'))
    throw wrong('its first line must name the columns "scan" and "fold".');
  const entries = rows.map(({ line, cell }) => {
    const value = cell('fold').toLowerCase();
    if (!/^(?:\d+|locked|held-out|training)$/u.test(value) || cell('scan') === '')
      throw wrong(`line ${line} needs a scan and a fold: a number, or held-out, training or locked.`);
    return { place: `line ${line}`, names: [cell('scan')], value };
  });
  const isHeldOut = entries.some(({ value }) => value === 'held-out');
  if (entries.some(({ value }) => (isHeldOut ? /^\d/u.test(value) : value === 'training')))
    throw wrong('its folds must be numbers, or held-out and training, and not some of each.');
  const cases = entries.map(({ value, ...entry }) => ({
    ...entry,
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

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const wrong = (why: string) => new HeldoutError('input', `This split cannot be read: ${why}`);
