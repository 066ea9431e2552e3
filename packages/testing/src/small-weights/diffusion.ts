/**
 * Weights of a Stable Diffusion that draws nothing but can be calculated by hand: every network is a handful of operators. They have the files,
 * inputs, outputs and types of the real ones, so that the real program runs on them.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  bytesOf,
  type Constant,
  floats,
  integers,
  type Network,
  type Node,
  onnxFile,
  type TensorType,
} from "../onnx.ts";

/**
 * The network's answer is `sample` × scaled latent + `timestep` × timestep + `text` × `weighed` of what the encoder said, and the same of its other
 * inputs.
 */
export const UNET = { sample: 0.9, timestep: -0.0002, text: 0.4, pooled: 0.2, sizes: 0.0001, guidance: 0.0005 };
/** The mean of a row's numbers, the first once, the second twice, and so on: it matters which is where. */
export const weighed = (row: readonly number[]) => row.reduce((sum, value, i) => sum + (i + 1) * value, 0) / row.length;
/** The decoder's red, green and blue are the first three channels times this; the encoder does the opposite. */
export const DECODER = 0.1;
/** What the encoder says of a token is its number times this. */
export const ENCODER = { first: 0.01, second: 0.02, pooled: 0.03 };
/** The layer before an encoder's last says this much more than the last. */
export const LAYER = 0.1;

const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];
/** Numbers of the tokens: letters, letters at a word's end, two made of others, begin and end. */
export const VOCABULARY = Object.fromEntries(
  [...LETTERS, ...LETTERS.map((letter) => `${letter}</w>`), "re", "red</w>", "<|startoftext|>", "<|endoftext|>"].map(
    (token, i) => [token, i],
  ),
) as Record<string, number>;
const MERGES = ["#version: 0.2", "r e", "re d</w>"];

export interface SmallDiffusion {
  folder: string;
  /** Two text encoders, as in SDXL. */
  two?: boolean;
  /** The network takes the guidance as an input, as those of latent consistency do. */
  guidance?: boolean;
  /** Of the network's inputs and outputs: 16-bit exports have 16-bit ones. */
  floats?: "float32" | "float16";
  integers?: "int32" | "int64";
  /** The file beside the network's with its factors: "weights.pb" or, as newer exports have it, "model.onnx_data". */
  factors: "weights.pb" | "model.onnx_data";
  /** Contents of scheduler_config.json. */
  scheduler: object;
  /** The network answers with what is no number from this timestep down. */
  brokenBelow?: number;
  /** The encoder answers with mean and logarithm of the variance. */
  parameters?: boolean;
}

export async function writeSmallDiffusion(options: SmallDiffusion): Promise<void> {
  const { folder, two = false, scheduler } = options;
  const write = async (name: string, content: string | Buffer) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  };
  for (const name of two ? ["tokenizer", "tokenizer_2"] : ["tokenizer"]) {
    const pad = name === "tokenizer_2" ? "a" : "<|endoftext|>";
    const special = { bos_token: { content: "<|startoftext|>" }, eos_token: "<|endoftext|>", pad_token: pad };
    await write(`${name}/vocab.json`, JSON.stringify(VOCABULARY));
    // The line ends of Windows, as one of the real repositories has them.
    await write(`${name}/merges.txt`, MERGES.join("\r\n"));
    await write(`${name}/special_tokens_map.json`, JSON.stringify(special));
    await write(`${name}/tokenizer_config.json`, JSON.stringify({ tokenizer_class: "CLIPTokenizer" }));
  }
  await write("scheduler/scheduler_config.json", JSON.stringify(scheduler));
  await write("text_encoder/model.onnx", onnxFile(textEncoder(options, ENCODER.first, two)));
  if (two) await write("text_encoder_2/model.onnx", onnxFile(secondTextEncoder(options)));
  const { network, weights } = unet(options);
  await write("unet/model.onnx", onnxFile(network));
  await write(`unet/${options.factors}`, weights);
  await write("vae_decoder/model.onnx", onnxFile(decoder(options)));
  await write("vae_encoder/model.onnx", onnxFile(encoder(options)));
}

const cast = ({ floats: type = "float32" }: SmallDiffusion) => (type === "float32" ? 1 : 10);
const real = ({ floats: type = "float32" }: SmallDiffusion): TensorType => type;

/** The hidden states are the tokens' numbers, one feature each; the layer before the last says a little more, which tells the two apart. */
function textEncoder(options: SmallDiffusion, factor: number, layers: boolean): Network {
  return {
    inputs: { input_ids: [options.integers ?? "int64", "batch", 77] },
    outputs: {
      last_hidden_state: [real(options), "batch", 77, 1],
      ...(layers ? { "hidden_states.11": [real(options), "batch", 77, 1] as const } : {}),
      ...(layers ? { "hidden_states.12": [real(options), "batch", 77, 1] as const } : {}),
    },
    constants: { factor: floats(factor), more: floats(LAYER), last: integers(2) },
    nodes: [
      ["Cast", ["input_ids"], ["numbers"], { to: 1 }],
      ["Mul", ["numbers", "factor"], ["scaled"]],
      ["Unsqueeze", ["scaled", "last"], ["hidden"]],
      ["Cast", ["hidden"], ["last_hidden_state"], { to: cast(options) }],
      ...(layers
        ? ([
            ["Add", ["hidden", "more"], ["before"]],
            ["Cast", ["before"], ["hidden_states.11"], { to: cast(options) }],
            ["Cast", ["hidden"], ["hidden_states.12"], { to: cast(options) }],
          ] as const)
        : []),
    ],
  };
}

