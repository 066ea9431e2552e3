/**
 * A Llama-2 style transformer, one token at a time, in plain arrays.
 * Weight file: the layout of llama2.c, seven int32 of configuration, then float32 weights in the order they are taken below.
 */
export class Llama {
  readonly vocabulary: number;
  /** Longest text, in tokens, the model can look back on. */
  readonly context: number;
  readonly #heads: number;
  readonly #headSize: number;
  readonly #layers: Layer[];
  readonly #embedding: Float32Array;
  readonly #normFinal: Float32Array;
  /** Width of the stream of numbers that runs through the layers, and of the wider space inside each one. */
  readonly #dim: number;
  readonly #hidden: number;

  constructor(file: ArrayBuffer) {
    const [dim, hidden, layers, heads, keyHeads, vocabulary, context] = new Int32Array(file, 0, 7) as unknown as Seven;
    if (keyHeads !== heads || vocabulary <= 0)
      throw new Error("this weight file has a layout that is not supported here");
    this.vocabulary = vocabulary;
    this.context = context;
    this.#heads = heads;
    this.#headSize = dim / heads;
    this.#dim = dim;
    this.#hidden = hidden;

    let offset = 28;
    const take = (count: number) => {
      const array = new Float32Array(file, offset, count);
      offset += count * 4;
      return array;
    };
    // One kind of weight for all layers, then the next kind.
    const takeEach = (count: number) => Array.from({ length: layers }, () => take(count));
    this.#embedding = take(vocabulary * dim);
    const normAttention = takeEach(dim);
    const query = takeEach(dim * dim);
    const key = takeEach(dim * dim);
    const value = takeEach(dim * dim);
    const out = takeEach(dim * dim);
    const normFeed = takeEach(dim);
    const gate = takeEach(hidden * dim);
    const down = takeEach(dim * hidden);
    const up = takeEach(hidden * dim);
    this.#normFinal = take(dim);
    this.#layers = normAttention.map((_, i) => ({
      normAttention: normAttention[i]!,
      query: query[i]!,
      key: key[i]!,
      value: value[i]!,
      out: out[i]!,
      normFeed: normFeed[i]!,
      gate: gate[i]!,
      down: down[i]!,
      up: up[i]!,
    }));
  }

  /** A text's own memory: the keys and values of every token seen so far. */
  newMemory(): Memory {
    const size = this.context * this.#dim;
    return this.#layers.map(() => ({ keys: new Float32Array(size), values: new Float32Array(size) }));
  }

  /** Reads the token at this position and returns how likely each token of the vocabulary comes next (unnormalised logarithms). */
  next(token: number, position: number, memory: Memory): Float32Array {
    const dim = this.#dim;
    const stream = this.#embedding.slice(token * dim, (token + 1) * dim);
    for (const [i, layer] of this.#layers.entries()) {
      const { keys, values } = memory[i]!;
      const seen = normalise(stream, layer.normAttention);
      const query = multiply(layer.query, seen);
      const key = multiply(layer.key, seen);
      this.#rotate(query, position);
      this.#rotate(key, position);
      keys.set(key, position * dim);
      values.set(multiply(layer.value, seen), position * dim);
      add(stream, multiply(layer.out, this.#attend(query, keys, values, position)));

      const fed = normalise(stream, layer.normFeed);
      const gate = multiply(layer.gate, fed);
      const up = multiply(layer.up, fed);
      for (let j = 0; j < this.#hidden; j++) gate[j] = (gate[j]! / (1 + Math.exp(-gate[j]!))) * up[j]!;
      add(stream, multiply(layer.down, gate));
    }
    return multiply(this.#embedding, normalise(stream, this.#normFinal));
  }

  /** Tells positions apart: turns each pair of numbers by an angle that grows with the position. */
  #rotate(vector: Float32Array, position: number): void {
    for (let i = 0; i < vector.length; i += 2) {
      const angle = position / 10000 ** ((i % this.#headSize) / this.#headSize);
      const [cos, sin, a, b] = [Math.cos(angle), Math.sin(angle), vector[i]!, vector[i + 1]!];
      vector[i] = a * cos - b * sin;
      vector[i + 1] = a * sin + b * cos;
    }
  }

  #attend(query: Float32Array, keys: Float32Array, values: Float32Array, position: number): Float32Array {
    const size = this.#headSize;
    const result = new Float32Array(this.#dim);
    for (let start = 0; start < this.#heads * size; start += size) {
      const weights = new Float32Array(position + 1);
      for (let t = 0; t <= position; t++) {
        let sum = 0;
        for (let i = start; i < start + size; i++) sum += query[i]! * keys[t * this.#dim + i]!;
        weights[t] = sum / Math.sqrt(size);
      }
      softmax(weights);
      for (let t = 0; t <= position; t++) {
        for (let i = start; i < start + size; i++) result[i]! += weights[t]! * values[t * this.#dim + i]!;
      }
    }
    return result;
  }
}

export type Memory = { keys: Float32Array; values: Float32Array }[];

type Seven = [number, number, number, number, number, number, number];
type Layer = Record<
  "normAttention" | "query" | "key" | "value" | "out" | "normFeed" | "gate" | "down" | "up",
  Float32Array
>;

/** Matrix (rows × vector length, row by row) times vector. Nearly all of the time is spent here. */
function multiply(matrix: Float32Array, vector: Float32Array): Float32Array {
  const width = vector.length;
  const result = new Float32Array(matrix.length / width);
  for (let row = 0, at = 0; row < result.length; row++) {
    // Four sums side by side do not wait for one another.
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < width; i += 4, at += 4) {
      a += matrix[at]! * vector[i]!;
      b += matrix[at + 1]! * vector[i + 1]!;
      c += matrix[at + 2]! * vector[i + 2]!;
      d += matrix[at + 3]! * vector[i + 3]!;
    }
    result[row] = a + b + c + d;
  }
  return result;
}

function normalise(vector: Float32Array, weight: Float32Array): Float32Array {
  let sum = 0;
  for (const x of vector) sum += x * x;
  const scale = 1 / Math.sqrt(sum / vector.length + 1e-5);
  return vector.map((x, i) => x * scale * weight[i]!);
}

function add(target: Float32Array, other: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i]! += other[i]!;
}

/** Turns logarithms into probabilities, in place. */
export function softmax(values: Float32Array): void {
  const largest = values.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] = Math.exp(values[i]! - largest);
  for (let i = 0; i < values.length; i++) values[i]! /= sum;
}
