import type { ModelConfig, RunConfig } from '#src/contracts/documents/run';
import { DEFAULT_AUGMENTATION } from './augmentation';
import { sizeMultiple } from './unet';

/** What the default plan is made from: one entry for each training scan. */
export interface PlannedScan {
  readonly width: number;
  readonly height: number;
  /** In-plane [x, y] in mm. */
  readonly spacing: readonly [number, number];
  /** Slices that may be trained on. */
  readonly slices: number;
}

/** The part of a run's config that follows from the data. */
export type Plan = Pick<
  RunConfig,
  'model' | 'batch' | 'patch' | 'targetSpacing' | 'augmentation' | 'foregroundShare'
> & { readonly learningRate: number; readonly stepsPerEpoch: number };

const BATCH = 8;
const BASE_CHANNELS = 16;
const DEPTH = 4;
/** See docs/decisions/003: more steps on smaller patches learn more in the same time. */
const LARGEST_PATCH = 128;
const EPOCH_STEPS = [10, 250] as const;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/**
 * The default plan: target spacing = median in-plane spacing, patch = median size at that spacing rounded up to what
 * the depth allows and capped, fixed batch and width.
 *
 * @param labels number of labels, background not counted
 * @throws RangeError when `scans` is empty
 */
export function defaultPlan(scans: readonly PlannedScan[], labels: number): Plan {
  if (scans.length === 0) throw new RangeError('a plan needs scans');
  const model: ModelConfig = {
    base: BASE_CHANNELS,
    depth: DEPTH,
    norm: 'batch',
    classes: labels + 1,
    inChannels: 1,
  };
  const targetSpacing = [0, 1].map((axis) => median(scans.map((scan) => scan.spacing[axis] ?? 1)));
  const [x = 1, y = 1] = targetSpacing;
  const multiple = sizeMultiple(model);
  const side = (sizes: readonly number[]) =>
    Math.min(LARGEST_PATCH, Math.max(2 * multiple, Math.ceil(median(sizes) / multiple) * multiple));
  const slices = scans.reduce((sum, scan) => sum + scan.slices, 0);
  return {
    model,
    batch: BATCH,
    patch: [
      side(scans.map((scan) => (scan.height * scan.spacing[1]) / y)),
      side(scans.map((scan) => (scan.width * scan.spacing[0]) / x)),
    ],
    targetSpacing: [x, y],
    augmentation: DEFAULT_AUGMENTATION,
    foregroundShare: 0.5,
    learningRate: 2e-3,
    stepsPerEpoch: Math.min(EPOCH_STEPS[1], Math.max(EPOCH_STEPS[0], Math.ceil(slices / BATCH))),
  };
}
