import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import * as v from 'valibot';
import { importedName, type ImportedPredictions } from '#src/contracts/channels';
import { readCsv } from '#src/contracts/csv-rows';
import type { ImportedRun } from '#src/contracts/documents/imported-run';
import type { LeftOut } from '#src/contracts/documents/import';
import { HeldoutError } from '#src/contracts/failure';
import type { RunRecord } from '#src/registry/records';
import { sidesOf } from '#src/splits/roles';
import type { Split } from '#src/splits/split';
import { readTrainedOn, trainedFolds } from '#src/splits/trained-on';
import { openImportPool, type PoolOptions } from '#main/dicom/import-pool';
import type { JobContext } from '#main/jobs/context';
import type { Project } from '#main/store/project';
import { VoxelStore } from '#main/store/voxel-store';
import { readImportedRun, writeImportedRun } from '#main/training/imported-run';
import { isStored, nameableScans, readForeignSplit, splitFrom, splitOf } from './import-split';
import { readPredictions, type FoundPrediction, type FoundPredictions } from './prediction-files';
import { modelFolders, splitsBeside, type ModelFolder } from './prediction-folders';
import { paintedLabels } from './run-settings';
import { auditThoroughly, splittableScans } from './splits';

/** What says who trained which model. */
export type WhoTrained =
  /** A stored split, or a file of nnU-Net, MONAI or a spreadsheet. */
  | { readonly kind: 'split'; readonly nameOrFile: string }
  /** A CSV with a line for each patient (and model). */
  | { readonly kind: 'table'; readonly file: string }
  /** The model has met none of the patients. */
  | { readonly kind: 'nobody' }
  /** splits_final.json beside the predictions. */
  | { readonly kind: 'beside' };

export interface PredictionsRequest {
  /** Small letters, digits and hyphens: what the run is called, or, for several models, what its name begins with. */
  readonly name: string;
  /** Folder, file or zip. */
  readonly folder: string;
  readonly trained: WhoTrained;
  /** What the one model held out; null: every fold that there are predictions for. */
  readonly fold: number | null;
  /** Matched against the path within the folder of each model; named groups `patient`, optionally `scan` and `phase`. */
  readonly maskFrom?: RegExp;
  /** The project's number for each label of NIfTI files; what it does not name is background. */
  readonly labelMap?: ReadonlyMap<number, number>;
}

/** The split with what its source leaves open. */
interface TrainedSplit {
  readonly split: Split;
  readonly leftOut: readonly string[];
  readonly unknownLocked: number;
  readonly takenAsHeldOut: number;
  /** Folders of the models, where the source names them. */
  readonly models: readonly string[] | null;
}

interface FoundModel extends FoundPredictions {
  readonly fold: number;
  readonly id: string;
}

/**
 * Takes predictions that a model (or one for each fold) made elsewhere as runs of the project: from then on they are
 * compared, read and reported like those of a training. Nothing is saved unless every file that belongs to a scan can be
 * taken. The same predictions under the same name are there already.
 *
 * @throws HeldoutError `usage` for a name or fold that cannot be, `input` for files that cannot be read or a split that
 *   fits no scans, `conflict` when the name is that of something else, `resource`, `cancelled`
 */
export async function importPredictions(
  project: Project,
  request: PredictionsRequest,
  context: JobContext,
  workers: PoolOptions = {},
): Promise<ImportedPredictions> {
  const { name } = request;
  if (!v.is(importedName, name))
    throw new HeldoutError(
      'usage',
      `"${name}" is no name of a run: use small letters, digits and hyphens, at most 48.`,
    );
  const trained = await trainedSplit(project, request);
  const { split } = trained;
  const isNewSplit = !isStored(project, split);
  if (isNewSplit && project.registry.splits().some((other) => other.name === split.name))
    throw new HeldoutError(
      'conflict',
      `There is another split called "${split.name}" already, and a split never changes: choose another name.`,
    );
  const { models, isSeveral } = await modelFolders(request.folder, split, request.fold, trained.models);
  const idOf = ({ fold }: ModelFolder) => (isSeveral ? `${name}-fold${fold}` : name);
  return withAside(project, async (aside) => {
    const found = await readModels(
      project,
      split,
      models.map((model) => ({ ...model, id: idOf(model) })),
      request,
      aside,
      context,
      workers,
    );
    const predictions = found.flatMap((model) => model.predictions);
    const leftOut = found.flatMap((model) => model.leftOut);
    const problems = problemsOf(found);
    if (problems.length > 0)
      return {
        problems,
        files: predictions.length + leftOut.length + found.flatMap((model) => model.problems).length,
      };
    const { labels, labelsNotPredicted } = scoredLabels(project, split, predictions);
    const runs = found.map((model) => describedRun(model, split, labels, request));
    const present = await presentRuns(project, name, runs);
    const added = runs.filter(({ id }) => !present.has(id));
    if (added.length > 0) await save(project, isNewSplit ? split : null, added, found);
    return {
      document: {
        ...{ schema: 'heldout.run-import/1', set: name, split: split.name },
        ...{ alreadyPresent: added.length === 0, labels, labelsNotPredicted },
        runs: found.map((model) => countsOf(project, split, model)),
        leftOut,
        notImages: found.reduce((sum, model) => sum + model.notImages, 0),
        notInSplit: [...trained.leftOut],
        unknownLocked: trained.unknownLocked,
        takenAsHeldOut: trained.takenAsHeldOut,
        audit: await auditThoroughly(project, split.name, context),
      },
    };
  });
}

