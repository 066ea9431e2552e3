/**
 * Weights of sequence-to-sequence networks that a test can predict: the encoder says which words there are, and the decoder looks each of them up in
 * a dictionary. Their files, inputs, outputs and caches are those that transformers.js wants of the real ones.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Constant, integers, type Network, type Node, onnxFile, type TensorShape } from "../onnx.ts";

/** Rows of zeros with a 1 in the column that is given for each. */
function oneHot(columns: readonly number[], width: number): number[] {
  return columns.flatMap((column) => Array.from({ length: width }, (_, i) => (i === column ? 1 : 0)));
}
const table = (values: readonly number[], ...sides: number[]): Constant => ({ shape: ["float32", ...sides], values });

/**
 * For each token of the text, a row with a 1 at its number; or, where the text begins with a token of `others`, at its number plus `tokens`.
 * Two dictionaries fit in, one for each kind of beginning.
 */
export function wordEncoder(tokens: number, others: readonly number[] = []): Network {
  const rows = Array.from({ length: 2 * tokens }, (_, i) => i);
  const isOther = Array.from({ length: tokens }, (_, i) => (others.includes(i) ? tokens : 0));
  return {
    inputs: { input_ids: ["int64", "batch", "length"], attention_mask: ["int64", "batch", "length"] },
    outputs: { last_hidden_state: ["float32", "batch", "length", 2 * tokens] },
    constants: {
      rows: table(oneHot(rows, 2 * tokens), 2 * tokens, 2 * tokens),
      shifts: integers(...isOther),
      first: integers(0),
    },
    nodes: [
      ["Gather", ["input_ids", "first"], ["beginning"], { axis: 1 }],
      ["Gather", ["shifts", "beginning"], ["shift"]],
      ["Add", ["input_ids", "shift"], ["shifted"]],
      ["Gather", ["rows", "shifted"], ["last_hidden_state"]],
    ],
  };
}

/** One sentence for pictures that are more red than blue, the other for the rest: a row for each token. */
export function pictureEncoder(tokens: number, red: readonly number[], blue: readonly number[]): Network {
  if (red.length !== blue.length) throw new Error("Both sentences need the same number of tokens.");
  const sentence = (numbers: readonly number[]) => table(oneHot(numbers, 2 * tokens), 1, numbers.length, 2 * tokens);
  return {
    inputs: { pixel_values: ["float32", "batch", 3, "height", "width"] },
    outputs: { last_hidden_state: ["float32", "batch", red.length, 2 * tokens] },
    constants: { red: sentence(red), blue: sentence(blue), one: integers(0), three: integers(2) },
    nodes: [
      ["ReduceMean", ["pixel_values"], ["means"], { axes: [2, 3], keepdims: 0 }],
      ["Gather", ["means", "one"], ["how_red"], { axis: 1 }],
      ["Gather", ["means", "three"], ["how_blue"], { axis: 1 }],
      ["Greater", ["how_red", "how_blue"], ["is_red"]],
      ["Where", ["is_red", "red", "blue"], ["last_hidden_state"]],
    ],
  };
}

export interface WordDecoder {
  tokens: number;
  /** By the decoder's second token, its language: for each row of the encoder, the token to say. What is not named is `otherwise`. */
  dictionaries: ReadonlyMap<number, ReadonlyMap<number, number>>;
  otherwise: number;
  /** The cache has parts of the encoder's too, and the attention mask is an input: networks for texts. */
  texts: boolean;
}

/**
 * Says at each place what the dictionary has for the encoder's row of that place. Where it is and what its second token was it knows from the cache
 * alone: a program that loses the cache says something else.
 */
