/**
 * The native addon of @tensorflow/tfjs-node-gpu, loaded by itself.
 *
 * tfjs is left out on purpose: its tape and its JavaScript wrappers cost a third of a training step, and the addon
 * reaches every TensorFlow op and type without them.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { HeldoutError } from '#src/contracts/failure';
import { installedTensorflow } from './tensorflow-cache';

/** A tensor that lives in TensorFlow; `dtype` is one of TensorFlow's type numbers. */
export interface Tensor {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** What the addon exports (binding/tfjs_binding.cc). Every call runs to its end before it returns. */
export interface TensorflowBinding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_UINT8: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  createTensor(
    shape: readonly number[],
    dtype: number,
    values: Float32Array | Int32Array | Uint8Array,
  ): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): Tensor[];
  isUsingGpuDevice(): boolean;
  getNumOfTensors(): number;
}

/** Settings that TensorFlow reads from the environment when its library is loaded. */
export function tensorflowEnvironment(threads: number): Record<string, string> {
  return {
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: '1',
  };
}

/**
 * Loads TensorFlow from the machine's cache with `threads` threads for each operation.
 *
 * The number of threads holds for the life of the process: TensorFlow reads it once.
 *
 * @throws HeldoutError `resource` when TensorFlow is not installed or does not load
 */
export function loadTensorflow(threads: number): TensorflowBinding {
  const installed = installedTensorflow();
  if (installed === null || !existsSync(installed.binding))
    throw new HeldoutError(
      'resource',
      'TensorFlow is not installed on this computer: run `heldout doctor --install cpu`, or install it on the Train screen of the app.',
    );
  Object.assign(process.env, tensorflowEnvironment(threads));
  try {
    return createRequire(import.meta.url)(installed.binding) as TensorflowBinding;
  } catch (error) {
    throw new HeldoutError(
      'resource',
      'TensorFlow is installed but does not load: run `heldout doctor --install cpu` again, which repairs it.',
      String(error),
    );
  }
}
