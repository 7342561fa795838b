/**
 * Writes the tiny U-Net of the engine self-test (weights, images, classes) as JSON, for bench/training-reference.py to
 * compute loss and gradients with PyTorch in float64.
 *
 *   node bench/run.mjs training-reference > out/self-test-input.json
 *   python3 bench/training-reference.py out/self-test-input.json > main/training/self-test-reference.json
 */
import { selfTestInput, selfTestStatistics } from '#main/training/self-test';

const { layout, weights, batch } = selfTestInput();
console.log(
  JSON.stringify({
    model: layout.model,
    parameters: layout.parameters.map(({ name, shape, offset, size }) => ({ name, shape, offset, size })),
    weights: [...weights],
    normalisations: layout.normalisations,
    statistics: [...selfTestStatistics(layout)],
    shape: batch.shape,
    images: [...batch.images],
    classes: [...batch.classes],
  }),
);
