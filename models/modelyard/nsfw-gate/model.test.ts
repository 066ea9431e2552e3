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

describe("NSFWJS", heavy, () => {
  let gate: DrivenModel;
  let open: typeof sharp;
  before(async () => {
    gate = await driveModel(new URL(".", import.meta.url));
    open = createRequire(join(gate.model.dir, "run.ts"))("sharp");
  });
  after(() => gate[Symbol.asyncDispose]());

  const picture = (path: string) => fileURLToPath(new URL(path, import.meta.url));

  /** What the same weights say of these pictures when TensorFlow's own resizeBilinear prepares them, as NSFWJS does: drawing, hentai, neutral, porn, sexy. */
  const RECORDED = {
    "samples/portrait.jpg": [0.45, 0.02, 0.53, 0, 0],
    "samples/mug.jpg": [0.02, 0, 0.98, 0, 0],
    "../image-to-video/samples/lake.jpg": [0.96, 0, 0.04, 0, 0],
  };

  test("scores pictures as the original does, and lets harmless ones pass", async () => {
    for (const [path, expected] of Object.entries(RECORDED)) {
      const { error, text } = await gate.run({ inputImage: picture(path), threshold: 0.3, strict: true });
      assert.equal(error, undefined);
      const { allowed, unsafe, scores } = JSON.parse(text);
      const got = [scores.drawing, scores.hentai, scores.neutral, scores.porn, scores.sexy];
      for (const [i, value] of expected.entries()) assert.ok(Math.abs(got[i]! - value) < 0.02, `${path}: ${got}`);
      assert.equal(allowed, true);
      assert.ok(unsafe < 0.05);
      assert.ok(Math.abs(got.reduce((sum, value) => sum + value, 0) - 1) < 0.01);
    }
  });

  test("takes transparent, grey and tiny pictures, refuses other files, and ends on TERM", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gate-"));
    const odd = [
      open({ create: { width: 30, height: 50, channels: 4, background: "#00f8" } }).png(),
      open(picture("samples/mug.jpg")).greyscale().jpeg(),
      open({ create: { width: 1, height: 1, channels: 3, background: "red" } }).png(),
    ];
    for (const [i, one] of odd.entries()) {
      const path = join(folder, `${i}`);
      await one.toFile(path);
      const { error, text } = await gate.run({ inputImage: path });
      assert.equal(error, undefined);
      assert.equal(typeof JSON.parse(text).allowed, "boolean");
    }
    const { error } = await gate.run({ inputImage: fileURLToPath(import.meta.url) });
    assert.match(error ?? "", /^The picture could not be read: /);
    assert.ok((await gate.terminate()) < 3000);
    await rm(folder, { recursive: true });
  });
});
