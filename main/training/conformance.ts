import { HeldoutError } from '#src/contracts/failure';
import { layerFaults } from './layer-conformance';
import type { Arena, Precision } from './ops/arena';
import {
  runSelfTest,
  runTestPrediction,
  runTestTraining,
  selfTestFaults,
  testPredictionFaults,
  testTrainingFaults,
} from './self-test';

/**
 * What an engine does otherwise than PyTorch in float64: every layer with its gradients, a whole network's gradient and
 * its prediction with folded normalisations, a training of 50 steps. Engines that are silently wrong exist. Takes less than a second.
 *
 * @returns empty for an engine that may train; one that cannot run something has that as its fault
 */
export function engineFaults(arena: Arena, precision: Precision): string[] {
  const tests = [
    () => layerFaults(arena, precision),
    () => {
      const { loss, gradient } = runSelfTest(arena, precision);
      return selfTestFaults(loss, gradient, precision);
    },
    () => testPredictionFaults(runTestPrediction(arena, precision), precision),
    () => testTrainingFaults(runTestTraining(arena, precision), precision),
  ];
  return tests.flatMap((test) => {
    try {
      return test();
    } catch (error) {
      arena.clear();
      return [String(error)];
    }
  });
}

/**
 * Refuses an engine with faults.
 *
 * @throws HeldoutError `resource`; the faults are its details
 */
export function requireCorrectEngine(arena: Arena, precision: Precision): void {
  const faults = engineFaults(arena, precision);
  if (faults.length === 0) return;
  throw new HeldoutError(
    'resource',
    precision === 'float32'
      ? 'TensorFlow computes wrong gradients on this computer, so nothing is trained with it: run `heldout doctor --install cpu` again.'
      : 'TensorFlow computes wrong gradients in bfloat16 on this computer: train with `--precision float32`.',
    faults.join('; '),
  );
}
