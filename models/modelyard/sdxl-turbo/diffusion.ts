/** Latent diffusion (Rombach and others, 2022): noise becomes a small latent picture step by step, and the decoder makes a large one of it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type NoiseConfig, networkInput, planSteps, takeStep } from "./euler.ts";
import { createNoise } from "./noise.ts";
import { loadNetwork, type Network, type Numbers } from "./onnx-network.ts";

/** Pixels of the picture along one side of a pixel of the latent. */
export const PIXELS = 8;
/** Numbers for each pixel of the latent. */
const CHANNELS = 4;
/** Numbers that stand for the guidance, where a network takes it as an input. */
const GUIDANCE = 256;

export interface Size {
  width: number;
  height: number;
}

/** What the network is told beside latent and timestep: its inputs by name. */
export type Conditioning = Record<string, Numbers>;
export interface Condition {
  wanted: Conditioning;
  /** What guidance leads away from; undefined without guidance. */
  unwanted: Conditioning | undefined;
  /** One of the texts was longer than the encoder reads. */
  cut: boolean;
}
/** Reads the texts. `guided`: the unwanted conditioning is needed too. */
export type Conditioner = (texts: {
  prompt: string;
  negativePrompt: string;
  size: Size;
  guided: boolean;
}) => Promise<Condition>;

export interface Drawing {
  condition: Condition;
  size: Size;
  steps: number;
  /**
   * How much further than without guidance each step goes from the unwanted to the wanted (Ho and Salimans, 2022). Networks that take it as an
   * input, as those of latent consistency do, go there by themselves.
   */
  scale: number;
  seed: number;
  /** To begin with: red, green and blue plane of a picture of `size`, -1 to 1; and the part of the steps that is done on it, above 0 to 1. */
  from?: { planes: Float32Array; strength: number } | undefined;
  signal: AbortSignal;
  /** A step is done. */
  onStep(done: number, of: number): void;
}

/** Makes a picture: its red, green and blue plane, about -1 to 1. */
export type Draw = (drawing: Drawing) => Promise<Float32Array>;

/** `latentScale`: what the decoder's latents are multiplied with before the network sees them, `scaling_factor` of the autoencoder. */
export async function loadDiffusion(folder: string, latentScale: number): Promise<Draw> {
  const part = (name: string) => loadNetwork(join(folder, name, "model.onnx"), name);
  const config = JSON.parse(await readFile(join(folder, "scheduler/scheduler_config.json"), "utf8")) as NoiseConfig;
  planSteps(config, 1);
  const unet = await part("unet");
  const decoder = await part("vae_decoder");
  // Only pictures to begin with need it.
  let encoder: Promise<Network> | undefined;

  return async ({ condition, size, steps, scale, seed, from, signal, onStep }) => {
    const schedule = planSteps(config, steps);
    const noise = createNoise(seed);
    const dims = [1, CHANNELS, size.height / PIXELS, size.width / PIXELS];
    const count = dims.reduce((product, side) => product * side);
    // At least one step, however little is to change.
    const first = from ? steps - Math.max(1, Math.floor(steps * Math.min(1, from.strength))) : 0;
    let latent = noise.next(count);
    if (from) {
      encoder ??= part("vae_encoder");
      const clean = await encode(await encoder, from.planes, size, latentScale);
      const sigma = schedule.sigmas[first]!;
      latent = latent.map((value, i) => clean[i]! + value * sigma);
    } else latent = latent.map((value) => value * schedule.start);

    for (let i = first; i < steps; i++) {
      signal.throwIfAborted();
      const input = { data: networkInput(latent, schedule.sigmas[i]!), dims };
      const timestep_cond = guidance(scale - 1);
      const ask = (conditioning: Conditioning) =>
        predict(unet, input, schedule.timesteps[i]!, { ...conditioning, timestep_cond });
      let answer = await ask(condition.wanted);
      if (condition.unwanted) {
        const away = await ask(condition.unwanted);
        answer = away.map((value, at) => value + scale * (answer[at]! - value));
      }
      latent = takeStep({ schedule, i, latent, answer, noise: noise.next });
      onStep(i - first + 1, steps - first);
    }
    signal.throwIfAborted();
    const data = latent.map((value) => value / latentScale);
    const planes = await only(decoder, { data, dims });
    if (planes.data.length !== 3 * size.width * size.height)
      throw new Error(`The decoder made a picture of ${planes.dims.slice(-2).reverse().join(" × ")} pixels.`);
    return planes.data;
  };
}

async function predict(
  unet: Network,
  sample: Numbers,
  timestep: number,
  conditioning: Conditioning,
): Promise<Float32Array> {
  const dims = unet.inputs.find(({ name }) => name === "timestep")?.dims === 0 ? [] : [1];
  const [output] = unet.outputs as [string];
  const given = { ...conditioning, sample, timestep: { data: Float32Array.of(timestep), dims } };
  const { data } = (await unet.run(given, [output]))[output]!;
  if (data.length !== sample.data.length)
    throw new Error("The network's answer has not the size of what it was given.");
  return data;
}

/** The guidance as an input: sines and cosines of it at wave lengths from short to long, as Luo and others (2023) have it. */
function guidance(extent: number): Numbers {
  const waves = GUIDANCE / 2;
  const data = new Float32Array(GUIDANCE);
  for (let i = 0; i < waves; i++) {
    const angle = 1000 * extent * Math.exp((-Math.log(10_000) * i) / (waves - 1));
    data[i] = Math.sin(angle);
    data[waves + i] = Math.cos(angle);
  }
  return { data, dims: [1, GUIDANCE] };
}

/** The latent that the decoder would make this picture of. */
async function encode(encoder: Network, planes: Float32Array, size: Size, latentScale: number): Promise<Float32Array> {
  const { data, dims } = await only(encoder, { data: planes, dims: [1, 3, size.height, size.width] });
  const count = (CHANNELS * size.width * size.height) / PIXELS ** 2;
  // Some files end with the mean and the logarithm of the variance of the latent, one behind the other: the mean is the best guess.
  if (data.length !== count && data.length !== 2 * count)
    throw new Error(`The encoder made a latent of ${dims.join(" × ")} numbers.`);
  return data.subarray(0, count).map((value) => value * latentScale);
}

/** Runs a network of one input and one output. */
async function only(network: Network, value: Numbers): Promise<Numbers> {
  const [[input], [output]] = [network.inputs, network.outputs] as unknown as [[{ name: string }], [string]];
  return (await network.run({ [input.name]: value }, [output]))[output]!;
}
