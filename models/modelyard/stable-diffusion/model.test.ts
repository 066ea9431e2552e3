import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import {
  DECODER,
  ENCODER,
  type SmallDiffusion,
  UNET,
  VOCABULARY,
  writeSmallDiffusion,
} from "@modelyard/testing/small-weights/diffusion";
import type sharp from "sharp";
import { createNoise } from "./noise.ts";

const LATENT_SCALE = 0.18215;
/** As in the weights of Stable Diffusion 1.5; what it says of PNDM is not looked at. */
const scheduler = {
  _class_name: "PNDMScheduler",
  beta_end: 0.012,
  beta_schedule: "scaled_linear",
  beta_start: 0.00085,
  num_train_timesteps: 1000,
  skip_prk_steps: true,
  steps_offset: 1,
};

let root: string;
let open: typeof sharp;
before(async () => void (root = await mkdtemp(join(tmpdir(), "stable-diffusion-"))));
after(async () => rm(root, { recursive: true }));

async function start(options: Partial<SmallDiffusion>): Promise<DrivenModel> {
  const folder = await mkdtemp(join(root, "weights-"));
  await writeSmallDiffusion({ folder, factors: "weights.pb", scheduler, ...options });
  const model = await driveModel(new URL(".", import.meta.url), { weightsDir: folder });
  open = createRequire(join(model.model.dir, "run.ts"))("sharp");
  return model;
}

async function pixels(path: string | undefined) {
  const { data, info } = await open(path).raw().toBuffer({ resolveWithObject: true });
  return { data, size: [info.width, info.height, info.channels] };
}

/** Mean of the tokens that a text of these makes: begin, the text, and ends up to 77. */
function meanToken(...tokens: string[]): number {
  const all = ["<|startoftext|>", ...tokens, ...Array<string>(76 - tokens.length).fill("<|endoftext|>")];
  return all.reduce((sum, token) => sum + VOCABULARY[token]!, 0) / 77;
}

/** Noise of a timestep, from the definition: betas whose roots are evenly apart. */
function sigmaOf(timestep: number): number {
  let product = 1;
  for (let i = 0; i <= timestep; i++) {
    const root = Math.sqrt(0.00085) + ((Math.sqrt(0.012) - Math.sqrt(0.00085)) * i) / 999;
    product *= 1 - root ** 2;
  }
  return Math.sqrt(1 / product - 1);
}

/** The latent that the small network leads to from `latent`, one number after the other: all it does is linear. */
function drawn(options: { latent: number[]; timesteps: number[]; wanted: number; unwanted: number; scale: number }) {
  const { timesteps, wanted, unwanted, scale } = options;
  const sigmas = [...timesteps.map(sigmaOf), 0];
  return options.latent.map((first) =>
    timesteps.reduce((value, timestep, i) => {
      const input = value / Math.sqrt(sigmas[i]! ** 2 + 1);
      const say = (text: number) => UNET.sample * input + UNET.timestep * timestep + UNET.text * text * ENCODER.first;
      const noise = say(unwanted) + scale * (say(wanted) - say(unwanted));
      return value + noise * (sigmas[i + 1]! - sigmas[i]!);
    }, first),
  );
}

/** The picture's value at a pixel of the latent, 0 to 255. */
const shown = (latent: number) => Math.min(255, Math.max(0, ((latent / LATENT_SCALE) * DECODER + 1) * 127.5));

/** Compares a picture with the latent that it should come from: every pixel of it is a square of 8 × 8. */
async function assertShows(path: string | undefined, latent: number[], width: number, height: number) {
  const { data, size } = await pixels(path);
  assert.deepEqual(size, [width, height, 3]);
  const [columns, area] = [width / 8, (width * height) / 64];
  const values = new Set<number>();
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let colour = 0; colour < 3; colour++) {
        const at = data[(y * width + x) * 3 + colour]!;
        const expected = shown(latent[colour * area + Math.floor(y / 8) * columns + Math.floor(x / 8)]!);
        values.add(at);
        if (Math.abs(at - expected) > 1) assert.fail(`${x},${y},${colour}: ${at}, not ${expected}`);
      }
  return values.size;
}

