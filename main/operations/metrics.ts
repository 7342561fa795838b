import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { MetricsDocument, MetricsPair } from '#src/contracts/documents/metrics';
import { HeldoutError, toFailure } from '#src/contracts/failure';
import { sameGrid, spacingOf, type Geometry } from '#src/imaging/geometry';
import type { Samples } from '#src/imaging/volume';
import { compareMasks, type SurfaceConvention } from '#src/metrics/compare-masks';
import { summarise } from '#src/statistics/summary';
import { throwIfCancelled, type JobContext } from '#main/jobs/context';
import { readNifti } from '#main/nifti/read-nifti';

export interface MeasureOptions {
  /** Tolerances of NSD in mm. */
  readonly tolerances: readonly number[];
  readonly convention: SurfaceConvention;
}

const MASK_FILE = /\.nii(\.gz)?$/iu;

/**
 * Measures predictions against references: two NIfTI masks, or two folders of them matched by relative name (the ending
 * .nii or .nii.gz does not matter).
 *
 * @throws HeldoutError `input` when a single pair cannot be measured (both grids are named when they differ), `usage`
 *   when one is a file and the other a folder. In folders a bad pair is listed under `failed` instead.
 */
export async function measureMasks(
  reference: string,
  prediction: string,
  options: MeasureOptions,
  context: JobContext,
): Promise<MetricsDocument> {
  const [isFolder, isOtherFolder] = [await isDirectory(reference), await isDirectory(prediction)];
  if (isFolder !== isOtherFolder)
    throw new HeldoutError('usage', 'Give two NIfTI files or two folders, not one of each.');
  if (!isFolder) {
    const pair = await measurePair(reference, prediction, options);
    return documentOf([pair], [], [], options.convention);
  }
  const [references, predictions] = [await masksBelow(reference), await masksBelow(prediction)];
  const matched = [...references.keys()].filter((name) => predictions.has(name)).sort();
  const unmatched = [
    ...[...references].filter(([name]) => !predictions.has(name)).map(([, file]) => join(reference, file)),
    ...[...predictions].filter(([name]) => !references.has(name)).map(([, file]) => join(prediction, file)),
  ].sort();
  const pairs: MetricsPair[] = [];
  const failed: MetricsDocument['failed'] = [];
  for (const [index, name] of matched.entries()) {
    throwIfCancelled(context);
    context.report({ done: index, total: matched.length, unit: 'pairs', message: 'measuring' });
    const files = [
      join(reference, references.get(name) ?? ''),
      join(prediction, predictions.get(name) ?? ''),
    ] as const;
    try {
      pairs.push(await measurePair(files[0], files[1], options));
    } catch (error) {
      failed.push({ pair: references.get(name) ?? name, reason: toFailure(error).sentence });
    }
  }
  return documentOf(pairs, unmatched, failed, options.convention);
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    throw new HeldoutError('input', `${path} does not exist: check the path.`);
  }
}

/** NIfTI files below a folder: name without ending to relative path. */
async function masksBelow(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && MASK_FILE.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  return new Map(files.map((file) => [file.replace(MASK_FILE, ''), file]));
}

async function measurePair(
  reference: string,
  prediction: string,
  options: MeasureOptions,
): Promise<MetricsPair> {
  const [a, b] = [await readMask(reference), await readMask(prediction)];
  if (!sameGrid(a.geometry, b.geometry))
    throw new HeldoutError(
      'input',
      `${basename(reference)} and ${basename(prediction)} have different grids: ${describeGrid(a.geometry)} against ` +
        `${describeGrid(b.geometry)}. Resample one to the other first.`,
    );
  const spacing = spacingOf(a.geometry);
  const grid = { ...a.geometry, spacing, twoDimensional: a.twoDimensional };
  return {
    reference,
    prediction,
    spacing: a.twoDimensional ? spacing.slice(0, 2) : [...spacing],
    ...compareMasks(a.labels, b.labels, grid, options),
  };
}

async function readMask(path: string) {
  const { volumes, twoDimensional } = await readNifti(path);
  const [volume, ...more] = volumes;
  if (volume === undefined || more.length > 0)
    throw new HeldoutError(
      'input',
      `${basename(path)} holds ${volumes.length} volumes: a mask has exactly one.`,
    );
  return { geometry: volume.geometry, twoDimensional, labels: labelsOf(volume.samples, basename(path)) };
}

/** Samples as label numbers. @throws HeldoutError `input` when one is not a whole number from 0 to 255 */
function labelsOf(samples: Samples, name: string): Uint8Array {
  const labels = Uint8Array.from(samples);
  const wrong = samples.findIndex((value, index) => value !== labels[index]);
  if (wrong >= 0)
    throw new HeldoutError(
      'input',
      `${name} is no mask: it holds ${samples[wrong]}, and labels are whole numbers from 0 to 255.`,
    );
  return labels;
}

function describeGrid(geometry: Geometry): string {
  const spacing = spacingOf(geometry).map((value) => Number(value.toFixed(4)));
  const origin = [geometry.affine[3], geometry.affine[7], geometry.affine[11]].map((value) =>
    (value ?? 0).toFixed(1),
  );
  return `${geometry.dims.join(' x ')} voxels of ${spacing.join(' x ')} mm at (${origin.join(', ')}) mm LPS`;
}

/** Metrics that are summed up over pairs, by name. */
const SUMMARISED = [
  'dice',
  'iou',
  'sensitivity',
  'precision',
  'volumeDifferenceMl',
  'falsePositiveMl',
  'falseNegativeMl',
  'hd95Mm',
  'hdMm',
  'assdMm',
] as const;

function documentOf(
  pairs: MetricsPair[],
  unmatched: string[],
  failed: MetricsDocument['failed'],
  convention: SurfaceConvention,
): MetricsDocument {
  const labels = [...new Set(pairs.flatMap((pair) => Object.keys(pair.labels)))].sort(
    (a, b) => Number(a) - Number(b),
  );
  const summary = labels.map((label) => {
    const measured = pairs.flatMap((pair) => pair.labels[label] ?? []);
    const tolerances = Object.keys(measured[0]?.nsd ?? {});
    const sumUp = (values: (number | null)[]) => {
      const { mean, median, n, undefined: missing } = summarise(values);
      return { mean, median, n, undefined: missing };
    };
    return [
      label,
      {
        ...Object.fromEntries(
          SUMMARISED.map((name) => [name, sumUp(measured.map((metrics) => metrics[name]))]),
        ),
        ...Object.fromEntries(
          tolerances.map((tolerance) => [
            `nsd.${tolerance}`,
            sumUp(measured.map((metrics) => metrics.nsd[tolerance] ?? null)),
          ]),
        ),
      },
    ] as const;
  });
  return {
    schema: 'heldout.metrics/1',
    convention,
    pairs,
    unmatched,
    failed,
    summary: Object.fromEntries(summary),
  };
}
