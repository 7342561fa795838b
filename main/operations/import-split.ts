import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { SplitImportDocument } from '#src/contracts/documents/split';
import { HeldoutError } from '#src/contracts/failure';
import { matchCases } from '#src/splits/match-cases';
import type { NameableScan } from '#src/splits/match-names';
import type { Split, SplitItem } from '#src/splits/split';
import { readSplitFile, type ForeignSplit, type SplitFormat } from '#src/splits/split-files';
import type { JobContext } from '#main/jobs/context';
import type { Project } from '#main/store/project';
import { auditThoroughly, splittableScans } from './splits';

/** What a split of another program is on the scans of the project; nothing is stored yet. */
export interface ReadSplit {
  readonly split: Split;
  /** Scans with a reference mask that the file does not name. */
  readonly leftOut: readonly string[];
  readonly unknownLocked: number;
}

/** The scans that a split can be made from, with the paths that they were imported from. */
export function nameableScans(project: Project): NameableScan[] {
  const idOf = new Map(project.registry.scans().map(({ id, scan }) => [scan, id]));
  return splittableScans(project).map(({ patient, scan }) => ({
    ...{ patient, scan },
    sourcePath: project.registry.sourcePathOf(idOf.get(scan) ?? 0),
  }));
}

/**
 * Reads a file of nnU-Net, MONAI or a spreadsheet.
 *
 * @param format null: told by the file's ending and its first character
 * @throws HeldoutError `usage` when it cannot be read, `input` when it is no such file
 */
export async function readForeignSplit(file: string, format: SplitFormat | null): Promise<ForeignSplit> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new HeldoutError('usage', `${basename(file)} cannot be read: check its path.`, String(error));
  }
  return readSplitFile(text, format ?? guess(file, text));
}

function guess(file: string, text: string): SplitFormat {
  if (extname(file).toLowerCase() === '.csv') return 'csv';
  return text.trimStart().startsWith('[') ? 'nnunet' : 'monai';
}

/**
 * The scans of another program's split.
 * @throws HeldoutError as {@link matchCases}
 */
export function splitOf(project: Project, name: string, file: ForeignSplit): ReadSplit {
  const { items, leftOut, unknownLocked } = matchCases(file, nameableScans(project));
  return { split: splitFrom(name, file, items), leftOut, unknownLocked };
}

/** A split made elsewhere. Its design is what it keeps together: patients, where none stands on both sides, else scans. */
export function splitFrom(
  name: string,
  { folds, isHeldOut }: Pick<ForeignSplit, 'folds' | 'isHeldOut'>,
  items: readonly SplitItem[],
): Split {
  const share = (fold: number | 'locked', of: number) =>
    of === 0 ? 0 : items.filter((item) => item.fold === fold).length / of;
  const inFolds = items.filter(({ fold }) => fold !== 'locked').length;
  const foldsOfPatient = new Map<string, Set<number | 'locked'>>();
  for (const { patient, fold } of items)
    foldsOfPatient.set(patient, (foldsOfPatient.get(patient) ?? new Set()).add(fold));
  return {
    name,
    design: [...foldsOfPatient.values()].every(({ size }) => size === 1) ? 'patient' : 'scan',
    seed: 0,
    folds,
    heldOut: isHeldOut ? share(0, inFolds) : null,
    locked: share('locked', items.length),
    stratify: [],
    createdAt: new Date().toISOString(),
    items,
  };
}

/**
 * Stores a split that another program made, and audits it. The same split under the same name is there already.
 *
 * @throws HeldoutError as {@link splitOf}, `conflict` when the name is that of another split, `cancelled`
 */
export async function importSplit(
  project: Project,
  name: string,
  file: ForeignSplit,
  context: JobContext,
): Promise<SplitImportDocument> {
  const { split, leftOut, unknownLocked } = splitOf(project, name, file);
  if (!isStored(project, split)) project.registry.addSplit(split);
  const audit = await auditThoroughly(project, name, context);
  return { ...audit, leftOut: [...leftOut], unknownLocked };
}

/** Whether the project has this very split under its name. */
export function isStored(project: Project, split: Split): boolean {
  const known = project.registry.splits().find(({ name }) => name === split.name);
  const essence = ({ folds, heldOut, items }: Split) =>
    JSON.stringify([
      ...[folds, heldOut === null],
      items
        .map(({ patient, scan, slices, fold }) => [scan, patient, slices, fold])
        .toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
    ]);
  return known !== undefined && essence(known) === essence(split);
}
