import { NORM_EPSILON } from '#src/models/folded-weights';
import type { UnetLayout } from '#src/models/unet';
import { leakyRelu, softmax } from './ops/activation';
import type { Arena, Precision } from './ops/arena';
import { add, inverseRoot, multiply, subtract } from './ops/arithmetic';
import { concatChannels, reshape, sliceVector } from './ops/arrangement';
import { biasAdd, convolution, convolutionWithBias, transposedConvolution } from './ops/convolution';
import { maxPool } from './ops/pooling';
import { freeParameters, parameter, parametersOf, type Parameters } from './parameters';
import type { Tensor } from './tensorflow-binding';

/**
 * The network for inference: every batch normalisation is folded into the convolution before it (Jacob et al. 2018), so
 * that a layer is a convolution, an offset and the activation.
 */
export class FoldedNetwork {
  readonly #arena: Arena;
  readonly #layout: UnetLayout;
  readonly #precision: Precision;
  /** Kernels and offsets, kept beyond the arena's end. */
  readonly #parameters: Parameters;

  /**
   * @param weights all parameters in layout order, float32
   * @param statistics running means, then running variances, float32
   */
  constructor(arena: Arena, layout: UnetLayout, weights: Tensor, statistics: Tensor, precision: Precision) {
    this.#arena = arena;
    this.#layout = layout;
    this.#precision = precision;
    const given = parametersOf(arena, layout, weights, 'float32');
    const folded = new Map<string, Tensor>();
    const put = (name: string, tensor: Tensor, to = precision) => {
      const rounded = arena.cast(tensor, to);
      folded.set(name, arena.keep(rounded === tensor ? reshape(arena, tensor, tensor.shape) : rounded));
    };
    for (const { name, channels, offset } of layout.normalisations) {
      const mean = sliceVector(arena, statistics, offset, channels);
      const variance = sliceVector(arena, statistics, layout.statisticCount + offset, channels);
      const [block = '', index = ''] = name.split('.');
      const factor = multiply(
        arena,
        parameter(given, `${block}.scale${index}`),
        inverseRoot(arena, add(arena, variance, arena.scalar(NORM_EPSILON))),
      );
      const kernel = `${block}.convolution${index}`;
      put(kernel, multiply(arena, parameter(given, kernel), factor));
      const shift = multiply(arena, mean, factor);
      put(`${block}.offset${index}`, subtract(arena, parameter(given, `${block}.offset${index}`), shift));
    }
    for (const { name } of layout.parameters)
      if (/^up\d+$|^head$/u.test(name)) put(name, parameter(given, name));
    put('headOffset', parameter(given, 'headOffset'), 'float32');
    freeParameters(arena, given);
    this.#parameters = folded;
  }

  /**
   * Class probabilities, float32 [batch * height * width, classes].
   *
   * @param images float32 [batch, height, width, channels]; height and width multiples of 2^depth
   */
  predict(images: Tensor): Tensor {
    const arena = this.#arena;
    const { depth, classes } = this.#layout.model;
    const skips: Tensor[] = [];
    const input = arena.cast(images, this.#precision);
    let current = input;
    for (let level = 0; level < depth; level++) {
      const skip = this.#block(`encoder${level}`, current, current !== images);
      skips.push(skip);
      const { output, workspace } = maxPool(arena, skip);
      if (workspace !== null) arena.free(workspace);
      current = output;
    }
    current = this.#block(`encoder${depth}`, current, current !== images);
    for (let level = depth - 1; level >= 0; level--) {
      const skip = skips.pop();
      if (skip === undefined) throw new RangeError(`the model has no level ${level}`);
      const up = transposedConvolution(arena, current, parameter(this.#parameters, `up${level}`));
      const joined = concatChannels(arena, skip, up);
      arena.free(current, up, skip);
      current = this.#block(`decoder${level}`, joined, true);
    }
    const convolved = convolution(arena, current, parameter(this.#parameters, 'head'));
    const scores = arena.cast(convolved, 'float32');
    const logits = biasAdd(arena, scores, parameter(this.#parameters, 'headOffset'));
    const [batch = 0, height = 0, width = 0] = logits.shape;
    return softmax(arena, reshape(arena, logits, [batch * height * width, classes]));
  }

  /** Releases the weights; the object is of no use afterwards. */
  dispose(): void {
    for (const tensor of this.#parameters.values()) this.#arena.dispose(tensor);
  }

  #block(name: string, input: Tensor, freesInput: boolean): Tensor {
    return this.#unit(name, 2, this.#unit(name, 1, input, freesInput), true);
  }

  #unit(name: string, index: 1 | 2, input: Tensor, freesInput: boolean): Tensor {
    const arena = this.#arena;
    const kernel = parameter(this.#parameters, `${name}.convolution${index}`);
    const offset = parameter(this.#parameters, `${name}.offset${index}`);
    const shifted = convolutionWithBias(arena, input, kernel, offset);
    if (freesInput) arena.free(input);
    const output = leakyRelu(arena, shifted);
    arena.free(shifted);
    return output;
  }
}
