import type { ConfusionMatrix, LabelMetrics } from '#src/contracts/documents/metrics';
import type { Dims, Vector3 } from '#src/imaging/geometry';
import { countComponents } from './components';
import { confusionOf, labelsIn } from './confusion';
import { cropToLabel, type CroppedPair } from './crop';
import { surfelSurface, voxelSurface } from './surface';
import {
  areaWithin,
  directedDistances,
  meanDistance,
  percentileDistance,
  robustDistance,
} from './surface-distances';

/** How surface distances are measured; see docs of {@link surfelSurface} and {@link voxelSurface}. */
export type SurfaceConvention = 'surfel' | 'voxel';

/** The grid that both masks fill. */
export interface MaskGrid {
  readonly dims: Dims;
  /** [x, y, z] in mm. */
  readonly spacing: Vector3;
  /** false: there are no millimetres; distances and volumes are undefined. */
  readonly calibrated: boolean;
  /** A 2-D image is measured in its plane and has no volume. */
  readonly twoDimensional: boolean;
}

export interface CompareOptions {
  /** Labels to measure; by default all that either mask holds. */
  readonly labels?: readonly number[];
  /** Tolerances of NSD in mm. */
  readonly tolerances?: readonly number[];
  readonly convention?: SurfaceConvention;
}

/**
 * Compares a prediction with its reference, label by label: overlap, volumes in mL, surface distances in mm, and the
 * label confusion. What does not exist is null with the reason in `undefined`.
 *
 * Both masks empty: undefined and a true negative. Reference empty, prediction not (or the other way round): Dice, IoU
 * and NSD are 0, distances are undefined. Surfel convention after DeepMind's surface-distance (Nikolov et al. 2021,
 * J Med Internet Res 23:e26151); voxel convention after MetricsReloaded (Maier-Hein et al. 2024, Nat Methods 21:195).
 *
 * @throws RangeError when the masks do not fill the grid
 */
export function compareMasks(
  reference: Uint8Array,
  prediction: Uint8Array,
  grid: MaskGrid,
  options: CompareOptions = {},
): { labels: Record<string, LabelMetrics>; confusion: ConfusionMatrix } {
  const count = grid.dims[0] * grid.dims[1] * grid.dims[2];
  if (reference.length !== count || prediction.length !== count)
    throw new RangeError('the masks do not fill the grid');
  const labels = options.labels ?? labelsIn(reference, prediction).filter((label) => label !== 0);
  return {
    labels: Object.fromEntries(
      labels.map((label) => [String(label), labelMetricsOf(reference, prediction, grid, label, options)]),
    ),
    confusion: confusionOf(reference, prediction, [0, ...labels.filter((label) => label !== 0)]),
  };
}

