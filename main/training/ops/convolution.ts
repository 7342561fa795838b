import type { Tensor } from '../tensorflow-binding';
import type { Arena } from './arena';
import { oneDnnHas } from './one-dnn';

/** Convolution with zeros around: [n, h, w, in] and [kh, kw, in, out] to [n, h, w, out]. */
export function convolution(arena: Arena, input: Tensor, kernel: Tensor): Tensor {
  return arena.one('Conv2D', arena.attributes(input.dtype).convolution, input, kernel);
}

/** Gradient by the input, of `shape`. */
export function convolutionInputGradient(
  arena: Arena,
  shape: readonly number[],
  kernel: Tensor,
  gradient: Tensor,
): Tensor {
  const { convolution: attributes } = arena.attributes(gradient.dtype);
  return arena.one('Conv2DBackpropInput', attributes, arena.integers(shape), kernel, gradient);
}

/** Gradient by the kernel, of `shape`. */
export function convolutionKernelGradient(
  arena: Arena,
  input: Tensor,
  shape: readonly number[],
  gradient: Tensor,
): Tensor {
  const { convolution: attributes } = arena.attributes(gradient.dtype);
  return arena.one('Conv2DBackpropFilter', attributes, input, arena.integers(shape), gradient);
}

/** 2x2 transposed convolution, stride 2: [n, h, w, in] to [n, 2h, 2w, out]; `kernel` is [2, 2, out, in]. */
export function transposedConvolution(arena: Arena, input: Tensor, kernel: Tensor): Tensor {
  const [batch = 0, height = 0, width = 0] = input.shape;
  const shape = arena.integers([batch, 2 * height, 2 * width, kernel.shape[2] ?? 0]);
  const { stridedConvolution } = arena.attributes(input.dtype);
  return arena.one('Conv2DBackpropInput', stridedConvolution, shape, kernel, input);
}

/** Gradient of the transposed convolution by its input. */
export function transposedConvolutionInputGradient(arena: Arena, kernel: Tensor, gradient: Tensor): Tensor {
  return arena.one('Conv2D', arena.attributes(gradient.dtype).stridedConvolution, gradient, kernel);
}

/** Gradient of the transposed convolution by its kernel, of `shape`. */
export function transposedConvolutionKernelGradient(
  arena: Arena,
  input: Tensor,
  shape: readonly number[],
  gradient: Tensor,
): Tensor {
  const { stridedConvolution } = arena.attributes(gradient.dtype);
  return arena.one('Conv2DBackpropFilter', stridedConvolution, gradient, arena.integers(shape), input);
}

/** `biasAdd` after `convolution`, in one pass over the result where oneDNN can. The bias is of the input's type. */
export function convolutionWithBias(arena: Arena, input: Tensor, kernel: Tensor, bias: Tensor): Tensor {
  if (oneDnnHas(arena, 'convolution with bias', () => addsBiasRightly(arena)))
    return oneDnnConvolutionWithBias(arena, input, kernel, bias);
  const convolved = convolution(arena, input, kernel);
  const output = biasAdd(arena, convolved, bias);
  arena.free(convolved);
  return output;
}

/** Adds one number to each channel: [n, h, w, c] and [c]. */
export function biasAdd(arena: Arena, input: Tensor, bias: Tensor): Tensor {
  return arena.one('BiasAdd', arena.attributes(input.dtype).bias, input, bias);
}

/** Gradient of `biasAdd` by the bias: [c]. */
export function biasGradient(arena: Arena, gradient: Tensor): Tensor {
  return arena.one('BiasAddGrad', arena.attributes(gradient.dtype).bias, gradient);
}

function oneDnnConvolutionWithBias(arena: Arena, input: Tensor, kernel: Tensor, bias: Tensor): Tensor {
  const { oneDnnConvolution } = arena.attributes(input.dtype);
  return arena.one('_MklNativeConv2DWithBias', oneDnnConvolution, input, kernel, bias);
}

function addsBiasRightly(arena: Arena): boolean {
  const input = arena.floats([1, 1, 1, 1], Float32Array.of(3));
  const kernel = arena.floats([1, 1, 1, 1], Float32Array.of(2));
  const bias = arena.floats([1], Float32Array.of(5));
  const output = oneDnnConvolutionWithBias(arena, input, kernel, bias);
  const [value] = arena.read(output);
  arena.free(input, kernel, bias, output);
  return value === 11;
}
