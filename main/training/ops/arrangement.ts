import type { Tensor } from '../tensorflow-binding';
import type { Arena } from './arena';

/** The same values in another shape. */
export function reshape(arena: Arena, input: Tensor, shape: readonly number[]): Tensor {
  return arena.one('Reshape', arena.attributes(input.dtype).reshape, input, arena.integers(shape));
}

/** Along the last axis of a 4-D tensor. */
export function concatChannels(arena: Arena, a: Tensor, b: Tensor): Tensor {
  return arena.one('ConcatV2', arena.attributes(a.dtype).concat(2), a, b, arena.integer(3));
}

/** Along the last axis of a 4-D tensor, into two parts. */
export function splitChannels(
  arena: Arena,
  input: Tensor,
  first: number,
  second: number,
): readonly [Tensor, Tensor] {
  const inputs = [input, arena.integers([first, second]), arena.integer(3)];
  const [a, b] = arena.run('SplitV', arena.attributes(input.dtype).split(2), 2, inputs);
  if (!a || !b) throw new Error('SplitV gave too little');
  return [a, b];
}

/** One vector after the other. */
export function concatVectors(arena: Arena, parts: readonly Tensor[]): Tensor {
  const element = parts[0]?.dtype ?? arena.binding.TF_FLOAT;
  return arena.one('ConcatV2', arena.attributes(element).concat(parts.length), ...parts, arena.integer(0));
}

/**
 * Part of a vector. Where its place allows, it shares the vector's memory: free it before a variable that the vector was
 * read from is written, or the variable is copied.
 */
export function sliceVector(arena: Arena, input: Tensor, offset: number, size: number): Tensor {
  const { slice } = arena.attributes(input.dtype);
  return arena.one('Slice', slice, input, arena.integers([offset]), arena.integers([size]));
}
