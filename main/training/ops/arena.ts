import type { OpAttribute, Tensor, TensorflowBinding } from '../tensorflow-binding';
import { attributeSets, type Attributes } from './attributes';

/** TensorFlow's number of the type bfloat16, which the addon does not name. */
const TF_BFLOAT16 = 14;

/** Types that the values between layers may have. */
export type Precision = 'float32' | 'bfloat16';

/**
 * Runs TensorFlow's kernels one by one, without a gradient tape, and owns what they make.
 *
 * Every result belongs to the arena until `free`, `keep` or `clear`; the addon has no garbage collection, so whoever
 * opens a step must clear it. The functions beside this file are the kernels; what they compute on is told by the type
 * of their first tensor.
 */
export class Arena {
  readonly binding: TensorflowBinding;
  readonly #owned = new Set<number>();
  readonly #constants = new Map<string, Tensor>();
  readonly #attributes = new Map<number, Attributes>();
  readonly #casts = new Map<string, readonly OpAttribute[]>();

  constructor(binding: TensorflowBinding) {
    this.binding = binding;
  }

  /** Number of tensors alive in the process; leak tests compare it before and after. */
  get alive(): number {
    return this.binding.getNumOfTensors();
  }

  /** The attributes of ops on such elements. */
  attributes(element: number = this.binding.TF_FLOAT): Attributes {
    let found = this.#attributes.get(element);
    if (found === undefined) {
      found = attributeSets(this.binding, element);
      this.#attributes.set(element, found);
    }
    return found;
  }

  floats(shape: readonly number[], values: Float32Array): Tensor {
    return this.#create(shape, this.binding.TF_FLOAT, values);
  }

  bytes(shape: readonly number[], values: Uint8Array): Tensor {
    return this.#create(shape, this.binding.TF_UINT8, values);
  }

  /** The tensor in the given precision; itself when it is of that type already. */
  cast(tensor: Tensor, precision: Precision): Tensor {
    const target = precision === 'float32' ? this.binding.TF_FLOAT : TF_BFLOAT16;
    if (tensor.dtype === target) return tensor;
    const key = `${tensor.dtype} ${target}`;
    let attributes = this.#casts.get(key);
    if (attributes === undefined) {
      attributes = this.attributes(tensor.dtype).castTo(target);
      this.#casts.set(key, attributes);
    }
    return this.one('Cast', attributes, tensor);
  }

  /** The values of a float tensor, copied out of TensorFlow. */
  read(tensor: Tensor): Float32Array {
    const values = this.binding.tensorDataSync(tensor.id);
    if (!(values instanceof Float32Array)) throw new TypeError('the tensor does not hold floats');
    return values;
  }

  /** Releases tensors of the arena before its end, to keep the peak of memory low. */
  free(...tensors: readonly Tensor[]): void {
    for (const tensor of tensors) {
      if (!this.#owned.delete(tensor.id)) throw new Error(`tensor ${tensor.id} is not in the arena`);
      this.binding.deleteTensor(tensor.id);
    }
  }

  /** Takes a tensor out of the arena; it lives until `dispose`. */
  keep(tensor: Tensor): Tensor {
    if (!this.#owned.delete(tensor.id)) throw new Error(`tensor ${tensor.id} is not in the arena`);
    return tensor;
  }

  dispose(tensor: Tensor): void {
    this.binding.deleteTensor(tensor.id);
  }

  /** Releases everything left in the arena. */
  clear(): void {
    for (const id of this.#owned) this.binding.deleteTensor(id);
    this.#owned.clear();
  }

  /** Releases the constants too; the object is of no use afterwards. */
  close(): void {
    this.clear();
    for (const constant of this.#constants.values()) this.binding.deleteTensor(constant.id);
    this.#constants.clear();
  }

  /** A kept constant number. */
  scalar(value: number): Tensor {
    return this.constant(`scalar ${value}`, () => this.floats([], Float32Array.of(value)));
  }

  /** A kept constant [rows, columns] of ones. */
  ones(rows: number, columns: number): Tensor {
    return this.constant(`ones ${rows} ${columns}`, () =>
      this.floats([rows, columns], new Float32Array(rows * columns).fill(1)),
    );
  }

  /** A kept constant vector of floats. */
  vector(values: readonly number[]): Tensor {
    return this.constant(`vector ${values.join(' ')}`, () =>
      this.floats([values.length], Float32Array.from(values)),
    );
  }

  /** A kept constant vector of 32-bit integers (shapes, sizes). */
  integers(values: readonly number[]): Tensor {
    return this.constant(`integers ${values.join(' ')}`, () =>
      this.#create([values.length], this.binding.TF_INT32, Int32Array.from(values)),
    );
  }

  /** A kept constant 32-bit integer. */
  integer(value: number): Tensor {
    return this.constant(`integer ${value}`, () =>
      this.#create([], this.binding.TF_INT32, Int32Array.of(value)),
    );
  }

  /** Makes a tensor the first time that `key` is asked for, and keeps it until `close`. */
  constant(key: string, make: () => Tensor): Tensor {
    let tensor = this.#constants.get(key);
    if (tensor === undefined) {
      tensor = this.keep(make());
      this.#constants.set(key, tensor);
    }
    return tensor;
  }

  /** Runs an op with one result. */
  one(name: string, attributes: readonly OpAttribute[], ...inputs: readonly Tensor[]): Tensor {
    const [output] = this.run(name, attributes, 1, inputs);
    if (output === undefined) throw new Error(`${name} gave nothing`);
    return output;
  }

  /** Runs an op with `outputs` results. */
  run(
    name: string,
    attributes: readonly OpAttribute[],
    outputs: number,
    inputs: readonly Tensor[],
  ): Tensor[] {
    const results = this.binding.executeOp(
      name,
      attributes,
      inputs.map((input) => input.id),
      outputs,
    );
    for (const result of results) this.#owned.add(result.id);
    return results;
  }

  #create(shape: readonly number[], dtype: number, values: Float32Array | Int32Array | Uint8Array): Tensor {
    const id = this.binding.createTensor(shape, dtype, values);
    this.#owned.add(id);
    return { id, shape, dtype };
  }
}
