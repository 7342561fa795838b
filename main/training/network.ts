import type { UnetLayout } from '#src/models/unet';
import { FoldedNetwork } from './folded-network';
import { diceCrossEntropy } from './loss';
import type { Arena, Precision } from './ops/arena';
import { add, multiply, subtract } from './ops/arithmetic';
import { adam, addToVariable, readVariable, variable } from './ops/variables';
import { freeParameters, parametersOf } from './parameters';
import type { Tensor } from './tensorflow-binding';
import { backward } from './unet-backward';
import { batchStatistics, forward } from './unet-forward';

/** Share of a batch's statistics in the running ones. */
const STATISTICS_MOMENTUM = 0.1;
const BETA1 = 0.9;
const BETA2 = 0.999;
const ADAM_EPSILON = 1e-8;

/** All numbers of a model that training changes. Vectors in layout order. */
export interface NetworkState {
  readonly weights: Float32Array;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  /** Running means, then running variances. */
  readonly statistics: Float32Array;
  /** Steps taken. */
  readonly step: number;
}

/** Images [batch, height, width, channels] and their classes, both row-major. */
export interface Batch {
  readonly images: Float32Array;
  readonly classes: Uint8Array;
  readonly shape: readonly [batch: number, height: number, width: number, channels: number];
}

let serial = 0;

/**
 * A U-Net whose parameters live in TensorFlow as one flat float32 variable each for weights and moments.
 *
 * In bfloat16 the kernels and what passes between the layers are rounded to it (Micikevicius et al. 2018, without their
 * scaling of the loss: bfloat16 has the range of float32); weights, moments, statistics and the loss stay float32.
 */
export class Network {
  readonly layout: UnetLayout;
  readonly precision: Precision;
  readonly #arena: Arena;
  readonly #weights: Tensor;
  readonly #firstMoment: Tensor;
  readonly #secondMoment: Tensor;
  readonly #statistics: Tensor;
  #folded: FoldedNetwork | null = null;
  #lossSum: Tensor;
  #lossCount = 0;
  #step: number;

  constructor(arena: Arena, layout: UnetLayout, state: NetworkState, precision: Precision) {
    this.layout = layout;
    this.precision = precision;
    this.#arena = arena;
    this.#step = state.step;
    serial += 1;
    // TensorFlow copies lazily: without the slice, the variable would write into the caller's array.
    const holding = (name: string, values: Float32Array) => {
      const tensor = arena.floats([values.length], values.slice());
      const handle = variable(arena, `${name} ${serial}`, tensor);
      arena.free(tensor);
      return handle;
    };
    this.#weights = holding('weights', state.weights);
    this.#firstMoment = holding('first moment', state.firstMoment);
    this.#secondMoment = holding('second moment', state.secondMoment);
    this.#statistics = holding('statistics', state.statistics);
    this.#lossSum = arena.keep(arena.floats([], Float32Array.of(0)));
  }

  get step(): number {
    return this.#step;
  }

  /** Loss and the gradient of every parameter for one batch; changes nothing. */
  gradients(batch: Batch): { loss: number; gradient: Float32Array } {
    const { loss, gradient } = this.#lossAndGradient(batch, () => undefined);
    const result = { loss: this.#arena.read(loss)[0] ?? Number.NaN, gradient: this.#arena.read(gradient) };
    this.#arena.clear();
    return result;
  }

  /** One step of Adam on the batch. The loss is added up inside TensorFlow: see `takeMeanLoss`. */
  train(batch: Batch, learningRate: number): void {
    const arena = this.#arena;
    this.#forgetFolded();
    const { loss, gradient } = this.#lossAndGradient(batch, (statistics) => {
      const running = readVariable(arena, this.#statistics);
      const change = multiply(arena, subtract(arena, statistics, running), arena.scalar(STATISTICS_MOMENTUM));
      // The variable is written in place only when nobody else holds its buffer.
      arena.free(running);
      addToVariable(arena, this.#statistics, change);
    });
    this.#step += 1;
    adam(arena, this.#weights, this.#firstMoment, this.#secondMoment, gradient, {
      learningRate,
      beta1: BETA1,
      beta2: BETA2,
      epsilon: ADAM_EPSILON,
      step: this.#step,
    });
    const sum = arena.keep(add(arena, this.#lossSum, loss));
    arena.dispose(this.#lossSum);
    this.#lossSum = sum;
    this.#lossCount += 1;
    arena.clear();
  }

  /** Mean loss of the steps since the last `takeMeanLoss`, null when there were none. */
  meanLoss(): number | null {
    if (this.#lossCount === 0) return null;
    return (this.#arena.read(this.#lossSum)[0] ?? Number.NaN) / this.#lossCount;
  }

  /** The same, and starts a new mean; NaN when there were no steps or one of them was not finite. */
  takeMeanLoss(): number {
    const mean = this.meanLoss() ?? Number.NaN;
    this.#arena.dispose(this.#lossSum);
    this.#lossSum = this.#arena.keep(this.#arena.floats([], Float32Array.of(0)));
    this.#lossCount = 0;
    return mean;
  }

  /**
   * Class probabilities [batch, height, width, classes] with the running statistics.
   *
   * @param images [batch, height, width, channels]; height and width multiples of 2^depth
   */
  predict(images: Float32Array, shape: readonly number[]): Float32Array {
    const arena = this.#arena;
    if (this.#folded === null) {
      const weights = readVariable(arena, this.#weights);
      const statistics = readVariable(arena, this.#statistics);
      this.#folded = new FoldedNetwork(arena, this.layout, weights, statistics, this.precision);
    }
    const probabilities = arena.read(this.#folded.predict(arena.floats(shape, images)));
    arena.clear();
    return probabilities;
  }

  /** Copies everything that training changes. */
  state(): NetworkState {
    const copy = (handle: Tensor) => {
      const tensor = readVariable(this.#arena, handle);
      const values = this.#arena.read(tensor);
      this.#arena.free(tensor);
      return values;
    };
    return {
      weights: copy(this.#weights),
      firstMoment: copy(this.#firstMoment),
      secondMoment: copy(this.#secondMoment),
      statistics: copy(this.#statistics),
      step: this.#step,
    };
  }

  /** Releases the variables; the network is of no use afterwards. */
  dispose(): void {
    this.#forgetFolded();
    for (const tensor of [
      this.#weights,
      this.#firstMoment,
      this.#secondMoment,
      this.#statistics,
      this.#lossSum,
    ])
      this.#arena.dispose(tensor);
  }

  /** Kernels folded for inference are of no use after the next step, and may hold on to the weights' memory. */
  #forgetFolded(): void {
    this.#folded?.dispose();
    this.#folded = null;
  }

  #lossAndGradient(
    batch: Batch,
    onStatistics: (statistics: Tensor) => void,
  ): { loss: Tensor; gradient: Tensor } {
    const arena = this.#arena;
    const weights = readVariable(arena, this.#weights);
    const parameters = parametersOf(arena, this.layout, weights, this.precision);
    arena.free(weights);
    const images = arena.cast(arena.floats(batch.shape, batch.images), this.precision);
    const tape = forward(arena, this.layout, parameters, images);
    onStatistics(batchStatistics(arena, this.layout, tape));
    const classes = arena.bytes([batch.classes.length], batch.classes);
    const { loss, gradient: dLogits } = diceCrossEntropy(arena, tape.logits, classes);
    const gradient = backward(arena, this.layout, parameters, tape, dLogits, this.precision);
    freeParameters(arena, parameters);
    return { loss, gradient };
  }
}
