import type { Tensor } from '../tensorflow-binding';
import type { Arena } from './arena';
import { oneDnnHas } from './one-dnn';

/** Largest of each 2x2, and where it was in a form that only the kernel knows (null where it looks again). */
export interface Pooled {
  readonly output: Tensor;
  readonly workspace: Tensor | null;
}

/** 2x2 max pooling, stride 2: [n, h, w, c] to [n, h / 2, w / 2, c]. */
export function maxPool(arena: Arena, input: Tensor): Pooled {
  if (oneDnnHas(arena, 'pooling', () => poolsRightly(arena))) return oneDnnPool(arena, input);
  return { output: arena.one('MaxPool', arena.attributes(input.dtype).pool, input), workspace: null };
}

/** Gradient by the input; of equal values the first in row order takes it all. */
export function maxPoolGradient(arena: Arena, input: Tensor, pooled: Pooled, gradient: Tensor): Tensor {
  if (pooled.workspace !== null)
    return oneDnnPoolGradient(arena, input, pooled.output, pooled.workspace, gradient);
  return arena.one('MaxPoolGrad', arena.attributes(input.dtype).pool, input, pooled.output, gradient);
}

function oneDnnPool(arena: Arena, input: Tensor): { output: Tensor; workspace: Tensor } {
  const { oneDnnPool: attributes } = arena.attributes(input.dtype);
  const [output, workspace] = arena.run('_MklNativeMaxPool', attributes, 2, [input]);
  if (!output || !workspace) throw new Error('_MklNativeMaxPool gave too little');
  return { output, workspace };
}

function oneDnnPoolGradient(
  arena: Arena,
  input: Tensor,
  output: Tensor,
  workspace: Tensor,
  gradient: Tensor,
): Tensor {
  const { oneDnnPool: attributes } = arena.attributes(input.dtype);
  return arena.one('_MklNativeMaxPoolGrad', attributes, input, output, gradient, workspace);
}

/**
 * oneDNN's pooling remembers where each maximum was, so that its gradient takes a twentieth of the time of TensorFlow's
 * own kernel, which searches again, one thread to an image.
 */
function poolsRightly(arena: Arena): boolean {
  const input = arena.floats([1, 2, 2, 1], Float32Array.of(1, 4, 3, 2));
  const { output, workspace } = oneDnnPool(arena, input);
  const gradient = oneDnnPoolGradient(arena, input, output, workspace, output);
  const values = arena.read(gradient);
  arena.free(input, output, workspace, gradient);
  return [0, 4, 0, 0].every((value, at) => values[at] === value);
}
