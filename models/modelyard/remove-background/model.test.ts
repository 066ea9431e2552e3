import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import type sharp from "sharp";

let remover: DrivenModel;
let open: typeof sharp;
before(async () => {
  remover = await driveModel(new URL(".", import.meta.url));
  open = createRequire(join(remover.model.dir, "run.ts"))("sharp");
});
after(() => remover[Symbol.asyncDispose]());

const sample = (name: string) => fileURLToPath(new URL(`samples/${name}`, import.meta.url));

/** Size of a cutout, and its alpha at points given as shares of width and height. */
async function look(path: string | undefined) {
  const picture = open(path);
  const { width, height, format } = await picture.metadata();
  const alpha = await picture.extractChannel("alpha").raw().toBuffer();
  const at = (x: number, y: number) => alpha[Math.floor(y * height) * width + Math.floor(x * width)]!;
  const share = alpha.reduce((sum: number, value: number) => sum + value / 255, 0) / alpha.length;
  return { width, height, format, at, share };
}

test("keeps the mug and its handle, drops wall, table, shadow and the hole in the handle", async () => {
  const { exitCode, files } = await remover.run({ inputImage: sample("mug.jpg"), subject: "anything" });
  assert.equal(exitCode, 0);
  assert.deepEqual(Object.keys(files), ["cutout.png"]);
  const { width, height, format, at, share } = await look(files["cutout.png"]);
  assert.deepEqual([width, height, format], [960, 720, "png"]);
  const [body, coffee, handle] = [at(0.5, 0.6), at(0.5, 0.34), at(0.79, 0.55)];
  assert.ok(Math.min(body, coffee, handle) > 230, `${[body, coffee, handle]}`);
  const [wall, table, hole, corner] = [at(0.2, 0.3), at(0.15, 0.85), at(0.72, 0.55), at(0.98, 0.02)];
  assert.ok(Math.max(wall, table, hole, corner) < 25, `${[wall, table, hole, corner]}`);
  assert.ok(share > 0.18 && share < 0.27, `${share}`);
});

test("cuts out a person with the network for people", async () => {
  const { files } = await remover.run({ inputImage: sample("portrait.jpg"), subject: "people" });
  const { at } = await look(files["cutout.png"]);
  const person = [at(0.5, 0.45), at(0.5, 0.9), at(0.35, 0.6)];
  assert.ok(Math.min(...person) > 230, `${person}`);
  const background = [at(0.1, 0.5), at(0.9, 0.3), at(0.5, 0.05)];
  assert.ok(Math.max(...background) < 25, `${background}`);
});

test("takes grey, 16-bit, CMYK, half-transparent, turned and tiny pictures", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pictures-"));
  const mug = () => open(sample("mug.jpg")).resize(96, 72);
  const variants: Record<string, Buffer> = {
    grey: await mug().greyscale().png().toBuffer(),
    deep: await mug().toColourspace("rgb16").png().toBuffer(),
    cmyk: await mug().toColourspace("cmyk").jpeg().toBuffer(),
    transparent: await mug().ensureAlpha(0.5).png().toBuffer(),
    turned: await mug().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    tiny: await mug().resize(1, 1).png().toBuffer(),
  };
  for (const [name, bytes] of Object.entries(variants)) {
    const path = join(folder, name);
    await writeFile(path, bytes);
    const { error, files } = await remover.run({ inputImage: path });
    assert.equal(error, undefined, name);
    const { width, height, at } = await look(files["cutout.png"]);
    assert.deepEqual([width, height], name === "turned" ? [72, 96] : name === "tiny" ? [1, 1] : [96, 72], name);
    if (name === "transparent") assert.ok(Math.abs(at(0.5, 0.6) - 128) < 16, "the picture's own alpha counts");
  }
  await rm(folder, { recursive: true });
});

test("says so when the file is no picture", async () => {
  const { exitCode, error } = await remover.run({ inputImage: fileURLToPath(import.meta.url) });
  assert.equal(exitCode, 1);
  assert.match(error ?? "", /^The picture could not be read: /);
});

test("ends on TERM", async () => {
  assert.ok((await remover.terminate()) < 3000);
});
