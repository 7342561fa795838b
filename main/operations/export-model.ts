import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { ModelDocument } from '#src/contracts/documents/model';
import type { RunConfig } from '#src/contracts/documents/run';
import { INTENSITY_CLIP, INTENSITY_STEPS, MOST_SAMPLES } from '#src/models/intensity';
import { onnxFile } from '#src/models/onnx/onnx-file';
import { ONNX_INPUT, ONNX_OUTPUT, unetGraph } from '#src/models/onnx/unet-graph';
import { sizeMultiple, unetLayout } from '#src/models/unet';
import { modelReadme } from '#main/export/model/model-readme';
import { PREDICT_PROGRAM } from '#main/export/model/predict-program';
import { writeFileAtomic } from '#main/store/atomic-file';
import type { Project } from '#main/store/project';
import { readModelFile, type ModelFile } from '#main/training/model-file';
import { readRunConfig } from '#main/training/run-folder';
import { trainedModel } from './trained-model';

/** The network's file in the folder. */
const FILE = 'model.onnx';

/** What an export wrote. */
export interface ExportedModel {
  /** Paths, the network first. */
  readonly files: readonly string[];
  readonly model: ModelDocument;
}

/**
 * Writes a run's network for other programs into `folder`, which is made where it is missing: `model.onnx`, `model.json`
 * (how a scan becomes its input and its output a mask, and where the weights come from), `predict.py`, which carries that
 * out, and `README.md`. The same run gives the same bytes. Patients go by their codes.
 *
 * @throws HeldoutError as {@link trainedModel}, `input` when its files are damaged,
 *   `resource` when a file cannot be written
 */
export async function exportModel(project: Project, run: string, folder: string): Promise<ExportedModel> {
  const { folder: runFolder, weights } = trainedModel(project, run);
  const config = await readRunConfig(runFolder);
  const stored = await readModelFile(weights);
  const layout = unetLayout(config.model);
  const { state } = stored;
  const network = onnxFile(
    unetGraph(layout, state.weights, state.statistics),
    { name: 'Heldout', version: packageJson.version },
    { run, description: 'How to use it: model.json beside this file.' },
  );
  const hashes = { file: hashOf(network), weights: hashOf(await readFile(weights)) };
  const model = modelDocumentOf(project, config, stored, hashes);
  await mkdir(folder, { recursive: true });
  const files: (readonly [string, string | Uint8Array])[] = [
    [FILE, network],
    ['model.json', `${JSON.stringify(model, null, 2)}\n`],
    ['predict.py', PREDICT_PROGRAM],
    ['README.md', modelReadme(model)],
  ];
  for (const [name, content] of files) await writeFileAtomic(join(folder, name), content);
  return { files: files.map(([name]) => join(folder, name)), model };
}

function modelDocumentOf(
  project: Project,
  config: RunConfig,
  { header, state }: ModelFile,
  sha256: ModelDocument['sha256'],
): ModelDocument {
  const { model, labels, training } = config;
  const names = new Map(project.labels().map(({ label, name }) => [label, name]));
  const trained = new Set(training.map(({ patient }) => patient));
  const dealt = config.split === null ? [] : project.registry.split(config.split).items;
  const others = [...dealt, ...config.probes.heldOut].map(({ patient }) => patient);
  return {
    schema: 'heldout.model/1',
    run: config.id,
    file: FILE,
    format: 'onnx',
    sha256,
    network: { kind: '2-D U-Net', ...model, parameters: state.weights.length },
    input: {
      name: ONNX_INPUT,
      type: 'float32',
      axes: ['batch', 'channel', 'row', 'column'],
      channels: model.inChannels,
      multipleOf: sizeMultiple(model),
    },
    output: {
      name: ONNX_OUTPUT,
      type: 'float32',
      classes: [
        { label: 0, name: 'background' },
        ...labels.map((label) => ({ label, name: names.get(label) ?? `label ${label}` })),
      ],
    },
    preprocessing: {
      sliceAxis: 'k',
      intensity: {
        clipQuantiles: [...INTENSITY_CLIP],
        mostSamples: MOST_SAMPLES,
        normalisation: 'z-score',
        steps: INTENSITY_STEPS,
      },
      resampling: { spacing: config.targetSpacing, interpolation: 'bilinear', outside: 'low' },
    },
    postprocessing: { interpolation: 'bilinear', keepLargest: config.keepLargest },
    training: {
      split: config.split,
      fold: config.fold,
      seed: config.seed,
      steps: header.step,
      seconds: header.seconds,
      precision: config.precision,
      batch: config.batch,
      patch: config.patch,
      schedule: config.schedule,
      augmentation: config.augmentation,
      patients: [...trained].sort(),
      scans: new Set(training.map(({ scan }) => scan)).size,
      heldOut: [...new Set(others.filter((patient) => !trained.has(patient)))].sort(),
      versions: config.versions,
    },
  };
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
