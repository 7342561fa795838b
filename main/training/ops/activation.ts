import type { Tensor } from '../tensorflow-binding';
import type { Arena } from './arena';

/** x where it is positive, a hundredth of it elsewhere (Maas et al. 2013). */
export function leakyRelu(arena: Arena, input: Tensor): Tensor {
  return arena.one('LeakyRelu', arena.attributes(input.dtype).leakyRelu, input);
}

/** `features` may be the input or the output of the activation: the gradient asks for the sign only. */
export function leakyReluGradient(arena: Arena, gradient: Tensor, features: Tensor): Tensor {
  return arena.one('LeakyReluGrad', arena.attributes(gradient.dtype).leakyRelu, gradient, features);
}

/** Class probabilities of each row. */
export function softmax(arena: Arena, input: Tensor): Tensor {
  return arena.one('Softmax', arena.attributes(input.dtype).plain, input);
}
