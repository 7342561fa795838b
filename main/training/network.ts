import type { UnetLayout } from '#src/models/unet';
import { diceCrossEntropy } from './loss';
import type { Ops } from './ops';
import type { Tensor } from './tensorflow-binding';
import { backward } from './unet-backward';
import { batchStatistics, forward, infer } from './unet-forward';

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

/** A U-Net whose parameters live in TensorFlow as one flat variable each for weights and moments. */
export class Network {
  readonly layout: UnetLayout;
  readonly #ops: Ops;
  readonly #weights: Tensor;
  readonly #firstMoment: Tensor;
  readonly #secondMoment: Tensor;
  readonly #statistics: Tensor;
  #lossSum: Tensor;
  #lossCount = 0;
  #step: number;

  constructor(ops: Ops, layout: UnetLayout, state: NetworkState) {
    this.layout = layout;
    this.#ops = ops;
    this.#step = state.step;
    serial += 1;
    // TensorFlow copies lazily: without the slice, the variable would write into the caller's array.
    const variable = (name: string, values: Float32Array) => {
      const tensor = ops.floats([values.length], values.slice());
      const handle = ops.variable(`${name} ${serial}`, tensor);
      ops.free(tensor);
      return handle;
    };
    this.#weights = variable('weights', state.weights);
    this.#firstMoment = variable('first moment', state.firstMoment);
    this.#secondMoment = variable('second moment', state.secondMoment);
    this.#statistics = variable('statistics', state.statistics);
    this.#lossSum = ops.keep(ops.floats([], Float32Array.of(0)));
  }

  get step(): number {
    return this.#step;
  }

  /** Loss and the gradient of every parameter for one batch; changes nothing. */
  gradients(batch: Batch): { loss: number; gradient: Float32Array } {
    const { loss, gradient } = this.#lossAndGradient(batch, () => undefined);
    const result = { loss: this.#ops.read(loss)[0] ?? Number.NaN, gradient: this.#ops.read(gradient) };
    this.#ops.clear();
    return result;
  }

  /** One step of Adam on the batch. The loss is added up inside TensorFlow: see `takeMeanLoss`. */
  train(batch: Batch, learningRate: number): void {
    const ops = this.#ops;
    const { loss, gradient } = this.#lossAndGradient(batch, (statistics) => {
      const running = ops.readVariable(this.#statistics);
      const change = ops.multiply(ops.subtract(statistics, running), ops.scalar(STATISTICS_MOMENTUM));
      // The variable is written in place only when nobody else holds its buffer.
      ops.free(running);
      ops.addToVariable(this.#statistics, change);
    });
    this.#step += 1;
    ops.adam(this.#weights, this.#firstMoment, this.#secondMoment, gradient, {
      learningRate,
      beta1: BETA1,
      beta2: BETA2,
      epsilon: ADAM_EPSILON,
      step: this.#step,
    });
    const sum = ops.keep(ops.add(this.#lossSum, loss));
    ops.dispose(this.#lossSum);
    this.#lossSum = sum;
    this.#lossCount += 1;
    ops.clear();
  }

  /** Mean loss of the steps since the last `takeMeanLoss`, null when there were none. */
  meanLoss(): number | null {
    if (this.#lossCount === 0) return null;
    return (this.#ops.read(this.#lossSum)[0] ?? Number.NaN) / this.#lossCount;
  }

  /** The same, and starts a new mean; NaN when there were no steps or one of them was not finite. */
  takeMeanLoss(): number {
    const mean = this.meanLoss() ?? Number.NaN;
    this.#ops.dispose(this.#lossSum);
    this.#lossSum = this.#ops.keep(this.#ops.floats([], Float32Array.of(0)));
    this.#lossCount = 0;
    return mean;
  }

  /**
   * Class probabilities [batch, height, width, classes] with the running statistics.
   *
   * @param images [batch, height, width, channels]; height and width multiples of 2^depth
   */
  predict(images: Float32Array, shape: readonly number[]): Float32Array {
    const ops = this.#ops;
    const statistics = new Map<string, readonly [Tensor, Tensor]>();
    const parts = ops.splitVector(ops.readVariable(this.#statistics), [
      ...this.layout.normalisations.map(({ channels }) => channels),
      ...this.layout.normalisations.map(({ channels }) => channels),
    ]);
    this.layout.normalisations.forEach(({ name }, index) => {
      const mean = parts[index];
      const variance = parts[index + this.layout.normalisations.length];
      if (mean && variance) statistics.set(name, [mean, variance]);
    });
    const logits = infer(ops, this.layout, this.#parameters(), statistics, ops.floats(shape, images));
    const classes = this.layout.model.classes;
    const pixels = logits.shape.slice(0, 3).reduce((product, n) => product * n, 1);
    const probabilities = ops.read(ops.softmax(ops.reshape(logits, [pixels, classes])));
    ops.clear();
    return probabilities;
  }

  /** Copies everything that training changes. */
  state(): NetworkState {
    const copy = (variable: Tensor) => {
      const tensor = this.#ops.readVariable(variable);
      const values = this.#ops.read(tensor);
      this.#ops.free(tensor);
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
    for (const tensor of [
      this.#weights,
      this.#firstMoment,
      this.#secondMoment,
      this.#statistics,
      this.#lossSum,
    ])
      this.#ops.dispose(tensor);
  }

  #parameters(): Map<string, Tensor> {
    const flat = this.#ops.readVariable(this.#weights);
    const parts = this.#ops.splitVector(
      flat,
      this.layout.parameters.map(({ size }) => size),
    );
    this.#ops.free(flat);
    const parameters = new Map<string, Tensor>();
    this.layout.parameters.forEach(({ name, shape }, index) => {
      const part = parts[index];
      if (part) parameters.set(name, this.#ops.reshape(part, shape));
    });
    return parameters;
  }

  #lossAndGradient(
    batch: Batch,
    onStatistics: (statistics: Tensor) => void,
  ): { loss: Tensor; gradient: Tensor } {
    const ops = this.#ops;
    const parameters = this.#parameters();
    const tape = forward(ops, this.layout, parameters, ops.floats(batch.shape, batch.images));
    onStatistics(batchStatistics(ops, this.layout, tape));
    const { loss, gradient } = diceCrossEntropy(
      ops,
      tape.logits,
      ops.bytes([batch.classes.length], batch.classes),
    );
    return { loss, gradient: backward(ops, this.layout, parameters, tape, gradient) };
  }
}