for (const kind of [
  { floats: "float32", integers: "int64" },
  { floats: "float16", integers: "int32" },
] as const) {
  describe(`with ${kind.floats} and ${kind.integers} inputs`, () => {
    let model: DrivenModel;
    before(async () => void (model = await start(kind)));
    after(() => model?.[Symbol.asyncDispose]());

    test("draws what the formulas give for the seed, guided away from what is not wanted", async () => {
      const inputs = {
        prompt: "Red  dog",
        negativePrompt: "aaaa",
        steps: 4,
        scale: 12,
        seed: 11,
        width: 128,
        height: 64,
      };
      const { error, files, messages } = await model.run(inputs);
      assert.equal(error, undefined);
      assert.deepEqual(Object.keys(files), ["picture-11.png"]);
      const start = [...createNoise(11).next(4 * 16 * 8)].map((value) => value * sigmaOf(999));
      const latent = drawn({
        latent: start,
        timesteps: [999, 666, 333, 0],
        wanted: meanToken("red</w>", "d", "o", "g</w>"),
        unwanted: meanToken("a", "a", "a", "a</w>"),
        scale: 12,
      });
      if (kind.floats === "float32") {
        const different = await assertShows(files["picture-11.png"], latent, 128, 64);
        assert.ok(different > 50, `only ${different} values: nothing was proved`);
      } else {
        // 16 bits have 3 digits: right on the whole.
        const { data } = await pixels(files["picture-11.png"]);
        const mean = latent.slice(0, 128).reduce((sum, value) => sum + shown(value), 0) / 128;
        let red = 0;
        for (let i = 0; i < data.length; i += 3) red += data[i]! / (data.length / 3);
        assert.ok(Math.abs(red - mean) < 1, `${red} ${mean}`);
      }
      const steps = messages.filter((message) => message.type === "progress").map(({ step, total }) => [step, total]);
      assert.deepEqual(
        steps.slice(-4),
        [1, 2, 3, 4].map((step) => [step, 4]),
      );
      assert.match(JSON.stringify(messages.filter(({ type }) => type === "log")), /seed 11/);
    });
  });
}

