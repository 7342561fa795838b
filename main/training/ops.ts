import type { OpAttribute, Tensor, TensorflowBinding } from './tensorflow-binding';

/** Batch normalisation as TensorFlow's fused kernel returns it. */
export interface NormalisedBatch {
  readonly output: Tensor;
  readonly mean: Tensor;
  /** Unbiased, for the running statistics. */
  readonly variance: Tensor;
  /** What the gradient kernel wants back. */
  readonly reserved: readonly [Tensor, Tensor, Tensor];
}

const EPSILON = 1e-5;
const LEAK = 0.01;

/**
 * TensorFlow's own kernels as typed functions, without a gradient tape.
 *
 * Images are [batch, height, width, channels]. Every result belongs to the arena until `free`, `keep` or `clear`; the
 * addon has no garbage collection, so whoever opens a step must clear it.
 */
export class Ops {
  readonly #binding: TensorflowBinding;
  readonly #arena = new Set<number>();
  readonly #constants = new Map<string, Tensor>();
  readonly #attributes: ReturnType<typeof attributeSets>;

  constructor(binding: TensorflowBinding) {
    this.#binding = binding;
    this.#attributes = attributeSets(binding);
  }

  /** Number of tensors alive in the process; leak tests compare it before and after. */
  get alive(): number {
    return this.#binding.getNumOfTensors();
  }

  floats(shape: readonly number[], values: Float32Array): Tensor {
    return this.#create(shape, this.#binding.TF_FLOAT, values);
  }

  bytes(shape: readonly number[], values: Uint8Array): Tensor {
    return this.#create(shape, this.#binding.TF_UINT8, values);
  }

  /** The values of a float tensor, copied out of TensorFlow. */
  read(tensor: Tensor): Float32Array {
    const values = this.#binding.tensorDataSync(tensor.id);
    if (!(values instanceof Float32Array)) throw new TypeError('the tensor does not hold floats');
    return values;
  }

  /** Releases tensors of the arena before its end, to keep the peak of memory low. */
  free(...tensors: readonly Tensor[]): void {
    for (const tensor of tensors) {
      if (!this.#arena.delete(tensor.id)) throw new Error(`tensor ${tensor.id} is not in the arena`);
      this.#binding.deleteTensor(tensor.id);
    }
  }

  /** Takes a tensor out of the arena; it lives until `dispose`. */
  keep(tensor: Tensor): Tensor {
    if (!this.#arena.delete(tensor.id)) throw new Error(`tensor ${tensor.id} is not in the arena`);
    return tensor;
  }

  dispose(tensor: Tensor): void {
    this.#binding.deleteTensor(tensor.id);
  }

  /** Releases everything left in the arena. */
  clear(): void {
    for (const id of this.#arena) this.#binding.deleteTensor(id);
    this.#arena.clear();
  }

  /** Releases the constants too; the object is of no use afterwards. */
  close(): void {
    this.clear();
    for (const constant of this.#constants.values()) this.#binding.deleteTensor(constant.id);
    this.#constants.clear();
  }

  convolution(input: Tensor, kernel: Tensor): Tensor {
    return this.#one('Conv2D', this.#attributes.convolution, input, kernel);
  }

  convolutionInputGradient(shape: readonly number[], kernel: Tensor, gradient: Tensor): Tensor {
    return this.#one(
      'Conv2DBackpropInput',
      this.#attributes.convolution,
      this.integers(shape),
      kernel,
      gradient,
    );
  }

  convolutionKernelGradient(input: Tensor, shape: readonly number[], gradient: Tensor): Tensor {
    return this.#one(
      'Conv2DBackpropFilter',
      this.#attributes.convolution,
      input,
      this.integers(shape),
      gradient,
    );
  }

  /** 2x2 transposed convolution, stride 2: [n, h, w, in] to [n, 2h, 2w, out]; `kernel` is [2, 2, out, in]. */
  transposedConvolution(input: Tensor, kernel: Tensor): Tensor {
    const [batch = 0, height = 0, width = 0] = input.shape;
    const shape = this.integers([batch, 2 * height, 2 * width, kernel.shape[2] ?? 0]);
    return this.#one('Conv2DBackpropInput', this.#attributes.stridedConvolution, shape, kernel, input);
  }

  transposedConvolutionInputGradient(kernel: Tensor, gradient: Tensor): Tensor {
    return this.#one('Conv2D', this.#attributes.stridedConvolution, gradient, kernel);
  }

  transposedConvolutionKernelGradient(input: Tensor, shape: readonly number[], gradient: Tensor): Tensor {
    return this.#one(
      'Conv2DBackpropFilter',
      this.#attributes.stridedConvolution,
      gradient,
      this.integers(shape),
      input,
    );
  }

  /** Normalises with the batch's own mean and variance (Ioffe and Szegedy 2015). */
  batchNorm(input: Tensor, scale: Tensor, offset: Tensor): NormalisedBatch {
    const empty = this.#constant('empty', () => this.floats([0], new Float32Array(0)));
    const [output, mean, variance, a, b, c] = this.#run(
      'FusedBatchNormV3',
      this.#attributes.batchNormTraining,
      6,
      [input, scale, offset, empty, empty],
    );
    if (!output || !mean || !variance || !a || !b || !c) throw new Error('FusedBatchNormV3 gave too little');
    return { output, mean, variance, reserved: [a, b, c] };
  }

