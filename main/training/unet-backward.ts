import { channelsAt, type UnetLayout } from '#src/models/unet';
import type { Ops } from './ops';
import type { Tensor } from './tensorflow-binding';
import { parameter, type BlockTape, type ForwardTape, type Parameters, type UnitTape } from './unet-forward';

/**
 * Gradients of all parameters, as one vector in layout order, from the gradient of the logits.
 *
 * Frees the tape as it goes, so that the peak of memory is that of the forward pass plus one level.
 */
export function backward(
  ops: Ops,
  layout: UnetLayout,
  parameters: Parameters,
  tape: ForwardTape,
  dLogits: Tensor,
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
    const dNormalised = ops.leakyReluGradient(dOutput, tapeOfUnit.output);
    ops.free(dOutput, tapeOfUnit.output);
    const [dConvolved, dScale, dOffset] = ops.batchNormGradient(
      dNormalised,
      tapeOfUnit.convolved,
      parameter(parameters, `${name}.scale${index}`),
      tapeOfUnit.norm.reserved,
    );
    ops.free(dNormalised, tapeOfUnit.convolved);
    gradients.set(`${name}.scale${index}`, dScale);
    gradients.set(`${name}.offset${index}`, dOffset);
    gradients.set(
      `${name}.convolution${index}`,
      ops.convolutionKernelGradient(tapeOfUnit.input, kernel.shape, dConvolved),
    );
    const dInput = wantsInput
      ? ops.convolutionInputGradient(tapeOfUnit.input.shape, kernel, dConvolved)
      : null;
    ops.free(dConvolved);
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

  gradients.set('headOffset', ops.biasGradient(dLogits));
  const headKernel = parameter(parameters, 'head');
  gradients.set('head', ops.convolutionKernelGradient(tape.features, headKernel.shape, dLogits));
  let current = ops.convolutionInputGradient(tape.features.shape, headKernel, dLogits);

  const skipGradients = new Map<number, Tensor>();
  for (const { level, below, block: tapeOfBlock } of [...tape.decoders].reverse()) {
    const dJoined = block(`decoder${level}`, tapeOfBlock, current, true);
    if (dJoined === null) throw new Error('a decoder always passes its gradient on');
    ops.free(tapeOfBlock.first.input);
    const width = channelsAt(layout.channels, level);
    const [dSkip, dUp] = ops.splitChannels(dJoined, width, width);
    ops.free(dJoined);
    skipGradients.set(level, dSkip);
    const kernel = parameter(parameters, `up${level}`);
    gradients.set(`up${level}`, ops.transposedConvolutionKernelGradient(below, kernel.shape, dUp));
    current = ops.transposedConvolutionInputGradient(kernel, dUp);
    ops.free(dUp);
  }

  for (let level = layout.model.depth; level >= 0; level--) {
    const tapeOfBlock = tape.encoders[level];
    if (tapeOfBlock === undefined) throw new RangeError(`the model has no level ${level}`);
    const skip = skipGradients.get(level);
    const pooled = tape.pooled[level];
    if (skip !== undefined && pooled !== undefined) {
      const dPooled = ops.maxPoolGradient(tapeOfBlock.second.output, pooled, current);
      ops.free(current);
      current = ops.add(dPooled, skip);
      ops.free(dPooled, skip, pooled);
    }
    const dInput = block(`encoder${level}`, tapeOfBlock, current, level > 0);
    if (dInput !== null) current = dInput;
  }

  return ops.concatVectors(
    layout.parameters.map(({ name, size }) => {
      const gradient = gradients.get(name);
      if (gradient === undefined) throw new Error(`no gradient for ${name}`);
      return ops.reshape(gradient, [size]);
    }),
  );
}
