import type { Arena, Precision } from './ops/arena';
import { leakyRelu, leakyReluGradient } from './ops/activation';
import { concatChannels, splitChannels } from './ops/arrangement';
import {
  biasAdd,
  biasGradient,
  convolution,
  convolutionInputGradient,
  convolutionKernelGradient,
  convolutionWithBias,
  transposedConvolution,
  transposedConvolutionInputGradient,
  transposedConvolutionKernelGradient,
} from './ops/convolution';
import { diceCrossEntropy } from './loss';
import { batchNorm, batchNormGradient } from './ops/normalisation';
import { maxPool, maxPoolGradient } from './ops/pooling';
import { adam, readVariable, variable } from './ops/variables';
import reference from './fixtures/layer-gradients.json';
import type { Tensor } from './tensorflow-binding';

/**
 * Largest difference from the reference, as a share of the largest value of a tensor. One layer in bfloat16 rounds its
 * result, and within the batch normalisation twice, to 8 bits.
 */
const TOLERANCE = { float32: 1e-4, bfloat16: 0.02 } as const;

interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Output of a layer, then the gradients of sum(output * above) by each input. */
type Layer = (arena: Arena, above: Tensor, inputs: readonly Tensor[]) => readonly Tensor[];

const convolutionLayer: Layer = (arena, above, [input, kernel]) => {
  if (!input || !kernel) throw new Error('a convolution has two inputs');
  return [
    convolution(arena, input, kernel),
    convolutionInputGradient(arena, input.shape, kernel, above),
    convolutionKernelGradient(arena, input, kernel.shape, above),
  ];
};

const poolLayer: Layer = (arena, above, [input]) => {
  if (!input) throw new Error('a pooling has an input');
  const pooled = maxPool(arena, input);
  return [pooled.output, maxPoolGradient(arena, input, pooled, above)];
};

const LAYERS: Readonly<Record<string, Layer>> = {
  convolution: convolutionLayer,
  'convolution of one channel': convolutionLayer,
  'convolution 1x1': convolutionLayer,
  'transposed convolution': (arena, above, [input, kernel]) => {
    if (!input || !kernel) throw new Error('a transposed convolution has two inputs');
    return [
      transposedConvolution(arena, input, kernel),
      transposedConvolutionInputGradient(arena, kernel, above),
      transposedConvolutionKernelGradient(arena, input, kernel.shape, above),
    ];
  },
  'batch norm': (arena, above, [input, scale, offset]) => {
    if (!input || !scale || !offset) throw new Error('a batch norm has three inputs');
    const scales = arena.cast(scale, 'float32');
    const { output, reserved } = batchNorm(arena, input, scales, arena.cast(offset, 'float32'));
    return [output, ...batchNormGradient(arena, above, input, scales, reserved)];
  },
  'leaky ReLU': (arena, above, [input]) => {
    if (!input) throw new Error('an activation has an input');
    const output = leakyRelu(arena, input);
    return [output, leakyReluGradient(arena, above, output)];
  },
  'max pool': poolLayer,
  'max pool of equal values': poolLayer,
  bias: (arena, above, [input, bias]) => {
    if (!input || !bias) throw new Error('an offset has two inputs');
    return [biasAdd(arena, input, bias), above, biasGradient(arena, above)];
  },
  concat: (arena, above, [a, b]) => {
    if (!a || !b) throw new Error('a concat has two inputs');
    const parts = splitChannels(arena, above, a.shape[3] ?? 0, b.shape[3] ?? 0);
    return [concatChannels(arena, a, b), ...parts];
  },
};

/**
 * Holds every layer by itself to the values and gradients that PyTorch computed in float64 (bench/layer-gradients.py).
 *
 * @returns what differs by more than the precision explains; empty when nothing does
 */
export function layerFaults(arena: Arena, precision: Precision): string[] {
  const faults: string[] = [];
  const given = ({ shape, values }: Numbers) => arena.floats(shape, Float32Array.from(values));
  const check = (what: string, tensor: Tensor, { values }: Numbers, tolerance: number) => {
    const found = arena.read(arena.cast(tensor, 'float32'));
    const allowed = tolerance * Math.max(...values.map(Math.abs));
    const wrong = values.findIndex((value, at) => !(Math.abs((found[at] ?? Number.NaN) - value) <= allowed));
    if (wrong >= 0 || found.length !== values.length)
      faults.push(`${what}, value ${wrong}: ${found[wrong]}, not ${values[wrong]}`);
  };

  for (const { name, inputs, above, output, gradients } of reference.layers) {
    const layer = LAYERS[name];
    if (layer === undefined) throw new Error(`no layer is called ${name}`);
    const tensors = inputs.map((input) => arena.cast(given(input), precision));
    const results = layer(arena, arena.cast(given(above), precision), tensors);
    [output, ...gradients].forEach((expected, at) => {
      const result = results[at];
      if (result) check(`${name}, result ${at}`, result, expected, TOLERANCE[precision]);
      else faults.push(`${name} has no result ${at}`);
    });
    const [input, kernel] = tensors;
    if (name === 'convolution' && input && kernel) {
      const none = arena.floats([kernel.shape[3] ?? 0], new Float32Array(kernel.shape[3] ?? 0));
      const withBias = convolutionWithBias(arena, input, kernel, arena.cast(none, precision));
      check('convolution with bias', withBias, output, TOLERANCE[precision]);
    }
  }
  // The loss and the optimiser compute in float32 whatever passes between the layers.
  const classes = arena.bytes([reference.loss.classes.length], Uint8Array.from(reference.loss.classes));
  const loss = diceCrossEntropy(arena, given(reference.loss.logits), classes);
  check('loss', loss.loss, { shape: [], values: [reference.loss.value] }, TOLERANCE.float32);
  check('gradient of the loss', loss.gradient, reference.loss.gradient, TOLERANCE.float32);
  check('Adam', threeStepsOfAdam(arena, given), reference.adam.after, TOLERANCE.float32);
  arena.clear();
  return faults;
}

let serial = 0;

function threeStepsOfAdam(arena: Arena, given: (numbers: Numbers) => Tensor): Tensor {
  serial += 1;
  const weights = given(reference.adam.weights);
  const zeros = () => arena.floats(weights.shape, new Float32Array(reference.adam.weights.values.length));
  const variables = [weights, zeros(), zeros()].map((value, at) =>
    variable(arena, `conformance ${serial} ${at}`, value),
  );
  const [values, first, second] = variables;
  if (!values || !first || !second) throw new Error('Adam has three variables');
  reference.adam.gradients.forEach((gradient, at) => {
    const { learningRate } = reference.adam;
    const options = { learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: at + 1 };
    adam(arena, values, first, second, given(gradient), options);
  });
  const result = readVariable(arena, values);
  for (const handle of variables) arena.dispose(handle);
  return result;
}
