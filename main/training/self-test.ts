import { HeldoutError } from '#src/contracts/failure';
import { initialStatistics, initialWeights } from '#src/models/initial-weights';
import { integerBelow, normal, randomStream } from '#src/models/random';
import { unetLayout, type UnetLayout } from '#src/models/unet';
import { Network, type Batch } from './network';
import type { Ops } from './ops';
import reference from './self-test-reference.json';

const MODEL = { base: 4, depth: 2, norm: 'batch', classes: 3, inChannels: 1 } as const;
const SHAPE = [2, 16, 16, 1] as const;
const TOLERANCE = 1e-3;

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

/** Loss and gradient (in layout order) of the self-test's batch on this engine. */
export function runSelfTest(ops: Ops): { loss: number; gradient: Float32Array } {
  const { layout, weights, batch } = selfTestInput();
  const network = new Network(ops, layout, {
    weights,
    firstMoment: new Float32Array(layout.parameterCount),
    secondMoment: new Float32Array(layout.parameterCount),
    statistics: initialStatistics(layout),
    step: 0,
  });
  const result = network.gradients(batch);
  network.dispose();
  return result;
}

/**
 * Holds an engine to numbers that PyTorch computed in float64 (bench/training-reference.py) before it may train: engines
 * that are silently wrong exist.
 *
 * @throws HeldoutError `resource` when the loss, or the norm or a sampled element of a gradient, is off by more than one
 *   in a thousand
 */
export function requireCorrectEngine(ops: Ops): void {
  const { loss, gradient } = runSelfTest(ops);
  const faults = selfTestFaults(loss, gradient);
  if (faults.length > 0)
    throw new HeldoutError(
      'resource',
      'TensorFlow computes wrong gradients on this computer, so nothing is trained with it: run `heldout doctor --install cpu` again.',
      faults.join('; '),
    );
}

/** What differs from the reference; empty when nothing does. */
export function selfTestFaults(loss: number, gradient: Float32Array): string[] {
  const { layout } = selfTestInput();
  const faults: string[] = [];
  const check = (what: string, value: number, expected: number, scale: number) => {
    if (!(Math.abs(value - expected) <= TOLERANCE * scale)) faults.push(`${what}: ${value}, not ${expected}`);
  };
  check('loss', loss, reference.loss, reference.loss);
  layout.parameters.forEach(({ name, offset, size }, index) => {
    const expected = reference.norms[index] ?? Number.NaN;
    check(name, Math.hypot(...gradient.subarray(offset, offset + size)), expected, expected);
  });
  const largest = Math.max(...reference.gradient.map(Math.abs));
  reference.gradient.forEach((expected, index) => {
    check(`gradient ${index}`, gradient[index * reference.every] ?? Number.NaN, expected, largest);
  });
  return faults;
}
