import { Network, type Batch } from '#main/training/network';
import type { Arena, Precision } from '#main/training/ops/arena';
import { initialStatistics, initialWeights } from '#src/models/initial-weights';
import { integerBelow, normal, randomStream } from '#src/models/random';
import { unetLayout } from '#src/models/unet';

const CLASSES = 4;

/** The network of the default plan for three labels: base 16, depth 4. */
export function benchmarkNetwork(arena: Arena, precision: Precision): Network {
  const layout = unetLayout({ base: 16, depth: 4, norm: 'batch', classes: CLASSES, inChannels: 1 });
  return new Network(
    arena,
    layout,
    {
      weights: initialWeights(layout, 1),
      firstMoment: new Float32Array(layout.parameterCount),
      secondMoment: new Float32Array(layout.parameterCount),
      statistics: initialStatistics(layout),
      step: 0,
    },
    precision,
  );
}

/** Noise with random classes, [batch, size, size, 1]. */
export function benchmarkBatch(batch: number, size: number): Batch {
  const random = randomStream(1);
  const pixels = batch * size * size;
  return {
    images: Float32Array.from({ length: pixels }, () => normal(random)),
    classes: Uint8Array.from({ length: pixels }, () => integerBelow(random, CLASSES)),
    shape: [batch, size, size, 1],
  };
}
