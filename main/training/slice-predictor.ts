import type { RunConfig } from '#src/contracts/documents/run';
import { intensityTable, NO_INTENSITY_CHANGE } from '#src/models/intensity';
import { inputSize, labelsFromProbabilities } from '#src/models/prediction';
import { centredTransform, sampleImage } from '#src/models/slice-sampler';
import type { TrainingScan } from '#src/models/training-data';
import { sizeMultiple } from '#src/models/unet';
import type { Network } from './network';

/** Pixels that go through the network at once. */
const BATCH_PIXELS = 1 << 19;
const BATCH_SLICES = 8;

/**
 * Predicts whole slices of one scan.
 *
 * @returns for each entry of `slices`, the label number of every pixel in the scan's own grid, row-major, one
 *   slice after the other
 */
export function predictSlices(
  network: Network,
  config: Pick<RunConfig, 'targetSpacing' | 'labels'>,
  scan: TrainingScan,
  slices: readonly number[],
  onSlices: (done: number) => void = () => undefined,
): Uint8Array<ArrayBuffer> {
  const { model } = network.layout;
  const input = inputSize(scan, scan.spacing, config.targetSpacing, sizeMultiple(model));
  const transform = centredTransform(scan, scan.spacing, input, config.targetSpacing);
  const table = intensityTable(scan.scale, NO_INTENSITY_CHANGE);
  const inputPixels = input.width * input.height;
  const slicePixels = scan.width * scan.height;
  const together = Math.max(1, Math.min(BATCH_SLICES, Math.floor(BATCH_PIXELS / inputPixels)));
  const out = new Uint8Array(slices.length * slicePixels);

  for (let first = 0; first < slices.length; first += together) {
    const chunk = slices.slice(first, first + together);
    const images = new Float32Array(chunk.length * inputPixels);
    chunk.forEach((k, index) => {
      const view = { samples: scan.samples, offset: k * slicePixels, width: scan.width, height: scan.height };
      sampleImage(view, transform, input, scan.scale, table, images, index * inputPixels);
    });
    const probabilities = network.predict(images, [
      chunk.length,
      input.height,
      input.width,
      model.inChannels,
    ]);
    chunk.forEach((_, index) => {
      labelsFromProbabilities(
        probabilities,
        index * inputPixels * model.classes,
        input,
        model.classes,
        scan,
        scan.spacing,
        config.targetSpacing,
        config.labels,
        out,
        (first + index) * slicePixels,
      );
    });
    onSlices(first + chunk.length);
  }
  return out;
}
