import type { UnetLayout } from '#src/models/unet';
import { leakyRelu } from './ops/activation';
import type { Arena } from './ops/arena';
import { concatChannels, concatVectors } from './ops/arrangement';
import { biasAdd, convolution, transposedConvolution } from './ops/convolution';
import { batchNorm, type NormalisedBatch } from './ops/normalisation';
import { maxPool, type Pooled } from './ops/pooling';
import { parameter, type Parameters } from './parameters';
import type { Tensor } from './tensorflow-binding';

/** What one convolution, normalisation and activation leaves for its gradient. */
export interface UnitTape {
  readonly input: Tensor;
  /** Output of the convolution. */
  readonly convolved: Tensor;
  readonly norm: NormalisedBatch;
  /** Output of the activation. */
  readonly output: Tensor;
}

export interface BlockTape {
  readonly first: UnitTape;
  readonly second: UnitTape;
}

export interface ForwardTape {
  readonly encoders: readonly BlockTape[];
  /** The pooling below each encoder but the last. */
  readonly pooled: readonly Pooled[];
  /** Decoder blocks from the deepest to the first, with what went into their transposed convolution. */
  readonly decoders: readonly { readonly level: number; readonly below: Tensor; readonly block: BlockTape }[];
  /** Input of the head. */
  readonly features: Tensor;
  /** float32 [batch, height, width, classes] */
  readonly logits: Tensor;
}

/**
 * Training pass: normalises with the batch's statistics and keeps what the gradients need.
 *
 * @param images [batch, height, width, channels] in the precision of the kernels
 */
export function forward(
  arena: Arena,
  layout: UnetLayout,
  parameters: Parameters,
  images: Tensor,
): ForwardTape {
  const unit = (name: string, index: 1 | 2, input: Tensor): UnitTape => {
    const convolved = convolution(arena, input, parameter(parameters, `${name}.convolution${index}`));
    const norm = batchNorm(
      arena,
      convolved,
      parameter(parameters, `${name}.scale${index}`),
      parameter(parameters, `${name}.offset${index}`),
    );
    const output = leakyRelu(arena, norm.output);
    // The activation's own output has the sign that its gradient needs.
    arena.free(norm.output);
    return { input, convolved, norm, output };
  };
  const block = (name: string, input: Tensor): BlockTape => {
    const first = unit(name, 1, input);
    return { first, second: unit(name, 2, first.output) };
  };

  const { depth } = layout.model;
  const encoders: BlockTape[] = [];
  const pooled: Pooled[] = [];
  let current = images;
  for (let level = 0; level <= depth; level++) {
    const tape = block(`encoder${level}`, current);
    encoders.push(tape);
    current = tape.second.output;
    if (level < depth) {
      const pool = maxPool(arena, current);
      pooled.push(pool);
      current = pool.output;
    }
  }
  const decoders: { level: number; below: Tensor; block: BlockTape }[] = [];
  for (let level = depth - 1; level >= 0; level--) {
    const skip = encoders[level]?.second.output;
    if (skip === undefined) throw new RangeError(`the model has no level ${level}`);
    const below = current;
    const up = transposedConvolution(arena, below, parameter(parameters, `up${level}`));
    const joined = concatChannels(arena, skip, up);
    arena.free(up);
    const tape = block(`decoder${level}`, joined);
    decoders.push({ level, below, block: tape });
    current = tape.second.output;
  }
  const convolved = convolution(arena, current, parameter(parameters, 'head'));
  // From here on in float32: the loss would suffer most from rounding.
  const scores = arena.cast(convolved, 'float32');
  if (scores !== convolved) arena.free(convolved);
  const logits = biasAdd(arena, scores, parameter(parameters, 'headOffset'));
  arena.free(scores);
  return { encoders, pooled, decoders, features: current, logits };
}

/** Batch means of all normalisations, then their variances, in layout order: [2 * statisticCount]. */
export function batchStatistics(arena: Arena, layout: UnetLayout, tape: ForwardTape): Tensor {
  const norms = new Map<string, NormalisedBatch>();
  const remember = (name: string, block: BlockTape) => {
    norms.set(`${name}.1`, block.first.norm);
    norms.set(`${name}.2`, block.second.norm);
  };
  tape.encoders.forEach((block, level) => {
    remember(`encoder${level}`, block);
  });
  for (const { level, block } of tape.decoders) remember(`decoder${level}`, block);
  const ordered = layout.normalisations.map(({ name }) => {
    const norm = norms.get(name);
    if (norm === undefined) throw new Error(`no statistics for ${name}`);
    return norm;
  });
  return concatVectors(arena, [...ordered.map((norm) => norm.mean), ...ordered.map((norm) => norm.variance)]);
}
