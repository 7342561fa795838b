import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LeftOut } from '#src/contracts/documents/import';
import { HeldoutError } from '#src/contracts/failure';
import { eachVolume, type LoadedVolume } from '#main/dicom/load-volumes';
import { throwIfCancelled, type JobContext } from '#main/jobs/context';
import type { Launcher } from '#main/jobs/launcher';
import { writeNifti } from '#main/nifti/write-nifti';
import type { Project } from '#main/store/project';
import { readVoxelFile, writeVoxelFile } from '#main/store/voxel-file';
import type { PredictionOrder } from '#main/training/messages';
import { readImportedRun } from '#main/training/imported-run';
import { readModelHeader } from '#main/training/model-file';
import { readRunConfig, runFiles, weightsFile } from '#main/training/run-folder';
import { TrainingSession } from '#main/training/training-session';
import { isNamedAsMask } from './import-naming';

/**
 * Predicts scans of the project with a run's weights, each in its own grid; what the same weights have predicted
 * before is not done again. Of predictions that were made elsewhere there are those that were imported.
 *
 * @param scans names of scans
 * @returns path of a uint8 voxel file for each name; of an imported run for those only that it came with
 * @throws HeldoutError `not-found` for an unknown run or scan or a run without weights, `resource`, `cancelled`
 */
export async function predictScans(
  project: Project,
  run: string,
  scans: readonly string[],
  context: JobContext,
  launcher: Launcher,
): Promise<Map<string, string>> {
  const record = project.registry.run(run);
  const folder = project.runFolder(record.id);
  if (record.kind === 'imported') return importedPredictions(project, folder, run, scans);
  const { step } = await readModelHeader(requireWeights(folder, run));
  // Weights of another step make other predictions.
  const cache = join(runFiles(folder).predictions, `step-${step}`);
  const orders: PredictionOrder[] = [];
  const paths = new Map<string, string>();
  for (const name of scans) {
    const scan = project.registry.scanNamed(name);
    const out = join(cache, `${scan.id}.hvx`);
    paths.set(name, out);
    if (!existsSync(out)) orders.push({ voxels: project.voxels.path(scan.voxels), out });
  }
  if (orders.length > 0) {
    await mkdir(cache, { recursive: true });
    await predictOrders(folder, orders, context, launcher);
  }
  return paths;
}

async function importedPredictions(
  project: Project,
  folder: string,
  run: string,
  scans: readonly string[],
): Promise<Map<string, string>> {
  const { predictions } = await readImportedRun(folder, run);
  const wanted = new Set(scans);
  return new Map(
    predictions.flatMap(({ scan, voxels }) =>
      wanted.has(scan) ? [[scan, project.voxels.path(voxels)] as const] : [],
    ),
  );
}