/**
 * What a chosen file says: a CSV without the column `fold` is a table of who trained, any other file is a split.
 * @throws HeldoutError `usage` when it cannot be read
 */
export async function whoTrainedIn(file: string): Promise<WhoTrained> {
  const isTable =
    extname(file).toLowerCase() === '.csv' &&
    !readCsv(await textOf(file), basename(file)).columns.some((column) => column.toLowerCase() === 'fold');
  return isTable ? { kind: 'table', file } : { kind: 'split', nameOrFile: file };
}

async function trainedSplit(project: Project, request: PredictionsRequest): Promise<TrainedSplit> {
  const { trained, name, folder } = request;
  const nothingOpen = { leftOut: [], unknownLocked: 0, takenAsHeldOut: 0, models: null };
  switch (trained.kind) {
    case 'split': {
      const known = project.registry.splits().find((split) => split.name === trained.nameOrFile);
      if (known !== undefined) return { ...nothingOpen, split: known };
      return { ...nothingOpen, ...splitOf(project, name, await readForeignSplit(trained.nameOrFile, null)) };
    }
    case 'beside': {
      const file = splitsBeside(folder);
      if (file === null)
        throw new HeldoutError(
          'usage',
          `There is no splits_final.json in ${basename(folder)}, so nothing says who trained the model. Copy it there (nnU-Net keeps ` +
            'it in nnUNet_preprocessed/DATASET), or choose a split or a file, or say that the model has met nobody (on the ' +
            'command line: --split NAME or FILE, --trained-on FILE or nobody).',
        );
      return { ...nothingOpen, ...splitOf(project, name, await readForeignSplit(file, 'nnunet')) };
    }
    case 'table': {
      const file = trainedFolds(readTrainedOn(await textOf(trained.file)), nameableScans(project));
      const { leftOut, takenAsHeldOut, models } = file;
      return { ...nothingOpen, split: splitFrom(name, file, file.items), leftOut, takenAsHeldOut, models };
    }
    case 'nobody': {
      const items = splittableScans(project).map(({ patient, scan }) => ({
        ...{ patient, scan, slices: null, fold: 0 },
      }));
      if (items.length === 0)
        throw new HeldoutError(
          'input',
          'No scan has a reference mask to compare with: paint or import masks first.',
        );
      return { ...nothingOpen, split: splitFrom(name, { folds: 2, isHeldOut: true }, items) };
    }
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new HeldoutError('usage', `${basename(file)} cannot be read: check its path.`, String(error));
  }
}

async function readModels(
  project: Project,
  split: Split,
  models: readonly (ModelFolder & { readonly id: string })[],
  { maskFrom, labelMap }: Pick<PredictionsRequest, 'maskFrom' | 'labelMap'>,
  aside: VoxelStore,
  context: JobContext,
  workers: PoolOptions,
): Promise<FoundModel[]> {
  const scansWith = (isWanted: (fold: number | 'locked') => boolean) =>
    new Set(split.items.filter(({ fold }) => isWanted(fold)).map(({ scan }) => scan));
  const target = {
    ...{ project, maskFrom, labelMap: labelMap ?? null, aside, pool: openImportPool(workers) },
    inFolds: scansWith((fold) => fold !== 'locked'),
    locked: scansWith((fold) => fold === 'locked'),
  };
  try {
    const found: FoundModel[] = [];
    for (const { fold, id, folder } of models)
      found.push({ fold, id, ...(await readPredictions(folder, target, context)) });
    return found;
  } finally {
    await target.pool.close();
  }
}

/** Folders in which imports of this process write aside. */
const inUse = new Set<string>();
const ASIDE = '.importing-';