  /** Normalises with stored statistics, for inference. */
  batchNormStored(input: Tensor, scale: Tensor, offset: Tensor, mean: Tensor, variance: Tensor): Tensor {
    const [output, ...rest] = this.#run('FusedBatchNormV3', this.#attributes.batchNormInference, 6, [
      input,
      scale,
      offset,
      mean,
      variance,
    ]);
    if (!output) throw new Error('FusedBatchNormV3 gave nothing');
    this.free(...rest);
    return output;
  }

  /** Gradients of input, scale and offset. */
  batchNormGradient(
    gradient: Tensor,
    input: Tensor,
    scale: Tensor,
    reserved: NormalisedBatch['reserved'],
  ): readonly [Tensor, Tensor, Tensor] {
    const [dInput, dScale, dOffset, ...rest] = this.#run(
      'FusedBatchNormGradV3',
      this.#attributes.batchNormGradient,
      5,
      [gradient, input, scale, ...reserved],
    );
    if (!dInput || !dScale || !dOffset) throw new Error('FusedBatchNormGradV3 gave too little');
    this.free(...rest);
    return [dInput, dScale, dOffset];
  }

  leakyRelu(input: Tensor): Tensor {
    return this.#one('LeakyRelu', this.#attributes.leakyRelu, input);
  }

  /** `features` may be the input or the output of the activation: the gradient asks for the sign only. */
  leakyReluGradient(gradient: Tensor, features: Tensor): Tensor {
    return this.#one('LeakyReluGrad', this.#attributes.leakyRelu, gradient, features);
  }

  maxPool(input: Tensor): Tensor {
    return this.#one('MaxPool', this.#attributes.pool, input);
  }

  maxPoolGradient(input: Tensor, output: Tensor, gradient: Tensor): Tensor {
    return this.#one('MaxPoolGrad', this.#attributes.pool, input, output, gradient);
  }

  add(a: Tensor, b: Tensor): Tensor {
    return this.#one('AddV2', this.#attributes.float, a, b);
  }

  subtract(a: Tensor, b: Tensor): Tensor {
    return this.#one('Sub', this.#attributes.float, a, b);
  }

  multiply(a: Tensor, b: Tensor): Tensor {
    return this.#one('Mul', this.#attributes.float, a, b);
  }

  divide(a: Tensor, b: Tensor): Tensor {
    return this.#one('RealDiv', this.#attributes.float, a, b);
  }

  /** Sum over the rows: [m, c] to [c]. */
  sumRows(input: Tensor): Tensor {
    return this.#one('Sum', this.#attributes.sum, input, this.integers([0]));
  }

  /** Sum of all elements of a vector. */
  sumVector(input: Tensor): Tensor {
    return this.#one('Sum', this.#attributes.sum, input, this.integers([0]));
  }

  matrixProduct(a: Tensor, b: Tensor): Tensor {
    return this.#one('MatMul', this.#attributes.matrixProduct, a, b);
  }

  biasAdd(input: Tensor, bias: Tensor): Tensor {
    return this.#one('BiasAdd', this.#attributes.bias, input, bias);
  }

  biasGradient(gradient: Tensor): Tensor {
    return this.#one('BiasAddGrad', this.#attributes.bias, gradient);
  }

  softmax(input: Tensor): Tensor {
    return this.#one('Softmax', this.#attributes.float, input);
  }

  /** Per row: -sum(target log softmax(logits)), and its gradient softmax(logits) - target. */
  softmaxCrossEntropy(logits: Tensor, target: Tensor): readonly [loss: Tensor, gradient: Tensor] {
    const [loss, gradient] = this.#run('SoftmaxCrossEntropyWithLogits', this.#attributes.float, 2, [
      logits,
      target,
    ]);
    if (!loss || !gradient) throw new Error('SoftmaxCrossEntropyWithLogits gave too little');
    return [loss, gradient];
  }

  /** Class numbers [m] (uint8) to rows of 0 and 1 [m, classes]. */
  oneHot(indices: Tensor, classes: number): Tensor {
    return this.#one(
      'OneHot',
      this.#attributes.oneHot,
      indices,
      this.#integer(classes),
      this.scalar(1),
      this.scalar(0),
    );
  }

  reshape(input: Tensor, shape: readonly number[]): Tensor {
    return this.#one('Reshape', this.#attributes.reshape, input, this.integers(shape));
  }

  /** Along the last axis of a 4-D tensor. */
  concatChannels(a: Tensor, b: Tensor): Tensor {
    return this.#one('ConcatV2', this.#attributes.concat(2), a, b, this.#integer(3));
  }

  /** Along the last axis of a 4-D tensor, into two parts. */
  splitChannels(input: Tensor, first: number, second: number): readonly [Tensor, Tensor] {
    const [a, b] = this.#run('SplitV', this.#attributes.split(2), 2, [
      input,
      this.integers([first, second]),
      this.#integer(3),
    ]);
    if (!a || !b) throw new Error('SplitV gave too little');
    return [a, b];
  }

  concatVectors(parts: readonly Tensor[]): Tensor {
    return this.#one('ConcatV2', this.#attributes.concat(parts.length), ...parts, this.#integer(0));
  }

  splitVector(input: Tensor, sizes: readonly number[]): Tensor[] {
    return this.#run('SplitV', this.#attributes.split(sizes.length), sizes.length, [
      input,
      this.integers(sizes),
      this.#integer(0),
    ]);
  }

  /** A variable of TensorFlow that holds `value`; lives until `dispose`. */
  variable(name: string, value: Tensor): Tensor {
    const b = this.#binding;
    const handle = this.keep(
      this.#one('VarHandleOp', [
        { name: 'dtype', type: b.TF_ATTR_TYPE, value: b.TF_FLOAT },
        { name: 'shape', type: b.TF_ATTR_SHAPE, value: value.shape },
        { name: 'shared_name', type: b.TF_ATTR_STRING, value: name },
        { name: 'container', type: b.TF_ATTR_STRING, value: '' },
      ]),
    );
    this.assign(handle, value);
    return handle;
  }

  assign(variable: Tensor, value: Tensor): void {
    this.#run('AssignVariableOp', this.#attributes.dtype, 0, [variable, value]);
  }

  readVariable(variable: Tensor): Tensor {
    return this.#one('ReadVariableOp', this.#attributes.dtype, variable);
  }

  /** variable += change. */
  addToVariable(variable: Tensor, change: Tensor): void {
    this.#run('AssignAddVariableOp', this.#attributes.dtype, 0, [variable, change]);
  }

  /**
   * One step of Adam (Kingma and Ba 2015) on three variables, in place. `step` counts from 1.
   */
  adam(
    weights: Tensor,
    firstMoment: Tensor,
    secondMoment: Tensor,
    gradient: Tensor,
    options: { learningRate: number; beta1: number; beta2: number; epsilon: number; step: number },
  ): void {
    const { learningRate, beta1, beta2, epsilon, step } = options;
    const power1 = this.floats([], Float32Array.of(beta1 ** step));
    const power2 = this.floats([], Float32Array.of(beta2 ** step));
    const rate = this.floats([], Float32Array.of(learningRate));
    this.#run('ResourceApplyAdam', this.#attributes.adam, 0, [
      weights,
      firstMoment,
      secondMoment,
      power1,
      power2,
      rate,
      this.scalar(beta1),
      this.scalar(beta2),
      this.scalar(epsilon),
      gradient,
    ]);
    this.free(power1, power2, rate);
  }

  /** A kept constant number. */
  scalar(value: number): Tensor {
    return this.#constant(`scalar ${value}`, () => this.floats([], Float32Array.of(value)));
  }

  /** A kept constant [rows, columns] of ones. */
  ones(rows: number, columns: number): Tensor {
    return this.#constant(`ones ${rows} ${columns}`, () =>
      this.floats([rows, columns], new Float32Array(rows * columns).fill(1)),
    );
  }

  /** A kept constant vector of floats. */
  vector(values: readonly number[]): Tensor {
    return this.#constant(`vector ${values.join(' ')}`, () =>
      this.floats([values.length], Float32Array.from(values)),
    );
  }

  /** A kept constant vector of 32-bit integers (shapes, sizes). */
  integers(values: readonly number[]): Tensor {
    return this.#constant(`integers ${values.join(' ')}`, () =>
      this.#create([values.length], this.#binding.TF_INT32, Int32Array.from(values)),
    );
  }

  #integer(value: number): Tensor {
    return this.#constant(`integer ${value}`, () =>
      this.#create([], this.#binding.TF_INT32, Int32Array.of(value)),
    );
  }

  #constant(key: string, make: () => Tensor): Tensor {
    let tensor = this.#constants.get(key);
    if (tensor === undefined) {
      tensor = this.keep(make());
      this.#constants.set(key, tensor);
    }
    return tensor;
  }

  #create(shape: readonly number[], dtype: number, values: Float32Array | Int32Array | Uint8Array): Tensor {
    const id = this.#binding.createTensor(shape, dtype, values);
    this.#arena.add(id);
    return { id, shape, dtype };
  }

  #one(name: string, attributes: readonly OpAttribute[], ...inputs: readonly Tensor[]): Tensor {
    const [output] = this.#run(name, attributes, 1, inputs);
    if (output === undefined) throw new Error(`${name} gave nothing`);
    return output;
  }

  #run(
    name: string,
    attributes: readonly OpAttribute[],
    outputs: number,
    inputs: readonly Tensor[],
  ): Tensor[] {
    const results = this.#binding.executeOp(
      name,
      attributes,
      inputs.map((input) => input.id),
      outputs,
    );
    for (const result of results) this.#arena.add(result.id);
    return results;
  }
}

