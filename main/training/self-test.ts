import { initialStatistics, initialWeights } from '#src/models/initial-weights';
import { integerBelow, normal, randomStream } from '#src/models/random';
import { unetLayout, type UnetLayout } from '#src/models/unet';
import { Network, type Batch } from './network';
import type { Arena, Precision } from './ops/arena';
import reference from './self-test-reference.json';

const MODEL = { base: 4, depth: 2, norm: 'batch', classes: 3, inChannels: 1 } as const;
const SHAPE = [2, 16, 16, 1] as const;
const STEPS_OF_A_MEAN = 10;
/**
 * Largest share by which a loss may be off, and a gradient as a share of its own length (float32) or of the longest one
 * (bfloat16, which keeps 8 bits: a dozen layers round one after the other, and small gradients are differences of large
 * ones). Each layer by itself is held to far less: layer-conformance.ts.
 */
const LOSS_TOLERANCE = { float32: 1e-3, bfloat16: 0.02 } as const;
const GRADIENT_TOLERANCE = { float32: 1e-3, bfloat16: 0.15 } as const;
/**
 * The same for losses during a training that learns noise by heart, where every step builds on the rounding of those
 * before.
 */
const TRAINING_TOLERANCE = { float32: 0.01, bfloat16: 0.05 } as const;

/** Largest difference of a probability. */
const PROBABILITY_TOLERANCE = { float32: 1e-4, bfloat16: 0.1 } as const;

/** The tiny U-Net and the batch on which engines are tried; the same numbers everywhere. */
export function selfTestInput(): { layout: UnetLayout; weights: Float32Array; batch: Batch } {
  const layout = unetLayout(MODEL);
  const random = randomStream(7, 99);
  const pixels = SHAPE[0] * SHAPE[1] * SHAPE[2];
  const batch: Batch = {
    images: Float32Array.from({ length: pixels }, () => normal(random)),
    classes: Uint8Array.from({ length: pixels }, () => integerBelow(random, MODEL.classes)),
    shape: SHAPE,
  };
  return { layout, weights: initialWeights(layout, 7), batch };
}

/** Made-up running means and variances, so that a prediction shows how they are used. */
export function selfTestStatistics(layout: UnetLayout): Float32Array {
  const count = layout.statisticCount;
  return Float32Array.from({ length: 2 * count }, (_, at) =>
    at < count ? 0.05 * ((at % 7) - 3) : 0.5 + 0.1 * (at % 5),
  );
}

function selfTestNetwork(arena: Arena, precision: Precision, statistics = initialStatistics): Network {
  const { layout, weights } = selfTestInput();
  const state = {
    weights,
    firstMoment: new Float32Array(layout.parameterCount),
    secondMoment: new Float32Array(layout.parameterCount),
    statistics: statistics(layout),
    step: 0,
  };
  return new Network(arena, layout, state, precision);
}

/** Loss and gradient (in layout order) of the self-test's batch on this engine. */
export function runSelfTest(arena: Arena, precision: Precision): { loss: number; gradient: Float32Array } {
  const network = selfTestNetwork(arena, precision);
  const result = network.gradients(selfTestInput().batch);
  network.dispose();
  return result;
}

/** Class probabilities of that batch with made-up running statistics. */
export function runTestPrediction(arena: Arena, precision: Precision): Float32Array {
  const network = selfTestNetwork(arena, precision, selfTestStatistics);
  const { batch } = selfTestInput();
  const probabilities = network.predict(batch.images, batch.shape);
  network.dispose();
  return probabilities;
}

/** Mean losses of every ten steps of a training on that batch, 50 steps of Adam. */
export function runTestTraining(arena: Arena, precision: Precision): number[] {
  const network = selfTestNetwork(arena, precision);
  const { batch } = selfTestInput();
  const { learningRate, meanLosses } = reference.training;
  const losses = meanLosses.map(() => {
    for (let step = 0; step < STEPS_OF_A_MEAN; step++) network.train(batch, learningRate);
    return network.takeMeanLoss();
  });
  network.dispose();
  return losses;
}

/** What differs from the reference by more than the precision explains; empty when nothing does. */
export function selfTestFaults(loss: number, gradient: Float32Array, precision: Precision): string[] {
  const { layout } = selfTestInput();
  const faults: string[] = [];
  const check = (what: string, value: number, expected: number, allowed: number) => {
    if (!(Math.abs(value - expected) <= allowed)) faults.push(`${what}: ${value}, not ${expected}`);
  };
  check('loss', loss, reference.loss, LOSS_TOLERANCE[precision] * reference.loss);
  const tolerance = GRADIENT_TOLERANCE[precision];
  const longest = Math.max(...reference.norms);
  layout.parameters.forEach(({ name, offset, size }, index) => {
    const expected = reference.norms[index] ?? Number.NaN;
    const length = Math.hypot(...gradient.subarray(offset, offset + size));
    check(name, length, expected, tolerance * (precision === 'float32' ? expected : longest));
  });
  const largest = Math.max(...reference.gradient.map(Math.abs));
  reference.gradient.forEach((expected, index) => {
    const value = gradient[index * reference.every] ?? Number.NaN;
    check(`gradient ${index}`, value, expected, tolerance * largest);
  });
  return faults;
}

/** What differs from the losses of the reference's training; empty when nothing does. */
export function testTrainingFaults(losses: readonly number[], precision: Precision): string[] {
  return reference.training.meanLosses.flatMap((expected, index) => {
    const loss = losses[index] ?? Number.NaN;
    const isRight = Math.abs(loss - expected) <= TRAINING_TOLERANCE[precision] * expected;
    return isRight ? [] : [`loss of steps ${STEPS_OF_A_MEAN * index + 1} and on: ${loss}, not ${expected}`];
  });
}

/** What differs from the reference's prediction; empty when nothing does. */
export function testPredictionFaults(probabilities: Float32Array, precision: Precision): string[] {
  return reference.probabilities.flatMap((expected, index) => {
    const value = probabilities[index * reference.every] ?? Number.NaN;
    const isRight = Math.abs(value - expected) <= PROBABILITY_TOLERANCE[precision];
    return isRight ? [] : [`probability ${index}: ${value}, not ${expected}`];
  });
}
