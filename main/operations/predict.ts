import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LeftOut } from '#src/contracts/documents/import';
import type { RunConfig } from '#src/contracts/documents/run';
import { HeldoutError } from '#src/contracts/failure';
import { diceOf, meanDefined } from '#src/experiments/probe-score';
import type { Geometry } from '#src/imaging/geometry';
import type { Volume } from '#src/imaging/volume';
import { confusionOf } from '#src/metrics/confusion';
import { keepLargestComponent } from '#src/models/components';
import { voteOf } from '#src/models/vote';
import { eachVolume, type LoadedVolume } from '#main/dicom/load-volumes';
import { throwIfCancelled, type JobContext } from '#main/jobs/context';
import type { Launcher } from '#main/jobs/launcher';
import { writeNifti } from '#main/nifti/write-nifti';
import type { Project } from '#main/store/project';
import { readVoxelFile, writeVoxelFile } from '#main/store/voxel-file';
import type { PredictionOrder } from '#main/training/messages';
import { readImportedRun } from '#main/training/imported-run';
import { readModelHeader } from '#main/training/model-file';
import { readRunConfig, runFiles } from '#main/training/run-folder';
import { TrainingSession } from '#main/training/training-session';
import { isNamedAsMask } from './import-naming';
import { trainedModel } from './trained-model';

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
  const { step } = await readModelHeader(trainedModel(project, run).weights);
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
  /** How far several runs agree: for each of `files`, the map of where they do not, and for each label the mean Dice
   *  of every two runs, null where no two hold it. */
  readonly agreement?: readonly {
    readonly file: string;
    readonly disagreement: string;
    readonly dice: Readonly<Record<string, number | null>>;
  }[];
}

/**
 * Predicts any DICOM or NIfTI below `paths` and writes one NIfTI mask per volume, in the volume's own grid. NIfTI inputs
 * keep their path relative to the path given; DICOM volumes are called `<patient>_<series>_<phase>.nii.gz`, where a
 * sealed project gives the patient's code, and `new-1`, `new-2`, … to patients that it does not have. NIfTI files that
 * are named as masks are left out.
 *
 * Several runs vote: a voxel gets the label that most of them give, of equals that of the run named first, and below
 * `disagreement/` lies under the same name the share of the runs that see it otherwise.
 *
 * @param runs at least one
 * @throws HeldoutError `not-found`, `usage` for a run named twice or runs that learn different labels, `input` for a path
 *   that does not exist, `resource`, `cancelled`
 */
export async function predictPaths(
  project: Project,
  runs: readonly string[],
  paths: readonly string[],
  out: string,
  context: JobContext,
  launcher: Launcher,
): Promise<PredictDocument> {
  const voters = await votersOf(project, runs);
  const scratch = await mkdtemp(join(tmpdir(), 'heldout-predict-'));
  try {
    const codeOf = patientCodes(project);
    const leftOut: LeftOut[] = [];
    const names: string[] = [];
    const inputs: string[] = [];
    for await (const item of eachVolume(paths, context)) {
      if ('leftOut' in item) {
        leftOut.push(item.leftOut);
        continue;
      }
      if (item.volume.format === 'nifti' && isNamedAsMask({ root: '', path: item.volume.sourcePath })) {
        leftOut.push({ path: item.volume.sourcePath, reason: 'It is a mask by its name.', image: false });
        continue;
      }
      const voxels = join(scratch, `${inputs.length}.hvx`);
      await writeVoxelFile(voxels, item.volume.volume);
      names.push(freeName(nameOf(item.volume, codeOf(item.volume.patientKey)), names));
      inputs.push(voxels);
    }
    const labelsOf = (voxels: string, voter: number) => `${voxels}.${voter}.hvx`;
    if (inputs.length > 0)
      for (const [voter, { folder }] of voters.entries()) {
        const orders = inputs.map((voxels) => ({ voxels, out: labelsOf(voxels, voter) }));
        await predictOrders(folder, orders, context, launcher);
      }
    const agreement: NonNullable<PredictDocument['agreement']>[number][] = [];
    for (const [index, voxels] of inputs.entries()) {
      const file = names[index] ?? '';
      const masks: Uint8Array[] = [];
      for (const voter of voters.keys()) {
        const mask = await readVoxelFile(labelsOf(voxels, voter));
        if (voters.length === 1) await writeMask(join(out, file), mask);
        masks.push(Uint8Array.from(mask.samples));
      }
      if (voters.length === 1) continue;
      const { geometry } = await readVoxelFile(voxels);
      const { labels, disagreement, dice } = voteOfRuns(voters, geometry, masks);
      await writeMask(join(out, file), labels);
      await writeMask(join(out, 'disagreement', file), disagreement);
      agreement.push({ file, disagreement: `disagreement/${file}`, dice });
    }
    return { files: names, leftOut, ...(voters.length === 1 ? {} : { agreement }) };
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

interface Voter {
  readonly folder: string;
  readonly config: RunConfig;
}

async function votersOf(project: Project, runs: readonly string[]): Promise<Voter[]> {
  const voters: Voter[] = [];
  for (const [index, run] of runs.entries()) {
    const { folder } = trainedModel(project, run);
    const config = await readRunConfig(folder);
    if (runs.indexOf(run) !== index)
      throw new HeldoutError('usage', `Run ${run} is named twice: each run has one vote.`);
    const known = voters[0]?.config;
    if (known !== undefined && String(known.labels) !== String(config.labels))
      throw new HeldoutError(
        'usage',
        `Run ${run} learned the labels ${config.labels.join(', ')}, ${known.id} ${known.labels.join(', ')}: only runs with the same labels can vote.`,
      );
    voters.push({ folder, config });
  }
  return voters;
}

/** The vote, cleaned of what every one of the runs cleans its own masks of, and how far the runs agree. */
function voteOfRuns(
  voters: readonly Voter[],
  geometry: Geometry,
  masks: readonly Uint8Array[],
): { labels: Volume; disagreement: Volume; dice: Record<string, number | null> } {
  const { labels, disagreement } = voteOf(masks);
  const known = voters[0]?.config.labels ?? [];
  for (const label of known)
    if (voters.every(({ config }) => config.keepLargest.includes(label)))
      keepLargestComponent(labels, geometry.dims, label);
  const pairs = masks.flatMap((a, index) =>
    masks.slice(index + 1).map((b) => confusionOf(a, b, [0, ...known])),
  );
  const agreed = (label: number) => meanDefined(pairs.map((pair) => diceOf(pair, label)));
  return {
    labels: { geometry, samples: labels },
    disagreement: { geometry, samples: disagreement },
    dice: Object.fromEntries(known.map((label) => [String(label), agreed(label)])),
  };
}

async function writeMask(path: string, volume: Volume): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeNifti(path, volume);
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
