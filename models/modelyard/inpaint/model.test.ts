import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import { heavy } from "@modelyard/testing/heavy";
import type sharp from "sharp";

const sample = (name: string) => fileURLToPath(new URL(`samples/${name}`, import.meta.url));

describe("MI-GAN", heavy, () => {
  let painter: DrivenModel;
  let open: typeof sharp;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "inpaint-"));
    painter = await driveModel(new URL(".", import.meta.url));
    open = createRequire(join(painter.model.dir, "run.ts"))("sharp");
  });
  after(async () => {
    await painter[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  /** Mean difference to the picture without the thing, in the part of the mask and outside of it, 0 to 255. */
  async function compare(result: string | undefined, original: string, mask: string, size: [number, number]) {
    const read = (path: string | undefined) =>
      open(path)
        .removeAlpha()
        .resize(...size, { fit: "fill" })
        .raw()
        .toBuffer();
    const [made, real, hole] = [
      await read(result),
      await read(original),
      await open(mask).toColourspace("b-w").raw().toBuffer(),
    ];
    const sums = { inside: 0, outside: 0 };
    const counts = { inside: 0, outside: 0 };
    for (let i = 0; i < hole.length; i++) {
      const where = hole[i]! > 128 ? "inside" : "outside";
      counts[where] += 3;
      for (let colour = 0; colour < 3; colour++) sums[where] += Math.abs(made[i * 3 + colour]! - real[i * 3 + colour]!);
    }
    return { inside: sums.inside / counts.inside, outside: sums.outside / counts.outside };
  }

  test("takes letters off a picture: what was behind them comes back, the rest stays", async () => {
    const run = { inputImage: sample("lake-marked.jpg"), inputMask: sample("lake-mask.png") };
    const { error, files } = await painter.run(run);
    assert.equal(error, undefined);
    assert.deepEqual(Object.keys(files), ["inpainted.png"]);
    const { width, height, format } = await open(files["inpainted.png"]).metadata();
    assert.deepEqual([width, height, format], [640, 400, "png"]);
    const lake = fileURLToPath(new URL("../image-to-video/samples/lake.jpg", import.meta.url));
    const marked = await compare(sample("lake-marked.jpg"), lake, sample("lake-mask.png"), [640, 400]);
    const cleaned = await compare(files["inpainted.png"], lake, sample("lake-mask.png"), [640, 400]);
    assert.ok(marked.inside > 60 && cleaned.inside < marked.inside / 4, JSON.stringify({ marked, cleaned }));
    assert.ok(cleaned.outside < marked.outside + 0.5);
  });

  test("changes no pixel outside the mask", async () => {
    const { files } = await painter.run({ inputImage: sample("mug.jpg"), inputMask: sample("mug-mask.png"), grow: 0 });
    const { outside, inside } = await compare(
      files["inpainted.png"],
      sample("mug.jpg"),
      sample("mug-mask.png"),
      [640, 480],
    );
    assert.equal(outside, 0);
    assert.ok(inside > 10, `${inside}`);
  });

  test("takes a small or transparent mask, and says what is wrong with one that is empty or full", async () => {
    const masks = {
      small: open({ create: { width: 4, height: 3, channels: 3, background: "black" } }).composite([
        { input: { create: { width: 1, height: 1, channels: 3, background: "white" } }, left: 1, top: 1 },
      ]),
      transparent: open({ create: { width: 640, height: 480, channels: 4, background: "#0000" } }).composite([
        { input: { create: { width: 50, height: 50, channels: 4, background: "#ffff" } }, left: 100, top: 100 },
      ]),
      empty: open({ create: { width: 10, height: 10, channels: 3, background: "black" } }),
      full: open({ create: { width: 10, height: 10, channels: 3, background: "white" } }),
    };
    const errors: Record<string, string | undefined> = {};
    for (const [name, mask] of Object.entries(masks)) {
      const inputMask = join(folder, `${name}.png`);
      await mask.png().toFile(inputMask);
      errors[name] = (await painter.run({ inputImage: sample("mug.jpg"), inputMask })).error;
    }
    assert.deepEqual(errors, {
      small: undefined,
      transparent: undefined,
      empty: "The mask is empty: paint what is to be filled in white.",
      full: "The mask covers the whole picture: nothing is left to go by.",
    });
    const text = fileURLToPath(import.meta.url);
    assert.match(
      (await painter.run({ inputImage: text, inputMask: sample("mug-mask.png") })).error ?? "",
      /^The picture could not be read/,
    );
    assert.match(
      (await painter.run({ inputImage: sample("mug.jpg"), inputMask: text })).error ?? "",
      /^The mask could not be read/,
    );
    assert.ok((await painter.terminate()) < 3000);
  });
});