/** What `predictPaths` wrote and what it could not read. */
export interface PredictDocument {
  /** Relative to the output folder, with `/`. */
  readonly files: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Predicts any DICOM or NIfTI below `paths` and writes one NIfTI mask per volume, in the volume's own grid. NIfTI inputs
 * keep their path relative to the path given; DICOM volumes are called `<patient>_<series>_<phase>.nii.gz`, where a
 * sealed project gives the patient's code, and `new-1`, `new-2`, … to patients that it does not have. NIfTI files that
 * are named as masks are left out.
 *
 * @throws HeldoutError `not-found`, `input` for a path that does not exist, `resource`, `cancelled`
 */
export async function predictPaths(
  project: Project,
  run: string,
  paths: readonly string[],
  out: string,
  context: JobContext,
  launcher: Launcher,
): Promise<PredictDocument> {
  const record = project.registry.run(run);
  const folder = project.runFolder(record.id);
  if (record.kind === 'imported')
    throw new HeldoutError(
      'usage',
      `The predictions of ${run} were made elsewhere, so there is no model here that could predict more: predict with the program that made them.`,
    );
  requireWeights(folder, run);
  const scratch = await mkdtemp(join(tmpdir(), 'heldout-predict-'));
  try {
    const codeOf = patientCodes(project);
    const leftOut: LeftOut[] = [];
    const names: string[] = [];
    const orders: PredictionOrder[] = [];
    for await (const item of eachVolume(paths, context)) {
      if ('leftOut' in item) {
        leftOut.push(item.leftOut);
        continue;
      }
      if (item.volume.format === 'nifti' && isNamedAsMask({ root: '', path: item.volume.sourcePath })) {
        leftOut.push({ path: item.volume.sourcePath, reason: 'It is a mask by its name.', image: false });
        continue;
      }
      const voxels = join(scratch, `${orders.length}.hvx`);
      await writeVoxelFile(voxels, item.volume.volume);
      names.push(freeName(nameOf(item.volume, codeOf(item.volume.patientKey)), names));
      orders.push({ voxels, out: join(scratch, `${orders.length}-labels.hvx`) });
    }
    if (orders.length > 0) await predictOrders(folder, orders, context, launcher);
    for (const [index, order] of orders.entries()) {
      const target = join(out, names[index] ?? '');
      await mkdir(dirname(target), { recursive: true });
      await writeNifti(target, await readVoxelFile(order.out));
    }
    return { files: names, leftOut };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Runs one prediction process over all orders: reads each voxel file and writes its labels.
 * @throws HeldoutError `resource`, `cancelled`
 */
export async function predictOrders(
  folder: string,
  orders: readonly PredictionOrder[],
  context: JobContext,
  launcher: Launcher,
): Promise<void> {
  throwIfCancelled(context);
  const { threads } = await readRunConfig(folder);
  const report = (done: number) => {
    context.report({ done, total: orders.length, unit: 'scans', message: 'Predicting' });
  };
  report(0);
  const session = new TrainingSession(launcher, ['predict', folder], threads, (message) => {
    if (message.type === 'predicted') report(message.done);
  });
  session.obey(context.signal);
  session.predict(orders);
  const end = await session.ended;
  if (end.state === 'failed') {
    const { code, sentence, details } = end.failure;
    throw new HeldoutError(code, sentence, details);
  }
  throwIfCancelled(context);
  if (end.state === 'stopped')
    throw new HeldoutError('cancelled', 'The prediction was stopped before it was complete: start it again.');
}

function requireWeights(folder: string, run: string): string {
  const file = weightsFile(folder);
  if (file === null)
    throw new HeldoutError('not-found', `Run ${run} has no weights yet: train it for a while first.`);
  return file;
}

/** What stands for a patient in a file name: the PatientID in a plain project only. */
function patientCodes(project: Project): (patientKey: string) => string {
  if (project.summary().identities === 'plain') return (patientKey) => patientKey;
  const unknown: string[] = [];
  return (patientKey) => {
    const code = project.registry.patientCalled(patientKey);
    if (code !== null) return code;
    if (!unknown.includes(patientKey)) unknown.push(patientKey);
    return `new-${unknown.indexOf(patientKey) + 1}`;
  };
}

function nameOf(volume: LoadedVolume, patient: string): string {
  const phase = volume.phase ?? 0;
  if (volume.format === 'nifti') {
    const stem = volume.sourcePath.replace(/\.nii(\.gz)?$/iu, '');
    // A file with several time points gives one mask for each.
    return volume.phase === null ? volume.sourcePath : `${stem}_${phase}.nii.gz`;
  }
  return `${[patient, volume.seriesNumber ?? 0, phase].map((part) => safe(String(part))).join('_')}.nii.gz`;
}

function safe(part: string): string {
  return part.replace(/[^\p{L}\p{N}.-]+/gu, '-').replace(/^[.-]+/u, '');
}

function freeName(name: string, taken: readonly string[]): string {
  for (let copy = 1; ; copy++) {
    const candidate = copy === 1 ? name : name.replace(/(\.nii(\.gz)?)?$/iu, `_${copy}$1`);
    if (!taken.includes(candidate)) return candidate;
  }
}
