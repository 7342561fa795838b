import { LEAK, NORM_EPSILON } from '#src/models/folded-weights';
import type { OpAttribute, TensorflowBinding } from '../tensorflow-binding';

export type Attributes = ReturnType<typeof attributeSets>;

/** Makes single attributes of TensorFlow's ops. */
export function attributeMakers(b: TensorflowBinding) {
  return {
    type: (name: string, value: number): OpAttribute => ({ name, type: b.TF_ATTR_TYPE, value }),
    integers: (name: string, value: number | readonly number[]): OpAttribute => ({
      name,
      type: b.TF_ATTR_INT,
      value,
    }),
    shape: (name: string, value: readonly number[]): OpAttribute => ({ name, type: b.TF_ATTR_SHAPE, value }),
    text: (name: string, value: string): OpAttribute => ({ name, type: b.TF_ATTR_STRING, value }),
    flag: (name: string, value: boolean): OpAttribute => ({ name, type: b.TF_ATTR_BOOL, value }),
    number: (name: string, value: number): OpAttribute => ({ name, type: b.TF_ATTR_FLOAT, value }),
  };
}

/**
 * The attributes of every op on elements of type `element` (a type number of TensorFlow), made once: they never change
 * between steps.
 */
export function attributeSets(b: TensorflowBinding, element: number) {
  const { type, integers, text, flag, number } = attributeMakers(b);
  const plain = [type('T', element)];
  const layout = text('data_format', 'NHWC');
  const convolution = (stride: number) => [
    ...plain,
    integers('strides', [1, stride, stride, 1]),
    text('padding', 'SAME'),
    layout,
    integers('dilations', [1, 1, 1, 1]),
  ];
  const norm = [
    ...plain,
    type('U', b.TF_FLOAT),
    number('epsilon', NORM_EPSILON),
    layout,
    flag('is_training', true),
  ];
  const pool = [
    ...plain,
    integers('ksize', [1, 2, 2, 1]),
    integers('strides', [1, 2, 2, 1]),
    text('padding', 'VALID'),
    layout,
  ];
  // oneDNN's own kernels are registered under this mark.
  const oneDnn = text('_kernel', 'MklNameChangeOp');
  return {
    plain,
    convolution: convolution(1),
    stridedConvolution: convolution(2),
    batchNorm: [...norm, number('exponential_avg_factor', 1)],
    batchNormGradient: norm,
    leakyRelu: [...plain, number('alpha', LEAK)],
    pool,
    oneDnnPool: [...pool, flag('workspace_enabled', true), oneDnn],
    oneDnnConvolution: [...convolution(1), oneDnn],
    sum: [...plain, type('Tidx', b.TF_INT32), flag('keep_dims', false)],
    matrixProduct: [...plain, flag('transpose_a', false), flag('transpose_b', false)],
    bias: [...plain, layout],
    oneHot: [...plain, type('TI', b.TF_UINT8), integers('axis', -1)],
    reshape: [...plain, type('Tshape', b.TF_INT32)],
    slice: [...plain, type('Index', b.TF_INT32)],
    concat: (count: number) => [...plain, type('Tidx', b.TF_INT32), integers('N', count)],
    split: (count: number) => [...plain, type('Tlen', b.TF_INT32), integers('num_split', count)],
    variable: [type('dtype', element)],
    adam: [...plain, flag('use_locking', false), flag('use_nesterov', false)],
    castTo: (target: number) => [type('SrcT', element), type('DstT', target), flag('Truncate', false)],
  };
}
