import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialStatistics, initialWeights } from '#src/models/initial-weights';
import { integerBelow, normal, randomStream } from '#src/models/random';
import { unetLayout } from '#src/models/unet';
import { Network, type Batch } from './network';
import { Arena } from './ops/arena';
import { loadTensorflow } from './tensorflow-binding';
import { tensorflowForTests } from './testing/tensorflow';

describe.skipIf(!tensorflowForTests())('the network on TensorFlow', () => {
  let arena: Arena;

  beforeAll(() => {
    arena = new Arena(loadTensorflow(1));
  });
  afterAll(() => {
    arena.close();
  });

  const layout = unetLayout({ base: 2, depth: 1, norm: 'batch', classes: 3, inChannels: 1 });
  const shape = [2, 8, 8, 1] as const;
  const random = randomStream(2);
  const batch: Batch = {
    images: Float32Array.from({ length: 128 }, () => normal(random)),
    classes: Uint8Array.from({ length: 128 }, () => integerBelow(random, 3)),
    shape,
  };
  const networkOf = (weights: Float32Array, of = layout) =>
    new Network(
      arena,
      of,
      {
        weights,
        firstMoment: new Float32Array(of.parameterCount),
        secondMoment: new Float32Array(of.parameterCount),
        statistics: initialStatistics(of),
        step: 0,
      },
      'float32',
    );

  it('has the gradient that finite differences give, in every kind of parameter', () => {
    const weights = initialWeights(layout, 5);
    const lossAt = (values: Float32Array) => {
      const network = networkOf(values);
      const { loss } = network.gradients(batch);
      network.dispose();
      return loss;
    };
    const network = networkOf(weights);
    const { gradient } = network.gradients(batch);
    network.dispose();
    const step = 2e-3;
    for (const { name, offset, size } of layout.parameters) {
      // Along the gradient itself: the slope is its length, far above the rounding of float32.
      const own = gradient.subarray(offset, offset + size);
      const length = Math.hypot(...own);
      const moved = (sign: number) => {
        const values = weights.slice();
        own.forEach((value, i) => {
          values[offset + i] = (values[offset + i] ?? 0) + (sign * step * value) / length;
        });
        return lossAt(values);
      };
      const slope = (moved(1) - moved(-1)) / (2 * step);
      expect(Math.abs(slope - length), name).toBeLessThan(0.02 * length + 5e-4);
    }
  });

  it('learns one batch by heart and predicts it with the running statistics', () => {
    const network = networkOf(initialWeights(layout, 5));
    const first = network.gradients(batch).loss;
    for (let step = 0; step < 300; step++) network.train(batch, 1e-2);
    network.takeMeanLoss();
    const last = network.gradients(batch).loss;
    expect(last).toBeLessThan(0.7 * first);
    const probabilities = network.predict(batch.images, shape);
    expect(probabilities).toHaveLength(128 * 3);
    for (let pixel = 0; pixel < 128; pixel++) {
      const sum = [0, 1, 2].reduce((total, c) => total + (probabilities[3 * pixel + c] ?? 0), 0);
      expect(Math.abs(sum - 1)).toBeLessThan(1e-5);
    }
    const crossEntropy =
      [...batch.classes].reduce((sum, c, pixel) => sum - Math.log(probabilities[3 * pixel + c] ?? 0), 0) /
      128;
    // The training pass normalises with the batch, this one with the running mean of such batches.
    expect(crossEntropy).toBeLessThan(last);
    network.dispose();
  });

  it('keeps no tensor from step to step', () => {
    const network = networkOf(initialWeights(layout, 5));
    network.predict(batch.images, shape);
    network.train(batch, 1e-3);
    const alive = arena.alive;
    for (let step = 0; step < 5; step++) network.train(batch, 1e-3);
    // What is folded for inference lives until the next step.
    network.predict(batch.images, shape);
    network.train(batch, 1e-3);
    network.gradients(batch);
    network.takeMeanLoss();
    network.state();
    expect(arena.alive).toBe(alive);
    network.dispose();
  });

  it('goes on from its state as if nothing had happened', () => {
    const one = networkOf(initialWeights(layout, 5));
    for (let step = 0; step < 6; step++) one.train(batch, 1e-2);
    const start = networkOf(initialWeights(layout, 5));
    for (let step = 0; step < 3; step++) start.train(batch, 1e-2);
    const state = start.state();
    start.dispose();
    const two = new Network(arena, layout, state, 'float32');
    for (let step = 0; step < 3; step++) two.train(batch, 1e-2);
    expect(two.step).toBe(6);
    expect(two.state()).toEqual(one.state());
    one.dispose();
    two.dispose();
  });

  it('says when the loss is no longer a number', () => {
    const network = networkOf(initialWeights(layout, 5));
    expect(network.meanLoss()).toBeNull();
    network.train({ ...batch, images: new Float32Array(128).fill(Number.NaN) }, 1e-3);
    network.train(batch, 1e-3);
    expect(network.meanLoss()).toBeNaN();
    network.dispose();
  });
});
