/** What every engine must pass before it may train, and that an engine with a fault does not pass it. */
import { afterAll, describe, expect, it } from 'vitest';
import { engineFaults, requireCorrectEngine } from './conformance';
import { layerFaults } from './layer-conformance';
import { Arena, type Precision } from './ops/arena';
import { multipliesBfloat16, readCpuInfo } from './processor';
import {
  runSelfTest,
  runTestPrediction,
  selfTestFaults,
  selfTestInput,
  testPredictionFaults,
} from './self-test';
import { loadTensorflow, type TensorflowBinding } from './tensorflow-binding';
import { tensorflowForTests } from './testing/tensorflow';

/** TensorFlow with one op whose results are scaled. */
function withFault(binding: TensorflowBinding, op: string, factor: number): TensorflowBinding {
  const faulty: TensorflowBinding = Object.create(binding, {
    executeOp: {
      value: (...args: Parameters<TensorflowBinding['executeOp']>) => {
        const results = binding.executeOp(...args);
        const [first] = results;
        if (args[0] !== op || first === undefined) return results;
        const scale = binding.createTensor([], binding.TF_FLOAT, Float32Array.of(factor));
        const type = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
        const scaled = binding.executeOp('Mul', [type], [first.id, scale], 1);
        binding.deleteTensor(first.id);
        binding.deleteTensor(scale);
        return [...scaled, ...results.slice(1)];
      },
    },
  }) as TensorflowBinding;
  return faulty;
}

describe.skipIf(!tensorflowForTests())('conformance of the engine', () => {
  const arenas: Arena[] = [];
  const open = (binding = loadTensorflow(1)) => {
    const arena = new Arena(binding);
    arenas.push(arena);
    return arena;
  };
  afterAll(() => {
    for (const arena of arenas) arena.close();
  });

  const precisions: Precision[] = multipliesBfloat16(readCpuInfo()) ? ['float32', 'bfloat16'] : ['float32'];
  it.each(precisions)('TensorFlow in %s computes what PyTorch computes', (precision) => {
    expect(engineFaults(open(), precision)).toEqual([]);
  });

  it.each([
    ['Conv2D', 1.001],
    ['Conv2DBackpropInput', 0.999],
    ['Conv2DBackpropFilter', 1.001],
    ['FusedBatchNormV3', 1.001],
    ['FusedBatchNormGradV3', 1.001],
    ['LeakyReluGrad', 1.001],
    ['BiasAddGrad', 1.001],
    ['SplitV', 1.001],
    ['Softmax', 1.001],
  ])('an engine whose %s is off by a thousandth is refused with a sentence', (op, factor) => {
    const arena = open(withFault(loadTensorflow(1), op, factor));
    expect(layerFaults(arena, 'float32')).not.toEqual([]);
    expect(() => {
      requireCorrectEngine(arena, 'float32');
    }).toThrow(/wrong gradients on this computer/u);
  });

  it('falls back to TensorFlow’s own pooling and bias where oneDNN is wrong', () => {
    for (const op of ['_MklNativeMaxPoolGrad', '_MklNativeConv2DWithBias'])
      expect(engineFaults(open(withFault(loadTensorflow(1), op, 2)), 'float32')).toEqual([]);
  });

  it('an engine that lacks an op is refused, too', () => {
    const binding = loadTensorflow(1);
    const lacking = Object.create(binding, {
      executeOp: {
        value: (...args: Parameters<TensorflowBinding['executeOp']>) => {
          if (args[0] === 'LeakyRelu') throw new Error('no LeakyRelu here');
          return binding.executeOp(...args);
        },
      },
    }) as TensorflowBinding;
    expect(engineFaults(open(lacking), 'float32').join(' ')).toContain('no LeakyRelu here');
  });

  it('notices a prediction that is off by two in ten thousand', () => {
    const probabilities = runTestPrediction(open(), 'float32');
    expect(testPredictionFaults(probabilities, 'float32')).toEqual([]);
    expect(
      testPredictionFaults(
        probabilities.map((p) => p + 2e-4),
        'float32',
      ),
    ).not.toEqual([]);
  });

  it('notices a whole gradient that is a hundredth too long, and a loss that is off', () => {
    const { loss, gradient } = runSelfTest(open(), 'float32');
    const { layout } = selfTestInput();
    const { offset = 0, size = 0 } = layout.parameters.find(({ name }) => name === 'up0') ?? {};
    const wrong = gradient.map((value, i) => (i >= offset && i < offset + size ? 1.01 * value : value));
    expect(selfTestFaults(loss, wrong, 'float32')).not.toEqual([]);
    expect(selfTestFaults(loss * 1.002, gradient, 'float32')).not.toEqual([]);
  });
});
