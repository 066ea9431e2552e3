import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import type sharp from "sharp";

let resizer: DrivenModel;
let open: typeof sharp;
before(async () => {
  resizer = await driveModel(new URL(".", import.meta.url));
  open = createRequire(join(resizer.model.dir, "run.ts"))("sharp");
});
after(() => resizer[Symbol.asyncDispose]());

const mug = fileURLToPath(new URL("samples/mug.jpg", import.meta.url));

test("fits a picture of 960 × 720 into a frame in four ways", async () => {
  for (const [fit, size] of [
    ["inside", [300, 225]],
    ["cover", [300, 300]],
    ["contain", [300, 300]],
    ["fill", [300, 300]],
  ] as const) {
    const { files, error } = await resizer.run({ inputImage: mug, width: 300, height: 300, fit });
    assert.equal(error, undefined);
    const { width, height, format } = await open(files["image.jpg"]).metadata();
    assert.deepEqual([width, height, format], [...size, "jpeg"], fit);
  }
  const { files } = await resizer.run({ inputImage: mug, height: 90, format: "webp" });
  const { width, height, format } = await open(files["image.webp"]).metadata();
  assert.deepEqual([width, height, format], [120, 90, "webp"], "the other side follows");
});

test("keeps the picture: the middle of the small one is the middle of the large one", async () => {
  const { files } = await resizer.run({ inputImage: mug, width: 96, height: 72, fit: "fill", format: "png" });
  const [small, large] = await Promise.all([
    open(files["image.png"]).removeAlpha().raw().toBuffer(),
    open(mug).resize(96, 72, { fit: "fill" }).raw().toBuffer(),
  ]);
  const off = small.reduce((sum: number, value: number, i: number) => sum + Math.abs(value - large[i]!), 0);
  assert.ok(off / small.length < 1, `${off / small.length}`);
});

test("puts the background asked for around the picture", async () => {
  const framed = { inputImage: mug, width: 200, height: 200, fit: "contain" };
  const corner = async (inputs: Record<string, unknown>, name: string) => {
    const { files } = await resizer.run({ ...framed, ...inputs });
    return [...(await open(files[name]).ensureAlpha().raw().toBuffer()).subarray(0, 4)];
  };
  assert.equal((await corner({ format: "png", background: "transparent" }, "image.png"))[3], 0);
  assert.deepEqual(await corner({ format: "png", background: "black" }, "image.png"), [0, 0, 0, 255]);
  assert.ok((await corner({ format: "jpeg", background: "transparent" }, "image.jpg"))[0]! > 250, "JPEG takes white");
});

test("says so when the file is no picture", async () => {
  const { exitCode, error } = await resizer.run({ inputImage: fileURLToPath(import.meta.url) });
  assert.equal(exitCode, 1);
  assert.match(error ?? "", /^The picture could not be read: /);
});
