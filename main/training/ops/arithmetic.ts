import type { Tensor } from '../tensorflow-binding';
import type { Arena } from './arena';

/** a + b; the smaller one is repeated along leading axes. */
export function add(arena: Arena, a: Tensor, b: Tensor): Tensor {
  return arena.one('AddV2', arena.attributes(a.dtype).plain, a, b);
}

/** a - b; the smaller one is repeated along leading axes. */
export function subtract(arena: Arena, a: Tensor, b: Tensor): Tensor {
  return arena.one('Sub', arena.attributes(a.dtype).plain, a, b);
}

/** a b, element by element; the smaller one is repeated along leading axes. */
export function multiply(arena: Arena, a: Tensor, b: Tensor): Tensor {
  return arena.one('Mul', arena.attributes(a.dtype).plain, a, b);
}

/** a / b; the smaller one is repeated along leading axes. */
export function divide(arena: Arena, a: Tensor, b: Tensor): Tensor {
  return arena.one('RealDiv', arena.attributes(a.dtype).plain, a, b);
}

/** The larger one, element by element; NaN where either is. */
export function maximum(arena: Arena, a: Tensor, b: Tensor): Tensor {
  return arena.one('Maximum', arena.attributes(a.dtype).plain, a, b);
}

/** Natural logarithm. */
export function logarithm(arena: Arena, a: Tensor): Tensor {
  return arena.one('Log', arena.attributes(a.dtype).plain, a);
}

/** 1 / square root. */
export function inverseRoot(arena: Arena, a: Tensor): Tensor {
  return arena.one('Rsqrt', arena.attributes(a.dtype).plain, a);
}

/** Sum along the first axis: [m, c] to [c], [m] to a number. */
export function sumFirst(arena: Arena, input: Tensor): Tensor {
  return arena.one('Sum', arena.attributes(input.dtype).sum, input, arena.integers([0]));
}

/** [m, k] times [k, n]. */
export function matrixProduct(arena: Arena, a: Tensor, b: Tensor): Tensor {
  return arena.one('MatMul', arena.attributes(a.dtype).matrixProduct, a, b);
}

/** Class numbers [m] (uint8) to float32 rows of 0 and 1 [m, classes]. */
export function oneHot(arena: Arena, indices: Tensor, classes: number): Tensor {
  return arena.one(
    'OneHot',
    arena.attributes().oneHot,
    indices,
    arena.integer(classes),
    arena.scalar(1),
    arena.scalar(0),
  );
}
