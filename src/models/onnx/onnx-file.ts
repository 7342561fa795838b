import {
  bytesField,
  floatField,
  integerField,
  joined,
  messageField,
  textField,
  type Field,
} from './protobuf';

/** Integers, or one float. */
export type OnnxAttribute = readonly number[] | { readonly float: number } | { readonly integer: number };

export interface OnnxNode {
  readonly name: string;
  /** Of the operator set `ai.onnx`. */
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A constant, float32, row-major. */
export interface OnnxConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** float32; a side that the caller chooses has a name instead of a number. */
export interface OnnxPort {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly input: OnnxPort;
  readonly output: OnnxPort;
}

/** ONNX 1.12; runtimes of 2022 and later read it. */
const IR_VERSION = 8;
const OPERATOR_SET = 17;
const FLOAT = 1;

/** Field numbers of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
const MODEL = { irVersion: 1, producer: 2, producerVersion: 3, graph: 7, operatorSets: 8, metadata: 14 };
const GRAPH = { nodes: 1, name: 2, constants: 5, inputs: 11, outputs: 12 };
const NODE = { inputs: 1, outputs: 2, name: 3, operator: 4, attributes: 5 };
const ATTRIBUTE = { name: 1, float: 2, integer: 3, integers: 8, type: 20 };
const ATTRIBUTE_TYPE = { float: 1, integer: 2, integers: 7 };
const TENSOR = { sides: 1, type: 2, name: 8, bytes: 9 };
const PORT = { name: 1, type: 2 };

/**
 * A file that ONNX runtimes read: the graph as a ModelProto, constants included.
 *
 * @param producer program and its version
 * @param metadata plain texts for whoever looks into the file
 */
export function onnxFile(
  graph: OnnxGraph,
  producer: { readonly name: string; readonly version: string },
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  return joined([
    integerField(MODEL.irVersion, IR_VERSION),
    textField(MODEL.producer, producer.name),
    textField(MODEL.producerVersion, producer.version),
    messageField(MODEL.graph, graphFields(graph)),
    messageField(MODEL.operatorSets, [textField(1, ''), integerField(2, OPERATOR_SET)]),
    ...Object.entries(metadata).map(([key, value]) =>
      messageField(MODEL.metadata, [textField(1, key), textField(2, value)]),
    ),
  ]);
}

function graphFields({ name, nodes, constants, input, output }: OnnxGraph): Field[] {
  return [
    ...nodes.map((node) => messageField(GRAPH.nodes, nodeFields(node))),
    textField(GRAPH.name, name),
    ...constants.map((constant) => messageField(GRAPH.constants, tensorFields(constant))),
    messageField(GRAPH.inputs, portFields(input)),
    messageField(GRAPH.outputs, portFields(output)),
  ];
}

function nodeFields({ name, operator, inputs, output, attributes }: OnnxNode): Field[] {
  return [
    ...inputs.map((input) => textField(NODE.inputs, input)),
    textField(NODE.outputs, output),
    textField(NODE.name, name),
    textField(NODE.operator, operator),
    ...Object.entries(attributes).map(([key, value]) =>
      messageField(NODE.attributes, [textField(ATTRIBUTE.name, key), ...attributeFields(value)]),
    ),
  ];
}

function attributeFields(value: OnnxAttribute): Field[] {
  if ('float' in value)
    return [floatField(ATTRIBUTE.float, value.float), integerField(ATTRIBUTE.type, ATTRIBUTE_TYPE.float)];
  if ('integer' in value)
    return [
      integerField(ATTRIBUTE.integer, value.integer),
      integerField(ATTRIBUTE.type, ATTRIBUTE_TYPE.integer),
    ];
  return [
    ...value.map((integer) => integerField(ATTRIBUTE.integers, integer)),
    integerField(ATTRIBUTE.type, ATTRIBUTE_TYPE.integers),
  ];
}

function tensorFields({ name, shape, values }: OnnxConstant): Field[] {
  // The format is little-endian, whatever the machine is.
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, index) => {
    view.setFloat32(4 * index, value, true);
  });
  return [
    ...shape.map((side) => integerField(TENSOR.sides, side)),
    integerField(TENSOR.type, FLOAT),
    textField(TENSOR.name, name),
    bytesField(TENSOR.bytes, new Uint8Array(view.buffer)),
  ];
}

function portFields({ name, shape }: OnnxPort): Field[] {
  const sides = shape.map((side) =>
    messageField(1, [typeof side === 'number' ? integerField(1, side) : textField(2, side)]),
  );
  const tensor = [integerField(1, FLOAT), messageField(2, sides)];
  return [textField(PORT.name, name), messageField(PORT.type, [messageField(1, tensor)])];
}
