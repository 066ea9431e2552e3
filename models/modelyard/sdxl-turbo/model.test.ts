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
  LAYER,
  UNET,
  VOCABULARY,
  weighed,
  writeSmallDiffusion,
} from "@modelyard/testing/small-weights/diffusion";
import type sharp from "sharp";
import { createNoise } from "./noise.ts";

// What both models share is tested in ../stable-diffusion: here are the two encoders, the sizes, and the steps of SDXL Turbo.
const LATENT_SCALE = 0.13025;
const scheduler = {
  _class_name: "EulerAncestralDiscreteScheduler",
  beta_end: 0.012,
  beta_schedule: "scaled_linear",
  beta_start: 0.00085,
  num_train_timesteps: 1000,
  prediction_type: "epsilon",
  steps_offset: 1,
  timestep_spacing: "trailing",
};

let model: DrivenModel;
let folder: string;
let open: typeof sharp;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "sdxl-"));
  await writeSmallDiffusion({ folder, two: true, factors: "model.onnx_data", scheduler });
  model = await driveModel(new URL(".", import.meta.url), { weightsDir: folder });
  open = createRequire(join(model.model.dir, "run.ts"))("sharp");
});
after(async () => {
  await model?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function meanToken(fill: string, ...tokens: string[]): number {
  const all = ["<|startoftext|>", ...tokens, "<|endoftext|>", ...Array<string>(75 - tokens.length).fill(fill)];
  return all.reduce((sum, token) => sum + VOCABULARY[token]!, 0) / 77;
}

/** What the small network adds to each answer for a text: none is zeros. Both encoders' layers before the last count. */
function said(...tokens: string[]): number {
  const [first, second] = [meanToken("<|endoftext|>", ...tokens), meanToken("a", ...tokens)];
  const states = weighed([first * ENCODER.first + LAYER, second * ENCODER.second + LAYER]);
  return UNET.text * states + UNET.pooled * second * ENCODER.pooled;
}
const sized = (width: number, height: number) => UNET.sizes * weighed([height, width, 0, 0, height, width]);

function sigmaOf(timestep: number): number {
  let product = 1;
  for (let i = 0; i <= timestep; i++)
    product *= 1 - (Math.sqrt(0.00085) + ((Math.sqrt(0.012) - Math.sqrt(0.00085)) * i) / 999) ** 2;
  return Math.sqrt(1 / product - 1);
}

/** The ancestral steps, with the noise that the seed makes after that of the beginning. */
function drawn(seed: number, count: number, timesteps: number[], say: number) {
  const noise = createNoise(seed);
  let latent = [...noise.next(count)].map((value) => value * sigmaOf(timesteps[0]!));
  for (const [i, timestep] of timesteps.entries()) {
    const from = sigmaOf(timestep);
    const to = i + 1 < timesteps.length ? sigmaOf(timesteps[i + 1]!) : 0;
    const down = to ** 2 / from;
    const fresh = to > 0 ? noise.next(count) : new Float32Array(count);
    latent = latent.map((value, at) => {
      const input = value / Math.sqrt(from ** 2 + 1);
      const answer = UNET.sample * input + UNET.timestep * timestep + say;
      return value + answer * (down - from) + fresh[at]! * Math.sqrt(to ** 2 - down ** 2);
    });
  }
  return latent;
}

async function assertShows(path: string | undefined, latent: number[], width: number, height: number) {
  const { data, info } = await open(path).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height], [width, height]);
  const [columns, area] = [width / 8, (width * height) / 64];
  const within = data.filter((value: number) => value > 0 && value < 255).length / data.length;
  assert.ok(within > 0.3, `${within} of the picture says something`);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let colour = 0; colour < 3; colour++) {
        const value = latent[colour * area + Math.floor(y / 8) * columns + Math.floor(x / 8)]!;
        const expected = Math.min(255, Math.max(0, ((value / LATENT_SCALE) * DECODER + 1) * 127.5));
        const at = data[(y * width + x) * 3 + colour]!;
        if (Math.abs(at - expected) > 1) assert.fail(`${x},${y},${colour}: ${at}, not ${expected}`);
      }
}

test("one step and four: two encoders side by side, their summary and the size, and new noise between the steps", async () => {
  const run = { prompt: "red dog", width: 128, height: 64 };
  for (const [steps, timesteps] of [
    [1, [999]],
    [4, [999, 749, 499, 249]],
  ] as const) {
    const { error, files } = await model.run({ ...run, seed: 21, steps });
    assert.equal(error, undefined);
    const latent = drawn(21, 4 * 16 * 8, [...timesteps], said("red</w>", "d", "o", "g</w>") + sized(128, 64));
    await assertShows(files["picture-21.png"], latent, 128, 64);
  }
});

test("with guidance, no negative prompt stands for zeros, and a negative prompt for what it says", async () => {
  const run = { prompt: "red", width: 64, height: 64, steps: 1, seed: 4, scale: 1.2 };
  const wanted = said("red</w>");
  for (const [negativePrompt, unwanted] of [
    [" ", 0],
    ["dog", said("d", "o", "g</w>")],
  ] as const) {
    const { error, files } = await model.run({ ...run, negativePrompt });
    assert.equal(error, undefined);
    const say = unwanted + 1.2 * (wanted - unwanted) + sized(64, 64);
    await assertShows(files["picture-4.png"], drawn(4, 4 * 64, [999], say), 64, 64);
  }
});