/** Does work with a place on the project's disk that is gone afterwards, and with it what was left by a crash. */
async function withAside<T>(project: Project, work: (aside: VoxelStore) => Promise<T>): Promise<T> {
  const runs = dirname(project.runFolder('any'));
  await mkdir(runs, { recursive: true });
  for (const name of await readdir(runs))
    if (name.startsWith(ASIDE) && !inUse.has(join(runs, name)))
      await rm(join(runs, name), { recursive: true });
  const folder = await mkdtemp(join(runs, ASIDE));
  inUse.add(folder);
  try {
    return await work(new VoxelStore(folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
    inUse.delete(folder);
  }
}

/** Why nothing can be saved: files that cannot be taken, or a model without a single prediction. */
function problemsOf(found: readonly FoundModel[]): LeftOut[] {
  const problems = found.flatMap((model) => model.problems);
  if (problems.length > 0) return problems;
  return found
    .filter(({ predictions }) => predictions.length === 0)
    .flatMap(({ id, leftOut }) => [
      ...leftOut,
      ...(leftOut.length === 0
        ? [{ path: id, reason: 'There are no masks in its folder.', image: true }]
        : []),
    ]);
}

/** Labels that any prediction holds; where none holds any, those of the references. */
function scoredLabels(project: Project, split: Split, predictions: readonly FoundPrediction[]) {
  const inFolds = new Set(split.items.filter(({ fold }) => fold !== 'locked').map(({ scan }) => scan));
  const painted = paintedLabels(project.registry.scans().filter(({ scan }) => inFolds.has(scan)));
  const predicted = [...new Set(predictions.flatMap(({ labels }) => labels))].toSorted((a, b) => a - b);
  const labels = predicted.length > 0 ? predicted : painted;
  return { labels, labelsNotPredicted: painted.filter((label) => !labels.includes(label)) };
}

function describedRun(
  { id, fold, predictions }: FoundModel,
  split: Split,
  labels: number[],
  { name, labelMap }: PredictionsRequest,
): ImportedRun {
  const training = split.items.filter((item) => item.fold !== fold && item.fold !== 'locked');
  return {
    ...{ schema: 'heldout.imported-run/1', id, set: name, split: split.name, fold, labels },
    ...(labelMap === undefined ? {} : { labelMap: Object.fromEntries(labelMap) }),
    importedAt: new Date().toISOString(),
    training: [...new Map(training.map(({ patient, scan }) => [scan, { patient, scan }])).values()],
    predictions: predictions
      .map(({ scan, staged, file }) => ({ scan, voxels: staged.sha256, file }))
      .toSorted((a, b) => (a.scan < b.scan ? -1 : 1)),
  };
}

/**
 * The runs of these that are there already, the same; more folds may be added to a set.
 * @throws HeldoutError `conflict` when one of the names, or the set's, is that of something else
 */
async function presentRuns(
  project: Project,
  set: string,
  runs: readonly ImportedRun[],
): Promise<ReadonlySet<string>> {
  const essence = ({ split, fold, labels, predictions, training }: ImportedRun) =>
    JSON.stringify([split, fold, labels, predictions, training.map(({ scan }) => scan)]);
  const wanted = new Map(runs.map((run) => [run.id, essence(run)]));
  const present = new Set<string>();
  for (const { id, kind } of project.registry.runs()) {
    const own =
      kind !== 'imported'
        ? null
        : await readImportedRun(project.runFolder(id), id).catch((error: unknown) => {
            // A damaged run of another name is in nobody's way.
            if (wanted.has(id)) throw error;
            return null;
          });
    const isSame = own !== null && wanted.get(id) === essence(own);
    const isOfSet = own?.set === set && runs.every(({ split }) => split === own.split);
    if (isSame) present.add(id);
    else if (wanted.has(id) || (own?.set === set && !isOfSet))
      throw new HeldoutError(
        'conflict',
        `There is a run called ${id} already, with other predictions or another split, and a run never changes: choose another name.`,
      );
  }
  return present;
}

async function save(
  project: Project,
  split: Split | null,
  runs: readonly ImportedRun[],
  found: readonly FoundModel[],
): Promise<void> {
  await project.voxels.settle(found.flatMap(({ predictions }) => predictions.map(({ staged }) => staged)));
  for (const run of runs) await writeImportedRun(project.runFolder(run.id), run);
  // Last and together: a folder without a record is nothing, and is written over.
  project.registry.addImported(split, runs.map(recordOf));
}

function recordOf({ id, split, fold, importedAt }: ImportedRun): RunRecord {
  return {
    ...{ id, kind: 'imported', split, fold, state: 'done', createdAt: importedAt },
    ...{ step: 0, seconds: 0, backend: 'imported', reason: null },
  };
}

function countsOf(project: Project, split: Split, { id, fold, predictions }: FoundModel) {
  const { seen, heldOut } = sidesOf(split, fold, splittableScans(project));
  const predicted = new Set(predictions.map(({ scan }) => scan));
  const count = (side: typeof seen) => ({
    scans: side.length,
    predicted: side.filter(({ scan }) => predicted.has(scan)).length,
    patients: new Set(side.map(({ patient }) => patient)).size,
  });
  const missing = (side: typeof seen) => side.map(({ scan }) => scan).filter((scan) => !predicted.has(scan));
  const counts = { seen: count(seen), heldOut: count(heldOut) };
  return {
    ...{ run: id, fold, ...counts },
    missing: [...missing(heldOut), ...(counts.seen.predicted > 0 ? missing(seen) : [])],
  };
}
