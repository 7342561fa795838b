import type { UnetLayout } from '#src/models/unet';
import type { Arena, Precision } from './ops/arena';
import { reshape, sliceVector } from './ops/arrangement';
import type { Tensor } from './tensorflow-binding';

/** The parameters of one pass, by their names in the layout. */
export type Parameters = ReadonlyMap<string, Tensor>;

/** The tensor called `name`; an Error when there is none. */
export function parameter(parameters: Parameters, name: string): Tensor {
  const tensor = parameters.get(name);
  if (tensor === undefined) throw new Error(`the model has no parameter ${name}`);
  return tensor;
}

/** Whether a parameter of this shape is a convolution's kernel: those are what `precision` rounds. */
function isKernel(shape: readonly number[]): boolean {
  return shape.length === 4;
}

/**
 * Cuts the flat vector of all parameters (float32, layout order) into tensors of their shapes: kernels in `precision`,
 * scales and offsets in float32.
 */
export function parametersOf(
  arena: Arena,
  layout: UnetLayout,
  flat: Tensor,
  precision: Precision,
): Parameters {
  // Rounded once as a whole: a kernel at a time would be two dozen calls more.
  const rounded = arena.cast(flat, precision);
  const parameters = new Map<string, Tensor>();
  for (const { name, shape, offset, size } of layout.parameters) {
    const part = sliceVector(arena, isKernel(shape) ? rounded : flat, offset, size);
    parameters.set(name, shape.length === 1 ? part : reshape(arena, part, shape));
    if (shape.length > 1) arena.free(part);
  }
  if (rounded !== flat) arena.free(rounded);
  return parameters;
}

/** Releases what `parametersOf` made. */
export function freeParameters(arena: Arena, parameters: Parameters): void {
  arena.free(...parameters.values());
}
