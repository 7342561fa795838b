import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HeldoutError } from '#src/contracts/failure';
import { heldOutFolds } from '#src/splits/make-split';
import { listed } from '#src/splits/match-cases';
import type { Split } from '#src/splits/split';

/** Where the predictions of one model lie. */
export interface ModelFolder {
  /** The fold that the model did not train on. */
  readonly fold: number;
  readonly folder: string;
}

/** Where the predictions of several models lie, and whether there is more than one. */
export interface ModelFolders {
  readonly models: readonly ModelFolder[];
  /** false: the folder is that of one model, and its run has the name of the set. */
  readonly isSeveral: boolean;
}

const FOLD = /^fold_(\d+)$/u;

/** nnU-Net's own list of folds beside the results, or null. */
export function splitsBeside(folder: string): string | null {
  const file = join(folder, 'splits_final.json');
  return existsSync(file) ? file : null;
}

/**
 * Finds the models in a folder of predictions: `fold_0`, `fold_1`, … as nnU-Net has them (what lies in `validation`
 * there, where that is), a folder for each of `names`, or else the folder itself.
 *
 * @param fold what one model held out; null: all there are, or the only one that the split has
 * @param names folders of the models that hold out fold 0, 1, …; null when the split does not name models
 * @throws HeldoutError `usage` for a fold that does not exist or is not said, `input` for a folder that does not exist
 */
export async function modelFolders(
  folder: string,
  split: Split,
  fold: number | null,
  names: readonly string[] | null,
): Promise<ModelFolders> {
  const found = await stat(folder).catch(() => null);
  if (found === null)
    throw new HeldoutError('input', `${basename(folder)} does not exist: check the path of the predictions.`);
  const folds = heldOutFolds(split);
  const checked = (wanted: number, what: string) => {
    if (folds.includes(wanted)) return wanted;
    throw new HeldoutError(
      'usage',
      `${what} is no fold of the split "${split.name}", which has ${folds.length === 1 ? 'fold 0 only' : `0 to ${folds.length - 1}`}.`,
    );
  };
  const wanted = (each: ModelFolder) => fold === null || each.fold === fold;
  if (fold !== null) checked(fold, `${fold}`);
  if (names !== null) {
    const lacking = names.filter((name) => !existsSync(join(folder, name)));
    if (lacking.length > 0)
      throw new HeldoutError(
        'input',
        `${basename(folder)} has no folder for ${lacking.length} of the ${names.length} models that the file of who trained ` +
          `names (${listed(lacking)}): put the predictions of each model in a folder of its name.`,
      );
    return {
      models: names.map((name, at) => ({ fold: at, folder: join(folder, name) })).filter(wanted),
      isSeveral: true,
    };
  }
  const entries = found.isDirectory() ? await readdir(folder) : [];
  const models = entries
    .flatMap((name) => {
      const number = FOLD.exec(name)?.[1];
      return number === undefined ? [] : [{ name, number: Number(number) }];
    })
    .toSorted((a, b) => a.number - b.number)
    .map(({ name, number }) => {
      const own = join(folder, name);
      const validation = join(own, 'validation');
      return { fold: checked(number, name), folder: existsSync(validation) ? validation : own };
    });
  if (models.length > 0) {
    if (!models.some(wanted))
      throw new HeldoutError('usage', `${basename(folder)} has no fold_${fold ?? 0} with predictions.`);
    return { models: models.filter(wanted), isSeveral: true };
  }
  if (fold === null && folds.length > 1)
    throw new HeldoutError(
      'usage',
      `Say which fold of the split "${split.name}" this model did not train on: --fold 0 to ${folds.length - 1}. ` +
        'Predictions of several models lie in folders fold_0, fold_1, ….',
    );
  return { models: [{ fold: fold ?? 0, folder }], isSeveral: false };
}
