import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import { onnxFile } from "@modelyard/testing/onnx";
import type sharp from "sharp";

/** Takes a picture's three planes and gives their mean: light things are near. */
const meanOfColours = onnxFile({
  inputs: { pixel_values: ["float32", "batch", "channels", "height", "width"] },
  outputs: { predicted_depth: ["float32", "batch", "height", "width"] },
  nodes: [["ReduceMean", ["pixel_values"], ["predicted_depth"], { axes: [1], keepdims: 0 }]],
});

let model: DrivenModel;
let open: typeof sharp;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "depth-"));
  await mkdir(join(folder, "depth/onnx"), { recursive: true });
  await writeFile(join(folder, "depth/onnx/model_quantized.onnx"), meanOfColours);
  await writeFile(join(folder, "depth/config.json"), JSON.stringify({ model_type: "depth_anything" }));
  const preprocessor = {
    image_processor_type: "DPTImageProcessor",
    do_resize: true,
    size: { width: 70, height: 70 },
    keep_aspect_ratio: false,
    ensure_multiple_of: 14,
    resample: 3,
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: false,
  };
  await writeFile(join(folder, "depth/preprocessor_config.json"), JSON.stringify(preprocessor));
  model = await driveModel(new URL(".", import.meta.url), { weightsDir: folder });
  open = createRequire(join(model.model.dir, "node_modules/@huggingface/transformers/package.json"))("sharp");
});
after(async () => {
  await model?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test("draws what the network says in the picture's size, the nearest lightest", async () => {
  const inputImage = join(folder, "picture.png");
  // Dark on the left, light on the right.
  const picture =
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="150" height="200" fill="#222"/><rect x="150" width="150" height="200" fill="#ddd"/></svg>';
  await open(Buffer.from(picture)).png().toFile(inputImage);
  const { error, files } = await model.run({ inputImage });
  assert.equal(error, undefined);
  assert.deepEqual(Object.keys(files).sort(), ["depth.json", "depth.png"]);
  const { data, info } = await open(files["depth.png"])
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height], [300, 200]);
  const at = (x: number) => data[(100 * info.width + x) * info.channels]!;
  assert.ok(at(40) < 20 && at(260) > 235, `${at(40)} ${at(260)}`);
  const { width, low, high } = JSON.parse(await readFile(files["depth.json"]!, "utf8"));
  assert.ok(width === 300 && Math.abs(low - 0x22 / 255) < 0.05 && Math.abs(high - 0xdd / 255) < 0.05, `${low} ${high}`);
});

test("refuses what is no picture", async () => {
  const { error } = await model.run({ inputImage: fileURLToPath(import.meta.url) });
  assert.match(error ?? "", /^The picture could not be read: /);
});