function labelMetricsOf(
  reference: Uint8Array,
  prediction: Uint8Array,
  grid: MaskGrid,
  label: number,
  options: CompareOptions,
): LabelMetrics {
  const pair = cropToLabel(reference, prediction, grid.dims, label);
  const count = (mask: Uint8Array) => mask.reduce((sum, value) => sum + value, 0);
  const inReference = pair === null ? 0 : count(pair.reference);
  const inPrediction = pair === null ? 0 : count(pair.prediction);
  const both =
    pair === null
      ? 0
      : pair.reference.reduce((sum, value, at) => sum + (value & (pair.prediction[at] ?? 0)), 0);
  const reasons: Record<string, string> = {};
  /** A value, or null with the reason why there is none. */
  const unless = (name: string, reason: string | null, value: () => number) => {
    if (reason === null) return value();
    reasons[name] = reason;
    return null;
  };

  const empty =
    inReference + inPrediction === 0
      ? 'both empty'
      : inReference === 0
        ? 'reference empty'
        : inPrediction === 0
          ? 'prediction empty'
          : null;
  const bothEmpty = empty === 'both empty' ? empty : null;
  const noMl = grid.twoDimensional ? 'two-dimensional' : grid.calibrated ? null : 'uncalibrated';
  const noMm = grid.calibrated ? null : 'uncalibrated';
  const mlOf = (voxels: number) => (voxels * grid.spacing[0] * grid.spacing[1] * grid.spacing[2]) / 1000;
  const tolerances = options.tolerances ?? [1, 2];
  const surface =
    pair === null || empty !== null || noMm !== null
      ? null
      : surfaceMetrics(pair, grid, tolerances, options.convention ?? 'surfel');
  const distance = (name: string, value: number | undefined) =>
    unless(name, empty ?? noMm, () => value ?? Number.NaN);

  return {
    dice: unless('dice', bothEmpty, () => (2 * both) / (inReference + inPrediction)),
    iou: unless('iou', bothEmpty, () => both / (inReference + inPrediction - both)),
    sensitivity: unless('sensitivity', inReference === 0 ? empty : null, () => both / inReference),
    precision: unless('precision', inPrediction === 0 ? empty : null, () => both / inPrediction),
    volumeReferenceMl: unless('volumeReferenceMl', noMl, () => mlOf(inReference)),
    volumePredictionMl: unless('volumePredictionMl', noMl, () => mlOf(inPrediction)),
    volumeDifferenceMl: unless('volumeDifferenceMl', noMl, () => mlOf(inPrediction - inReference)),
    falsePositiveMl: unless('falsePositiveMl', noMl, () => mlOf(inPrediction - both)),
    falseNegativeMl: unless('falseNegativeMl', noMl, () => mlOf(inReference - both)),
    componentsReference: pair === null ? 0 : countComponents(pair.reference, pair.dims),
    componentsPrediction: pair === null ? 0 : countComponents(pair.prediction, pair.dims),
    hd95Mm: distance('hd95Mm', surface?.hd95),
    hdMm: distance('hdMm', surface?.hd),
    assdMm: distance('assdMm', surface?.assd),
    nsd: Object.fromEntries(
      tolerances.map((tolerance, index) => [
        String(tolerance),
        unless(`nsd.${tolerance}`, bothEmpty ?? noMm, () =>
          empty === null ? (surface?.nsd[index] ?? Number.NaN) : 0,
        ),
      ]),
    ),
    trueNegative: empty === 'both empty',
    undefined: reasons,
  };
}

function surfaceMetrics(
  pair: CroppedPair,
  grid: MaskGrid,
  tolerances: readonly number[],
  convention: SurfaceConvention,
): { hd95: number; hd: number; assd: number; nsd: number[] } {
  const surfaceOf = (mask: Uint8Array) =>
    convention === 'surfel'
      ? surfelSurface(mask, pair.dims, grid.spacing, grid.twoDimensional)
      : voxelSurface(mask, pair.dims, grid.twoDimensional);
  const reference = surfaceOf(pair.reference);
  const prediction = surfaceOf(pair.prediction);
  const directions = [
    directedDistances(reference, prediction, grid.spacing),
    directedDistances(prediction, reference, grid.spacing),
  ] as const;
  const largest = (measure: (direction: (typeof directions)[number]) => number) =>
    Math.max(...directions.map(measure));
  const [forward, backward] = directions;
  return {
    hd95: largest((direction) =>
      convention === 'surfel' ? robustDistance(direction, 0.95) : percentileDistance(direction, 0.95),
    ),
    hd: largest(({ distances }) => distances.at(-1) ?? Number.NaN),
    assd:
      convention === 'surfel'
        ? (meanDistance(forward) + meanDistance(backward)) / 2
        : (meanDistance(forward) * forward.distances.length +
            meanDistance(backward) * backward.distances.length) /
          (forward.distances.length + backward.distances.length),
    nsd: tolerances.map((tolerance) => {
      const [a, b] = [areaWithin(forward, tolerance), areaWithin(backward, tolerance)];
      return (a.within + b.within) / (a.total + b.total);
    }),
  };
}