function secondTextEncoder(options: SmallDiffusion): Network {
  const network = textEncoder(options, ENCODER.second, true);
  return {
    ...network,
    outputs: { text_embeds: [real(options), "batch", 1], ...network.outputs },
    constants: { ...network.constants, pooled: floats(ENCODER.pooled) },
    nodes: [
      ...network.nodes,
      ["ReduceMean", ["numbers"], ["mean"], { axes: [1], keepdims: 1 }],
      ["Mul", ["mean", "pooled"], ["embeds"]],
      ["Cast", ["embeds"], ["text_embeds"], { to: cast(options) }],
    ],
  };
}

/** Its factors lie in a file of their own, as those of the large networks do. */
function unet(options: SmallDiffusion): { network: Network; weights: Buffer } {
  const { two = false, guidance = false, brokenBelow = -1 } = options;
  const names = ["sample", "timestep", "text", "pooled", "sizes", "guidance"] as const;
  const external = (name: (typeof names)[number]): Constant => ({
    shape: ["float32"],
    values: [UNET[name]],
    external: { file: options.factors, offset: 4 * names.indexOf(name) },
  });
  const type = real(options);
  /** Inputs whose weighed mean counts, by the factor, and how long their rows are. */
  const means: [input: string, factor: string, length: number][] = [["encoder_hidden_states", "text", two ? 2 : 1]];
  if (two) means.push(["text_embeds", "pooled", 1], ["time_ids", "sizes", 6]);
  if (guidance) means.push(["timestep_cond", "guidance", 256]);
  const network: Network = {
    inputs: {
      sample: [type, "batch", 4, "height", "width"],
      timestep: [options.integers ?? "int64", 1],
      encoder_hidden_states: [type, "batch", 77, "features"],
      ...(two ? { text_embeds: [type, "batch", 1] as const, time_ids: [type, "batch", 6] as const } : {}),
      ...(guidance ? { timestep_cond: [type, "batch", 256] as const } : {}),
    },
    outputs: { out_sample: [type, "batch", 4, "height", "width"] },
    constants: {
      ...Object.fromEntries(names.map((name) => [`by_${name}`, external(name)])),
      ...Object.fromEntries(
        means.map(([input, , length]) => [
          `${input}_weights`,
          { shape: ["float32", length], values: Array.from({ length }, (_, i) => i + 1) } satisfies Constant,
        ]),
      ),
      broken: floats(brokenBelow),
      zero: floats(0),
      least: floats(1),
    },
    nodes: [
      ["Cast", ["sample"], ["latent"], { to: 1 }],
      ["Cast", ["timestep"], ["time"], { to: 1 }],
      ["Mul", ["latent", "by_sample"], ["by_latent"]],
      ["Mul", ["time", "by_timestep"], ["by_time"]],
      ["Add", ["by_latent", "by_time"], ["sum_0"]],
      ...means.flatMap(([input, factor], i): Node[] => [
        ["Cast", [input], [`${input}_float`], { to: 1 }],
        ["Mul", [`${input}_float`, `${input}_weights`], [`${input}_weighed`]],
        ["ReduceMean", [`${input}_weighed`], [`${input}_mean`], { keepdims: 0 }],
        ["Mul", [`${input}_mean`, `by_${factor}`], [`${input}_part`]],
        ["Add", [`sum_${i}`, `${input}_part`], [`sum_${i + 1}`]],
      ]),
      // Divided by 0 below that timestep, and by 1 above.
      ["Greater", ["time", "broken"], ["whole"]],
      ["Where", ["whole", "least", "zero"], ["divisor"]],
      ["Div", [`sum_${means.length}`, "divisor"], ["answer"]],
      ["Cast", ["answer"], ["out_sample"], { to: cast(options) }],
    ],
  };
  return { network, weights: Buffer.concat(names.map((name) => bytesOf(external(name)))) };
}

/** From channel to channel, as a convolution of one pixel. */
const matrix = (rows: number, columns: number, factor: number): Constant => ({
  shape: ["float32", rows, columns, 1, 1],
  values: Array.from({ length: rows * columns }, (_, i) => (Math.floor(i / columns) === i % columns ? factor : 0)),
});

function decoder(options: SmallDiffusion): Network {
  return {
    inputs: { latent_sample: [real(options), "batch", 4, "height", "width"] },
    outputs: { sample: [real(options), "batch", 3, "rows", "columns"] },
    constants: { colours: matrix(3, 4, DECODER), scales: { shape: ["float32", 4], values: [1, 1, 8, 8] } },
    nodes: [
      ["Cast", ["latent_sample"], ["latent"], { to: 1 }],
      ["Conv", ["latent", "colours"], ["small"]],
      [
        "Resize",
        ["small", "", "scales"],
        ["large"],
        { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
      ],
      ["Cast", ["large"], ["sample"], { to: cast(options) }],
    ],
  };
}

function encoder(options: SmallDiffusion): Network {
  const channels = options.parameters ? 8 : 4;
  return {
    inputs: { sample: [real(options), "batch", 3, "rows", "columns"] },
    outputs: { latent_sample: [real(options), "batch", channels, "height", "width"] },
    constants: { latents: matrix(channels, 3, 1 / DECODER) },
    nodes: [
      ["Cast", ["sample"], ["picture"], { to: 1 }],
      ["AveragePool", ["picture"], ["small"], { kernel_shape: [8, 8], strides: [8, 8] }],
      ["Conv", ["small", "latents"], ["latent"]],
      ["Cast", ["latent"], ["latent_sample"], { to: cast(options) }],
    ],
  };
}
