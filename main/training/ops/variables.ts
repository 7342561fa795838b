import type { Tensor } from '../tensorflow-binding';
import type { Arena } from './arena';
import { attributeMakers } from './attributes';

export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** From 1. */
  readonly step: number;
}

/** A float32 variable of TensorFlow that holds `value`; lives until `arena.dispose`. `name` must be new. */
export function variable(arena: Arena, name: string, value: Tensor): Tensor {
  const { type, shape, text } = attributeMakers(arena.binding);
  const handle = arena.keep(
    arena.one('VarHandleOp', [
      type('dtype', value.dtype),
      shape('shape', value.shape),
      text('shared_name', name),
      text('container', ''),
    ]),
  );
  arena.run('AssignVariableOp', arena.attributes(value.dtype).variable, 0, [handle, value]);
  return handle;
}

/** The variable's value, sharing its memory: free it before the variable is written. */
export function readVariable(arena: Arena, handle: Tensor): Tensor {
  return arena.one('ReadVariableOp', arena.attributes().variable, handle);
}

/** variable += change. */
export function addToVariable(arena: Arena, handle: Tensor, change: Tensor): void {
  arena.run('AssignAddVariableOp', arena.attributes().variable, 0, [handle, change]);
}

/** One step of Adam (Kingma and Ba 2015) on three float32 variables of one shape, in place. */
export function adam(
  arena: Arena,
  weights: Tensor,
  firstMoment: Tensor,
  secondMoment: Tensor,
  gradient: Tensor,
  options: AdamOptions,
): void {
  const { learningRate, beta1, beta2, epsilon, step } = options;
  const changing = [beta1 ** step, beta2 ** step, learningRate].map((value) =>
    arena.floats([], Float32Array.of(value)),
  );
  arena.run('ResourceApplyAdam', arena.attributes().adam, 0, [
    weights,
    firstMoment,
    secondMoment,
    ...changing,
    arena.scalar(beta1),
    arena.scalar(beta2),
    arena.scalar(epsilon),
    gradient,
  ]);
  arena.free(...changing);
}
