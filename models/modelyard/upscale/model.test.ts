import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import type sharp from "sharp";

let upscaler: DrivenModel;
let open: typeof sharp;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "upscale-"));
  upscaler = await driveModel(new URL(".", import.meta.url));
  open = createRequire(join(upscaler.model.dir, "run.ts"))("sharp");
});
after(async () => {
  await upscaler[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const original = fileURLToPath(new URL("../remove-background/samples/mug.jpg", import.meta.url));

test("comes closer to the original than plain resizing does", async () => {
  const path = join(folder, "small.png");
  await open(original).resize(240, 180).png().toFile(path);
  const truth = await open(original).resize(480, 360).raw().toBuffer();
  const error = (pixels: Buffer) => pixels.reduce((sum, value, i) => sum + (value - truth[i]!) ** 2, 0) / truth.length;
  const { exitCode, files } = await upscaler.run({ inputImage: path });
  assert.equal(exitCode, 0);
  const { data, info } = await open(files["upscaled.png"]).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height, info.channels], [480, 360, 3]);
  const plain = error(await open(path).resize(480, 360, { kernel: "cubic" }).raw().toBuffer());
  assert.ok(error(data) < plain * 0.9, `${error(data)} and by plain resizing ${plain}`);
});

test("keeps transparency", async () => {
  const path = join(folder, "half.png");
  const left = {
    input: { create: { width: 20, height: 30, channels: 4, background: "red" } },
    left: 0,
    top: 0,
  } as const;
  await open({ create: { width: 40, height: 30, channels: 4, background: "#0000" } })
    .composite([left])
    .png()
    .toFile(path);
  const { files, error } = await upscaler.run({ inputImage: path });
  assert.equal(error, undefined);
  const alpha = await open(files["upscaled.png"]).extractChannel("alpha").raw().toBuffer();
  assert.equal(alpha.length, 80 * 60);
  assert.ok(alpha[30 * 80 + 10]! > 250 && alpha[30 * 80 + 70]! < 5);
});

test("refuses what is too large or no picture, in words, and stops when cancelled", async () => {
  const path = join(folder, "large.png");
  await open({ create: { width: 1500, height: 1001, channels: 3, background: "red" } })
    .png()
    .toFile(path);
  assert.match((await upscaler.run({ inputImage: path })).error ?? "", /1500 × 1001 pixels; at most 1.5 megapixels/);
  const { error } = await upscaler.run({ inputImage: fileURLToPath(import.meta.url) });
  assert.match(error ?? "", /^The picture could not be read: /);
  const stopped = await upscaler.run(
    { inputImage: original },
    { onMessage: (message, cancel) => message.type === "progress" && (message.percentage ?? 0) > 0 && cancel() },
  );
  assert.equal(stopped.error, "cancelled");
});
