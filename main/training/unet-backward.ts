import { channelsAt, type UnetLayout } from '#src/models/unet';
import { leakyReluGradient } from './ops/activation';
import type { Arena, Precision } from './ops/arena';
import { add } from './ops/arithmetic';
import { concatVectors, reshape, splitChannels } from './ops/arrangement';
import {
  biasGradient,
  convolutionInputGradient,
  convolutionKernelGradient,
  transposedConvolutionInputGradient,
  transposedConvolutionKernelGradient,
} from './ops/convolution';
import { batchNormGradient } from './ops/normalisation';
import { maxPoolGradient } from './ops/pooling';
import { parameter, type Parameters } from './parameters';
import type { Tensor } from './tensorflow-binding';
import type { BlockTape, ForwardTape, UnitTape } from './unet-forward';

/**
 * Gradients of all parameters, as one float32 vector in layout order, from the gradient of the logits.
 *
 * Frees the tape as it goes, so that the peak of memory is that of the forward pass plus one level.
 *
 * @param dLogits float32, in the shape of the logits
 */
export function backward(
  arena: Arena,
  layout: UnetLayout,
  parameters: Parameters,
  tape: ForwardTape,
  dLogits: Tensor,
  precision: Precision,
): Tensor {
  const gradients = new Map<string, Tensor>();

  /** Returns the gradient of the unit's input, or null when nobody asks for it. */
  const unit = (
    name: string,
    index: 1 | 2,
    tapeOfUnit: UnitTape,
    dOutput: Tensor,
    wantsInput: boolean,
  ): Tensor | null => {
    const kernel = parameter(parameters, `${name}.convolution${index}`);
    const dNormalised = leakyReluGradient(arena, dOutput, tapeOfUnit.output);
    arena.free(dOutput, tapeOfUnit.output);
    const [dConvolved, dScale, dOffset] = batchNormGradient(
      arena,
      dNormalised,
      tapeOfUnit.convolved,
      parameter(parameters, `${name}.scale${index}`),
      tapeOfUnit.norm.reserved,
    );
    arena.free(dNormalised, tapeOfUnit.convolved);
    gradients.set(`${name}.scale${index}`, dScale);
    gradients.set(`${name}.offset${index}`, dOffset);
    gradients.set(
      `${name}.convolution${index}`,
      convolutionKernelGradient(arena, tapeOfUnit.input, kernel.shape, dConvolved),
    );
    const dInput = wantsInput
      ? convolutionInputGradient(arena, tapeOfUnit.input.shape, kernel, dConvolved)
      : null;
    arena.free(dConvolved);
    return dInput;
  };
  const block = (
    name: string,
    tapeOfBlock: BlockTape,
    dOutput: Tensor,
    wantsInput: boolean,
  ): Tensor | null => {
    const middle = unit(name, 2, tapeOfBlock.second, dOutput, true);
    if (middle === null) throw new Error('the second unit always passes its gradient on');
    return unit(name, 1, tapeOfBlock.first, middle, wantsInput);
  };

  gradients.set('headOffset', biasGradient(arena, dLogits));
  const headKernel = parameter(parameters, 'head');
  const dScores = arena.cast(dLogits, precision);
  gradients.set('head', convolutionKernelGradient(arena, tape.features, headKernel.shape, dScores));
  let current = convolutionInputGradient(arena, tape.features.shape, headKernel, dScores);
  if (dScores !== dLogits) arena.free(dScores);

  const skipGradients = new Map<number, Tensor>();
  for (const { level, below, block: tapeOfBlock } of [...tape.decoders].reverse()) {
    const dJoined = block(`decoder${level}`, tapeOfBlock, current, true);
    if (dJoined === null) throw new Error('a decoder always passes its gradient on');
    arena.free(tapeOfBlock.first.input);
    const width = channelsAt(layout.channels, level);
    const [dSkip, dUp] = splitChannels(arena, dJoined, width, width);
    arena.free(dJoined);
    skipGradients.set(level, dSkip);
    const kernel = parameter(parameters, `up${level}`);
    gradients.set(`up${level}`, transposedConvolutionKernelGradient(arena, below, kernel.shape, dUp));
    current = transposedConvolutionInputGradient(arena, kernel, dUp);
    arena.free(dUp);
  }

  for (let level = layout.model.depth; level >= 0; level--) {
    const tapeOfBlock = tape.encoders[level];
    if (tapeOfBlock === undefined) throw new RangeError(`the model has no level ${level}`);
    const skip = skipGradients.get(level);
    const pooled = tape.pooled[level];
    if (skip !== undefined && pooled !== undefined) {
      const dPooled = maxPoolGradient(arena, tapeOfBlock.second.output, pooled, current);
      arena.free(current, pooled.output);
      if (pooled.workspace !== null) arena.free(pooled.workspace);
      current = add(arena, dPooled, skip);
      arena.free(dPooled, skip);
    }
    const dInput = block(`encoder${level}`, tapeOfBlock, current, level > 0);
    if (dInput !== null) current = dInput;
  }

  return concatVectors(
    arena,
    layout.parameters.map(({ name, size }) => {
      const gradient = gradients.get(name);
      if (gradient === undefined) throw new Error(`no gradient for ${name}`);
      return reshape(arena, arena.cast(gradient, 'float32'), [size]);
    }),
  );
}