export function wordDecoder({ tokens, dictionaries, otherwise, texts }: WordDecoder): Network {
  const languages = [...dictionaries.keys()];
  const rows = Array.from({ length: 2 * tokens }, (_, i) => i);
  const books = [...dictionaries.values()].flatMap((book) =>
    oneHot(
      rows.map((row) => book.get(row) ?? otherwise),
      tokens,
    ),
  );
  const kinds = texts ? ["decoder.key", "decoder.value", "encoder.key", "encoder.value"] : ["key", "value"];
  const cache = (name: string): [string, TensorShape][] =>
    kinds.map((kind) => [`${name}.0.${kind}`, ["float32", "batch_size", 1, `${kind} length`, 1]]);
  const own = texts ? "decoder." : "";
  const keep: Node[] = ["key", "value"].flatMap((kind): Node[] => [
    ["Concat", [`past_key_values.0.${own}${kind}`, "places"], [`present.0.${own}${kind}`], { axis: 2 }],
    ...(texts ? ([["Identity", ["encoded"], [`present.0.encoder.${kind}`]]] as const) : []),
  ]);
  return {
    inputs: {
      input_ids: ["int64", "batch_size", "length"],
      ...(texts ? { encoder_attention_mask: ["int64", "batch_size", "encoder length"] as const } : {}),
      encoder_hidden_states: ["float32", "batch_size", "encoder length", 2 * tokens],
      ...Object.fromEntries(cache("past_key_values")),
      use_cache_branch: ["bool", 1],
    },
    outputs: { logits: ["float32", "batch_size", 1, tokens], ...Object.fromEntries(cache("present")) },
    constants: {
      books: table(books, languages.length, 2 * tokens, tokens),
      languages: integers(...Array.from({ length: tokens }, (_, i) => Math.max(0, languages.indexOf(i)))),
      one: integers(1),
      around: integers(1, 3),
      inside: integers(0, 1, 3),
      side: integers(1),
    },
    nodes: [
      ["Cast", ["input_ids"], ["numbers"], { to: 1 }],
      ["Unsqueeze", ["numbers", "around"], ["places"]],
      ["ReduceMean", ["encoder_hidden_states"], ["meant"], { axes: [2], keepdims: 0 }],
      ["Unsqueeze", ["meant", "around"], ["encoded"]],
      ...keep,
      ["Squeeze", [`present.0.${own}key`, "inside"], ["said"]],
      ["Shape", ["said"], ["how_many"]],
      ["Sub", ["how_many", "one"], ["place"]],
      ["Shape", ["encoder_hidden_states"], ["sides"]],
      ["Gather", ["sides", "side"], ["length"]],
      ["Sub", ["length", "one"], ["last"]],
      ["Min", ["place", "last"], ["row_number"]],
      ["Gather", ["encoder_hidden_states", "row_number"], ["row"], { axis: 1 }],
      ["Min", ["place", "one"], ["second"]],
      ["Gather", ["said", "second"], ["language_number"]],
      ["Cast", ["language_number"], ["language_token"], { to: 7 }],
      ["Gather", ["languages", "language_token"], ["language"]],
      ["Gather", ["books", "language"], ["book"]],
      ["MatMul", ["row", "book"], ["logits"]],
    ],
  };
}

/** Writes `files` into `folder`: networks as ONNX files, everything else as JSON. */
export async function writeWeights(folder: string, files: Record<string, object>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, name.endsWith(".onnx") ? onnxFile(content as Network) : JSON.stringify(content));
  }
}

const SPACE = "Ġ";

/**
 * tokenizer.json of a byte-pair tokenizer as GPT-2 and BART have it. Its vocabulary is `special`, then printable ASCII, then what leads to `words`: a
 * word with a space before it is one token.
 */
export function bytePairTokenizer(special: readonly string[], words: readonly string[], postProcessor: object | null) {
  const letters = [SPACE, ...Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))];
  const merges = new Map<string, [string, string]>();
  for (const word of words)
    for (let length = 1; length < word.length + 1; length++) {
      const [before, letter] = [SPACE + word.slice(0, length - 1), word[length - 1]!];
      merges.set(before + letter, [before, letter]);
    }
  const tokens = [...special, ...letters, ...merges.keys()];
  return {
    version: "1.0",
    added_tokens: special.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    post_processor: postProcessor,
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])) as Record<string, number>,
      merges: [...merges.values()].map((pair) => pair.join(" ")),
    },
  };
}