/** The attributes of every op, made once: they never change between steps. */
function attributeSets(b: TensorflowBinding) {
  const type = (name: string, value: number): OpAttribute => ({ name, type: b.TF_ATTR_TYPE, value });
  const integers = (name: string, value: number | readonly number[]): OpAttribute => ({
    name,
    type: b.TF_ATTR_INT,
    value,
  });
  const text = (name: string, value: string): OpAttribute => ({ name, type: b.TF_ATTR_STRING, value });
  const flag = (name: string, value: boolean): OpAttribute => ({ name, type: b.TF_ATTR_BOOL, value });
  const number = (name: string, value: number): OpAttribute => ({ name, type: b.TF_ATTR_FLOAT, value });

  const float = [type('T', b.TF_FLOAT)];
  const layout = text('data_format', 'NHWC');
  const convolution = (stride: number) => [
    ...float,
    integers('strides', [1, stride, stride, 1]),
    text('padding', 'SAME'),
    layout,
    integers('dilations', [1, 1, 1, 1]),
  ];
  const batchNorm = (training: boolean) => [
    ...float,
    type('U', b.TF_FLOAT),
    number('epsilon', EPSILON),
    layout,
    flag('is_training', training),
  ];
  const averaging = number('exponential_avg_factor', 1);
  return {
    float,
    convolution: convolution(1),
    stridedConvolution: convolution(2),
    batchNormTraining: [...batchNorm(true), averaging],
    batchNormInference: [...batchNorm(false), averaging],
    batchNormGradient: batchNorm(true),
    leakyRelu: [...float, number('alpha', LEAK)],
    pool: [
      ...float,
      integers('ksize', [1, 2, 2, 1]),
      integers('strides', [1, 2, 2, 1]),
      text('padding', 'VALID'),
      layout,
    ],
    sum: [...float, type('Tidx', b.TF_INT32), flag('keep_dims', false)],
    matrixProduct: [...float, flag('transpose_a', false), flag('transpose_b', false)],
    bias: [...float, layout],
    oneHot: [...float, type('TI', b.TF_UINT8), integers('axis', -1)],
    reshape: [...float, type('Tshape', b.TF_INT32)],
    concat: (count: number) => [...float, type('Tidx', b.TF_INT32), integers('N', count)],
    split: (count: number) => [...float, type('Tlen', b.TF_INT32), integers('num_split', count)],
    dtype: [type('dtype', b.TF_FLOAT)],
    adam: [...float, flag('use_locking', false), flag('use_nesterov', false)],
  };
}
