import { foldedWeights, LEAK, type FoldedLayer } from '../folded-weights';
import type { UnetLayout } from '../unet';
import type { OnnxAttribute, OnnxConstant, OnnxGraph, OnnxNode } from './onnx-file';

/** Names of the graph's input and output. */
export const ONNX_INPUT = 'image';
export const ONNX_OUTPUT = 'probabilities';

/**
 * The network for inference as an ONNX graph: `image` float32 [batch, channels, height, width] to `probabilities` float32
 * [batch, classes, height, width]. Batch, height and width are free; height and width must be multiples of 2^depth.
 *
 * @param weights all parameters in layout order
 * @param statistics running means, then running variances
 */
export function unetGraph(layout: UnetLayout, weights: Float32Array, statistics: Float32Array): OnnxGraph {
  const { depth, inChannels, classes } = layout.model;
  const layers = foldedWeights(layout, weights, statistics);
  const nodes: OnnxNode[] = [];
  const constants: OnnxConstant[] = [];

  const add = (
    name: string,
    operator: string,
    inputs: readonly string[],
    attributes: OnnxNode['attributes'] = {},
    output = name,
  ): string => {
    nodes.push({ name, operator, inputs, output, attributes });
    return output;
  };
  const convolve = (
    name: string,
    operator: 'Conv' | 'ConvTranspose',
    input: string,
    attributes: Record<string, OnnxAttribute>,
  ): string => {
    const layer = layers.get(name);
    if (layer === undefined) throw new Error(`the model has no layer ${name}`);
    const { kernel, offset } = layer;
    constants.push(outputFirst(layer, `${name}.kernel`, kernel));
    if (offset !== null) constants.push({ name: `${name}.offset`, shape: [offset.length], values: offset });
    const inputs = [input, `${name}.kernel`, ...(offset === null ? [] : [`${name}.offset`])];
    return add(name, operator, inputs, { kernel_shape: layer.shape.slice(0, 2), ...attributes });
  };
  const block = (name: string, input: string): string =>
    [1, 2].reduce((current, index) => {
      const convolved = convolve(`${name}.convolution${index}`, 'Conv', current, { pads: [1, 1, 1, 1] });
      return add(`${name}.activation${index}`, 'LeakyRelu', [convolved], { alpha: { float: LEAK } });
    }, input);

  const skips: string[] = [];
  let current = ONNX_INPUT;
  for (let level = 0; level < depth; level++) {
    const skip = block(`encoder${level}`, current);
    skips.push(skip);
    current = add(`pool${level}`, 'MaxPool', [skip], { kernel_shape: [2, 2], strides: [2, 2] });
  }
  current = block(`encoder${depth}`, current);
  for (let level = depth - 1; level >= 0; level--) {
    const up = convolve(`up${level}`, 'ConvTranspose', current, { strides: [2, 2] });
    const joined = add(`join${level}`, 'Concat', [skips[level] ?? '', up], { axis: { integer: 1 } });
    current = block(`decoder${level}`, joined);
  }
  const scores = convolve('head', 'Conv', current, {});
  add('softmax', 'Softmax', [scores], { axis: { integer: 1 } }, ONNX_OUTPUT);
  return {
    name: 'unet',
    nodes,
    constants,
    input: { name: ONNX_INPUT, shape: ['batch', inChannels, 'height', 'width'] },
    output: { name: ONNX_OUTPUT, shape: ['batch', classes, 'height', 'width'] },
  };
}

/** TensorFlow's [h, w, a, b] as ONNX wants it: [b, a, h, w], for both kinds of convolution. */
function outputFirst({ shape }: FoldedLayer, name: string, kernel: Float32Array): OnnxConstant {
  const [height = 0, width = 0, a = 0, b = 0] = shape;
  const values = new Float32Array(kernel.length);
  let at = 0;
  for (let l = 0; l < b; l++)
    for (let k = 0; k < a; k++)
      for (let j = 0; j < height; j++)
        for (let i = 0; i < width; i++) values[at++] = kernel[((j * width + i) * a + k) * b + l] ?? 0;
  return { name, shape: [b, a, height, width], values };
}
