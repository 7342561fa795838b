/** That the network which is exported is the one that Heldout predicts with, by way of onnxruntime's numbers. */
import { describe, expect, it } from 'vitest';
import { MADE_SHAPE, madeNetwork, onnxruntimeReference as reference } from '#src/models/testing/made-network';
import { Network } from './network';
import { Arena } from './ops/arena';
import { loadTensorflow } from './tensorflow-binding';
import { tensorflowForTests } from './testing/tensorflow';

describe.skipIf(!tensorflowForTests())('an exported network', () => {
  it('gives under onnxruntime the probabilities that it gives here', () => {
    const { layout, weights, statistics, images } = madeNetwork();
    const none = new Float32Array(layout.parameterCount);
    const state = { weights, statistics, firstMoment: none, secondMoment: none, step: 0 };
    const arena = new Arena(loadTensorflow(1));
    const network = new Network(arena, layout, state, 'float32');
    const probabilities = network.predict(images, [...MADE_SHAPE, 1]);
    network.dispose();
    arena.close();
    expect(reference.probabilities).toHaveLength(Math.ceil(probabilities.length / reference.every));
    // The numbers would be of no use if they hardly differed.
    expect(Math.max(...reference.probabilities) - Math.min(...reference.probabilities)).toBeGreaterThan(0.5);
    reference.probabilities.forEach((expected, index) => {
      expect(probabilities[index * reference.every]).toBeCloseTo(expected, 4);
    });
  });
});
