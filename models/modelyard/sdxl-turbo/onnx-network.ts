/// <reference lib="esnext.float16" />
/** One ONNX network: takes and gives 32-bit floats, whatever types the file wants. */
import { availableParallelism } from "node:os";
import ort from "onnxruntime-node";

/** A tensor: its numbers row by row, and the lengths of its sides. */
export interface Numbers {
  data: Float32Array;
  dims: readonly number[];
}

export interface Network {
  inputs: readonly { name: string; dims: number }[];
  outputs: readonly string[];
  /**
   * `wanted`: names of the outputs that are needed. Inputs that the file does not have are left out. Throws where a result holds something that
   * is no number: 16-bit networks overflow, and what came of it would be a black picture.
   */
  run<Name extends string>(inputs: Record<string, Numbers>, wanted: readonly Name[]): Promise<Record<Name, Numbers>>;
}

/** Cores that the manifest has for a run (`resources.cpu`): more threads would only wait for their turn. */
const CORES = 4;

takeHalvesAsIntegers();

/** `name` is what errors call it. Throws when the file is missing or no ONNX file. */
export async function loadNetwork(path: string, name: string): Promise<Network> {
  const intraOpNumThreads = Math.min(CORES, availableParallelism());
  const options = { logSeverityLevel: 3, intraOpNumThreads };
  const session = await ort.InferenceSession.create(path, options).catch((error: Error) => {
    throw new Error(`The network ${name} could not be loaded: ${error.message}`);
  });
  const inputs = session.inputMetadata as { name: string; type: string; shape: (number | string)[] }[];
  return {
    inputs: inputs.map((input) => ({ name: input.name, dims: input.shape.length })),
    outputs: session.outputNames,
    async run<Wanted extends string>(given: Record<string, Numbers>, wanted: readonly Wanted[]) {
      const feeds: Record<string, unknown> = {};
      for (const { name: input, type } of inputs) {
        const value = given[input];
        if (!value) throw new Error(`The network ${name} wants ${input}, which this program does not know.`);
        feeds[input] = new ort.Tensor(type, converted(value.data, type, name), value.dims);
      }
      const missing = wanted.find((output) => !session.outputNames.includes(output));
      if (missing !== undefined) throw new Error(`The network ${name} has no output ${missing}.`);
      const results = await session.run(feeds, wanted);
      return Object.fromEntries(
        wanted.map((output) => {
          const data = read(results[output].data);
          if (!data.every(Number.isFinite))
            throw new Error(`The network ${name} gave a result that is no number (NaN or infinite).`);
          return [output, { data, dims: results[output].dims }];
        }),
      ) as Record<Wanted, Numbers>;
    },
  };
}

function converted(data: Float32Array, type: string, network: string): Float32Array | Uint16Array | ArrayBufferView {
  switch (type) {
    case "float32":
      return data;
    case "float16":
      return new Uint16Array(new Float16Array(data).buffer);
    case "int64":
      return BigInt64Array.from(data, (value) => BigInt(Math.round(value)));
    case "int32":
      return Int32Array.from(data, Math.round);
    default:
      throw new Error(`The network ${network} wants ${type}, which this program does not know.`);
  }
}

function read(data: Float32Array | Uint16Array): Float32Array {
  return data instanceof Uint16Array
    ? new Float32Array(new Float16Array(data.buffer, data.byteOffset, data.length))
    : data;
}

/**
 * onnxruntime-node 1.30 reads a Float16Array as empty (its pull 32323), and makes one of everything that is float16 where the language has that
 * class. It looks for it once, at its first tensor: without it, it takes and gives the bits as 16-bit integers. To be removed with that bug.
 */
function takeHalvesAsIntegers(): void {
  const halves = Object.getOwnPropertyDescriptor(globalThis, "Float16Array");
  if (!halves) return;
  Reflect.deleteProperty(globalThis, "Float16Array");
  new ort.Tensor("bool", [true], [1]);
  Object.defineProperty(globalThis, "Float16Array", halves);
}
