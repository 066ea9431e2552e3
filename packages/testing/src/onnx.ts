/**
 * For tests: writes ONNX files, so that a test can make a small network whose answers it knows and give it to a real runtime. An ONNX file is a
 * protobuf message; only what is needed of it is written (field numbers, types and attribute kinds from the format's onnx.proto).
 */

export type TensorType = "float32" | "float16" | "int32" | "int64" | "bool";
/** The type, then the sides: a number is fixed, a name stands for any length. */
export type TensorShape = readonly [TensorType, ...(number | string)[]];
/** A whole number is an integer; other numbers need `{ float }`. Lists are lists of integers. */
export type Attribute = number | readonly number[] | string | { float: number };
/** Operator, names of its inputs ("" leaves an optional one out), names of its outputs, attributes. */
export type Node = readonly [
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes?: Readonly<Record<string, Attribute>>,
];
export interface Constant {
  shape: readonly ["float32" | "int64", ...number[]];
  values: readonly number[];
  /** The values lie in this file beside the network's, from this byte on; `bytesOf` gives them. */
  external?: { file: string; offset: number };
}

export interface Network {
  inputs: Readonly<Record<string, TensorShape>>;
  outputs: Readonly<Record<string, TensorShape>>;
  constants?: Readonly<Record<string, Constant>>;
  nodes: readonly Node[];
}

/** Numbers of `TensorProto.DataType`. */
const TYPES: Record<TensorType, number> = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10 };
const IR_VERSION = 8;
/** Version of the operators: the last in which ReduceMean has its axes as an attribute, which reads better. */
const OPERATORS = 17;

/** A scalar or a list of 32-bit floats as a constant. */
export const floats = (...values: number[]): Constant => ({
  shape: values.length === 1 ? ["float32"] : ["float32", values.length],
  values,
});
/** A list of 64-bit integers as a constant. */
export const integers = (...values: number[]): Constant => ({ shape: ["int64", values.length], values });

/** The bytes of an .onnx file. */
export function onnxFile({ inputs, outputs, constants = {}, nodes }: Network): Buffer {
  const graph = Buffer.concat([
    ...nodes.map((node) => message(1, nodeOf(node))),
    message(2, "test"),
    ...Object.entries(constants).map(([name, constant]) => message(5, tensorOf(name, constant))),
    ...Object.entries(inputs).map(([name, shape]) => message(11, tensorValue(name, shape))),
    ...Object.entries(outputs).map(([name, shape]) => message(12, tensorValue(name, shape))),
  ]);
  return Buffer.concat([number(1, IR_VERSION), message(7, graph), message(8, number(2, OPERATORS))]);
}

/** A constant's values as they stand in a file: little-endian, one behind the other. */
export function bytesOf({ shape: [type], values }: Constant): Buffer {
  const array = type === "float32" ? Float32Array.from(values) : BigInt64Array.from(values, BigInt);
  return Buffer.from(array.buffer);
}

function nodeOf([operator, inputs, outputs, attributes = {}]: Node): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => message(1, name)),
    ...outputs.map((name) => message(2, name)),
    message(4, operator),
    ...Object.entries(attributes).map(([name, value]) => message(5, attributeOf(name, value))),
  ]);
}

function attributeOf(name: string, value: Attribute): Buffer {
  const [FLOAT, INT, STRING, INTS] = [1, 2, 3, 7];
  const parts = [message(1, name)];
  if (typeof value === "number") parts.push(number(3, value), number(20, INT));
  else if (typeof value === "string") parts.push(message(4, value), number(20, STRING));
  else if ("float" in value) {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value.float);
    parts.push(Buffer.concat([varint(2 * 8 + FIXED_32), bytes]), number(20, FLOAT));
  } else parts.push(...value.map((one) => number(8, one)), number(20, INTS));
  return Buffer.concat(parts);
}

function tensorOf(name: string, constant: Constant): Buffer {
  const [type, ...sides] = constant.shape;
  const { external } = constant;
  const length = bytesOf(constant).length;
  const pair = (key: string, value: string) => message(13, Buffer.concat([message(1, key), message(2, value)]));
  return Buffer.concat([
    ...sides.map((side) => number(1, side)),
    number(2, TYPES[type]),
    message(8, name),
    ...(external
      ? [
          pair("location", external.file),
          pair("offset", `${external.offset}`),
          pair("length", `${length}`),
          number(14, 1),
        ]
      : [message(9, bytesOf(constant))]),
  ]);
}

function tensorValue(name: string, [type, ...sides]: TensorShape): Buffer {
  const shape = Buffer.concat(
    sides.map((side) => message(1, typeof side === "number" ? number(1, side) : message(2, side))),
  );
  const tensor = Buffer.concat([number(1, TYPES[type]), message(2, shape)]);
  return Buffer.concat([message(1, name), message(2, message(1, tensor))]);
}

// Protobuf: every field is its number and kind as a varint, then its content.
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  // A negative number is written as 64 bits.
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
function message(field: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([varint(field * 8 + LENGTH_DELIMITED), varint(bytes.length), bytes]);
}
const number = (field: number, value: number) => Buffer.concat([varint(field * 8), varint(value)]);
