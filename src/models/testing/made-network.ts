import type { ModelConfig } from '#src/contracts/documents/run';
import { unetLayout } from '../unet';

export { default as onnxruntimeReference } from '../onnx/fixtures/onnxruntime.json';

const MODEL: ModelConfig = { base: 2, depth: 2, norm: 'batch', classes: 3, inChannels: 1 };

/** [batch, rows, columns] of the made images: not square, so that nothing is turned unseen. */
export const MADE_SHAPE = [2, 16, 24] as const;

/**
 * A tiny U-Net and images for it, made by whole-number arithmetic: the same on every machine, and in Python
 * (src/models/onnx/fixtures/run-onnx.py).
 */
export function madeNetwork() {
  const layout = unetLayout(MODEL);
  const count = layout.statisticCount;
  return {
    layout,
    weights: Float32Array.from(
      { length: layout.parameterCount },
      (_, at) => (((31 * at * at + 7 * at) % 1009) - 460) / 520,
    ),
    statistics: Float32Array.from({ length: 2 * count }, (_, at) =>
      at < count ? ((at % 7) - 3) / 16 : 0.5 + (at % 5) / 8,
    ),
    images: Float32Array.from(
      { length: MADE_SHAPE.reduce((product, side) => product * side, 1) },
      (_, at) => (((3 * at * at + 37 * at) % 101) - 50) / 16,
    ),
  };
}
