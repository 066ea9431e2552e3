import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import {
  DECODER,
  ENCODER,
  UNET,
  VOCABULARY,
  weighed,
  writeSmallDiffusion,
} from "@modelyard/testing/small-weights/diffusion";
import type sharp from "sharp";
import { createNoise } from "./noise.ts";

// What it shares with ../stable-diffusion is tested there: here are the steps of latent consistency and the guidance as an input.
const LATENT_SCALE = 0.18215;
/** As in the real weights. */
const scheduler = {
  _class_name: "LCMScheduler",
  beta_end: 0.012,
  beta_schedule: "scaled_linear",
  beta_start: 0.00085,
  clip_sample: false,
  num_train_timesteps: 1000,
  original_inference_steps: 50,
  prediction_type: "epsilon",
  set_alpha_to_one: true,
  steps_offset: 0,
  timestep_spacing: "leading",
};

let model: DrivenModel;
let folder: string;
let open: typeof sharp;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lcm-"));
  await writeSmallDiffusion({ folder, guidance: true, factors: "model.onnx_data", scheduler });
  model = await driveModel(new URL(".", import.meta.url), { weightsDir: folder });
  open = createRequire(join(model.model.dir, "run.ts"))("sharp");
});
after(async () => {
  await model?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** What is left of the picture at a timestep, from the definition. */
function keptAt(timestep: number): number {
  let kept = 1;
  for (let i = 0; i <= timestep; i++)
    kept *= 1 - (Math.sqrt(0.00085) + ((Math.sqrt(0.012) - Math.sqrt(0.00085)) * i) / 999) ** 2;
  return kept;
}

/** The guidance's sines, then its cosines, at 128 wave lengths. */
function guidanceMean(scale: number): number {
  const angles = Array.from({ length: 128 }, (_, i) => (scale - 1) * 1000 * 10_000 ** (-i / 127));
  return weighed([...angles.map(Math.sin), ...angles.map(Math.cos)]);
}

/** Luo and others, algorithm 3, with latents of variance 1 as they write it, and the exact weights of answer and input. */
function drawn(seed: number, count: number, timesteps: number[], say: number): number[] {
  const noise = createNoise(seed);
  let latent = [...noise.next(count)];
  for (const [i, timestep] of timesteps.entries()) {
    const kept = keptAt(timestep);
    const [skip, out] = [
      0.25 / ((10 * timestep) ** 2 + 0.25),
      (10 * timestep) / Math.sqrt((10 * timestep) ** 2 + 0.25),
    ];
    const clean = latent.map((value) => {
      const answer = UNET.sample * value + UNET.timestep * timestep + say;
      return out * ((value - Math.sqrt(1 - kept) * answer) / Math.sqrt(kept)) + skip * value;
    });
    const next = timesteps[i + 1];
    if (next === undefined) latent = clean;
    else {
      const fresh = noise.next(count);
      latent = clean.map((value, at) => Math.sqrt(keptAt(next)) * value + Math.sqrt(1 - keptAt(next)) * fresh[at]!);
    }
  }
  return latent;
}

test("draws in one step and in four what the formulas give, with the guidance as an input", async () => {
  const ids = [VOCABULARY["<|startoftext|>"]!, VOCABULARY["red</w>"]!];
  const mean = (ids.reduce((sum, id) => sum + id) + 75 * VOCABULARY["<|endoftext|>"]!) / 77;
  const pictures: string[] = [];
  for (const [steps, timesteps, scale] of [
    [1, [999], 8],
    [4, [999, 759, 499, 259], 8],
    [4, [999, 759, 499, 259], 2],
  ] as const) {
    const { error, files, messages } = await model.run({ prompt: "red", steps, scale, seed: 9, width: 96, height: 64 });
    assert.equal(error, undefined);
    const say = UNET.text * mean * ENCODER.first + UNET.guidance * guidanceMean(scale);
    const latent = drawn(9, 4 * 12 * 8, [...timesteps], say);
    const { data } = await open(files["picture-9.png"]).raw().toBuffer({ resolveWithObject: true });
    const within = data.filter((value: number) => value > 0 && value < 255).length / data.length;
    assert.ok(within > 0.3, `${within} of the picture says something`);
    for (let y = 0; y < 64; y++)
      for (let x = 0; x < 96; x++)
        for (let colour = 0; colour < 3; colour++) {
          const value = latent[colour * 96 + Math.floor(y / 8) * 12 + Math.floor(x / 8)]!;
          const expected = Math.min(255, Math.max(0, ((value / LATENT_SCALE) * DECODER + 1) * 127.5));
          const at = data[(y * 96 + x) * 3 + colour]!;
          if (Math.abs(at - expected) > 1) assert.fail(`${steps} steps, ${x},${y},${colour}: ${at}, not ${expected}`);
        }
    assert.equal(messages.filter((message) => message.type === "progress" && message.step).length, steps);
    pictures.push(data.toString("base64"));
  }
  assert.equal(new Set(pictures).size, 3, "the guidance matters");
});

test("begins with a picture, and does the last of the steps on it", async () => {
  const inputImage = join(folder, "green.png");
  await open({ create: { width: 64, height: 64, channels: 3, background: "#30c030" } })
    .png()
    .toFile(inputImage);
  const run = { prompt: "red", inputImage, strength: 0.5, seed: 9, width: 64, height: 64 };
  const { error, messages } = await model.run(run);
  assert.equal(error, undefined);
  assert.equal(messages.filter((message) => message.type === "progress" && message.step).length, 2);
});