describe("the service", () => {
  let model: DrivenModel;
  let broken: DrivenModel;
  before(async () => {
    model = await start({});
    broken = await start({ brokenBelow: 500 });
  });
  after(async () => {
    await model?.[Symbol.asyncDispose]();
    await broken?.[Symbol.asyncDispose]();
  });
  const small = { prompt: "red", width: 64, height: 64, steps: 3, scale: 2 };

  test("the same seed gives the same picture, another seed another; several pictures have the next seeds", async () => {
    const two = await model.run({ ...small, seed: 4_294_967_295, samples: 2 });
    assert.deepEqual(Object.keys(two.files).sort(), ["picture-0.png", "picture-4294967295.png"]);
    const again = await model.run({ ...small, seed: 0 });
    const [a, b, same] = await Promise.all(
      [two.files["picture-4294967295.png"], two.files["picture-0.png"], again.files["picture-0.png"]].map(pixels),
    );
    assert.ok(same!.data.equals(b!.data));
    assert.ok(!a!.data.equals(b!.data));
    const other = await model.run({ ...small, seed: 0, prompt: "dog" });
    assert.ok(!(await pixels(other.files["picture-0.png"])).data.equals(b!.data), "the prompt matters");
  });

  test("a seed of its own choice is the file's name, and makes the picture again", async () => {
    const [first, second] = [await model.run({ ...small, seed: -1 }), await model.run(small)];
    const [name, other] = [Object.keys(first.files)[0]!, Object.keys(second.files)[0]!];
    assert.notEqual(name, other);
    const again = await model.run({ ...small, seed: Number(/^picture-(\d+)\.png$/.exec(name)?.[1]) });
    assert.ok((await pixels(again.files[name])).data.equals((await pixels(first.files[name])).data));
  });

  test("without guidance the negative prompt is not looked at", async () => {
    const plain = { ...small, scale: 1, seed: 5 };
    const [one, two] = [await model.run(plain), await model.run({ ...plain, negativePrompt: "dog" })];
    assert.ok((await pixels(one.files["picture-5.png"])).data.equals((await pixels(two.files["picture-5.png"])).data));
    const latent = [...createNoise(5).next(4 * 64)].map((value) => value * sigmaOf(999));
    const [wanted, timesteps] = [meanToken("red</w>"), [999, 500, 0]];
    await assertShows(one.files["picture-5.png"], drawn({ latent, timesteps, wanted, unwanted: 0, scale: 1 }), 64, 64);
  });

  test("begins with a picture: little strength keeps it, full strength does not", async () => {
    const inputImage = join(root, "halves.png");
    const halves =
      '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="64"><rect width="128" height="64" fill="#cc3322"/><rect x="128" width="128" height="64" fill="#2233cc"/></svg>';
    await open(Buffer.from(halves)).png().toFile(inputImage);
    const run = { prompt: "red", inputImage, width: 64, height: 64, steps: 20, scale: 2, seed: 3 };
    const kept = await model.run({ ...run, strength: 0.1 });
    assert.equal(kept.error, undefined);
    const { data } = await pixels(kept.files["picture-3.png"]);
    const at = (x: number, y: number) => [...data.subarray((y * 64 + x) * 3, (y * 64 + x) * 3 + 3)];
    // The middle of the wide picture was kept: its halves. The last two of twenty steps begin with little noise.
    const like = (given: number[], wanted: number[]) =>
      given.reduce((sum, value, i) => sum + Math.abs(value - wanted[i]!), 0) / 3;
    const [left, right] = [
      [0xcc, 0x33, 0x22],
      [0x22, 0x33, 0xcc],
    ];
    for (const y of [4, 36, 60]) {
      assert.ok(like(at(8, y), left!) < 30, `${at(8, y)}`);
      assert.ok(like(at(56, y), right!) < 30, `${at(56, y)}`);
    }
    const latent = [...createNoise(3).next(4 * 64)].map((value, i) => {
      const colour = Math.floor(i / 64);
      const given = (i % 8 < 4 ? left : right)![colour];
      return (given === undefined ? 0 : ((given / 127.5 - 1) / DECODER) * LATENT_SCALE) + value * sigmaOf(53);
    });
    const wanted = meanToken("red</w>");
    const expected = drawn({ latent, timesteps: [53, 0], wanted, unwanted: meanToken(), scale: 2 });
    await assertShows(kept.files["picture-3.png"], expected, 64, 64);
    const steps = kept.messages.flatMap((message) => (message.type === "progress" ? [message.total] : []));
    assert.equal(steps.at(-1), 2);

    const whole = await pixels((await model.run({ ...run, strength: 1 })).files["picture-3.png"]);
    let difference = 0;
    for (let i = 0; i < data.length; i++) difference += Math.abs(whole.data[i]! - data[i]!) / data.length;
    assert.ok(difference > 30, `${difference}`);
  });

  test("says what is wrong with what it is given", async () => {
    const say = async (inputs: object) => (await model.run({ ...small, ...inputs })).error;
    assert.equal(await say({ width: 500 }), "The width has to be a multiple of 8, not 500.");
    assert.equal(await say({ height: 4096 }), "The height has to be from 64 to 2048 pixels, not 4096.");
    assert.equal(await say({ prompt: " " }), "There is no description of a picture.");
    assert.equal(await say({ seed: 1.5 }), "The seed has to be a whole number up to 4294967295, not 1.5.");
    assert.match((await say({ inputImage: fileURLToPath(import.meta.url) })) ?? "", /^The picture could not be read: /);
  });

  test("a text that is too long is cut, and says so", async () => {
    const { error, messages } = await model.run({ ...small, prompt: "dog ".repeat(26) });
    assert.equal(error, undefined);
    assert.match(JSON.stringify(messages), /longer than 75 tokens/);
    const fits = await model.run({ ...small, prompt: "dog ".repeat(25) });
    assert.doesNotMatch(JSON.stringify(fits.messages), /longer than 75 tokens/);
  });

  test("what is no number is an error, not a black picture", async () => {
    const { error, files } = await broken.run(small);
    assert.equal(error, "The network unet gave a result that is no number (NaN or infinite).");
    assert.deepEqual(files, {});
    assert.equal((await broken.run({ ...small, steps: 1 })).error, undefined, "timestep 999 alone is fine");
  });

  test("stops between two steps", async () => {
    const { error, messages, files } = await model.run(
      { ...small, steps: 100, width: 256, height: 256 },
      { onMessage: (message, cancel) => message.type === "progress" && message.step === 3 && cancel() },
    );
    assert.equal(error, "cancelled");
    assert.deepEqual(files, {});
    assert.ok(messages.length < 60, `${messages.length}`);
  });
});

test("weights whose encoder says mean and variance are taken too; a missing network is named", async () => {
  const model = await start({ parameters: true });
  const inputImage = join(root, "grey.png");
  await open({ create: { width: 64, height: 64, channels: 3, background: "#909090" } })
    .png()
    .toFile(inputImage);
  const run = { prompt: "red", inputImage, width: 64, height: 64, steps: 20, seed: 3 };
  const { error } = await model.run({ ...run, strength: 0.05 });
  assert.equal(error, undefined);
  await rm(join(model.model.weightsDir, "vae_encoder"), { recursive: true });
  await model[Symbol.asyncDispose]();
  const again = await driveModel(new URL(".", import.meta.url), { weightsDir: model.model.weightsDir });
  assert.match((await again.run(run)).error ?? "", /vae_encoder/);
  await again[Symbol.asyncDispose]();
});
