import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import type sharp from "sharp";

let detector: DrivenModel;
let open: typeof sharp;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "objects-"));
  detector = await driveModel(new URL(".", import.meta.url));
  open = createRequire(join(detector.model.dir, "run.ts"))("sharp");
});
after(async () => {
  await detector[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const mug = fileURLToPath(new URL("samples/mug.jpg", import.meta.url));
const objectsOf = async (files: Record<string, string>) => JSON.parse(await readFile(files["objects.json"]!, "utf8"));

test("finds the mug, where it is, and draws its box", async () => {
  const { exitCode, files } = await detector.run({ inputImage: mug });
  assert.equal(exitCode, 0);
  assert.deepEqual(Object.keys(files).sort(), ["boxes.jpg", "objects.json"]);
  const { width, height, objects } = await objectsOf(files);
  assert.deepEqual([width, height, objects.length], [960, 720, 1]);
  const [{ label, score, box }] = objects;
  assert.equal(label, "cup");
  assert.ok(score > 0.8, `${score}`);
  // The mug with its handle fills about x 297 to 797 and y 179 to 614.
  for (const [found, drawn] of [
    [box.x, 297],
    [box.y, 179],
    [box.x + box.width, 797],
    [box.y + box.height, 614],
  ])
    assert.ok(Math.abs(found - drawn) < 40, JSON.stringify(box));
  const { data, info } = await open(files["boxes.jpg"]).raw().toBuffer({ resolveWithObject: true });
  const at = (Math.round(box.y + box.height / 2) * info.width + box.x) * 3;
  assert.ok(data[at]! > 150 && data[at + 1]! < 110, "the box's left edge is red");
});

test("tells two things of a kind apart, and takes no more than asked for", async () => {
  const path = join(folder, "two.png");
  const half = await open(mug).toBuffer();
  await open({ create: { width: 1920, height: 1440, channels: 3, background: "white" } })
    .composite([
      { input: half, left: 0, top: 0 },
      { input: await open(half).flop().toBuffer(), left: 960, top: 720 },
    ])
    .png()
    .toFile(path);
  const { objects } = await objectsOf((await detector.run({ inputImage: path, threshold: 0.4 })).files);
  const cups = objects.filter((object: { label: string }) => object.label === "cup");
  const sides = cups.map(({ box }: { box: { x: number; width: number } }) => box.x + box.width / 2 < 960);
  assert.ok(sides.includes(true) && sides.includes(false), JSON.stringify(objects));
  const one = await objectsOf((await detector.run({ inputImage: path, threshold: 0.4, maxObjects: 1 })).files);
  assert.equal(one.objects.length, 1);
});

test("an empty picture has no objects, and a file that is no picture is refused in words", async () => {
  const path = join(folder, "empty.png");
  await open({ create: { width: 64, height: 48, channels: 4, background: "#8080ff80" } })
    .png()
    .toFile(path);
  const { exitCode, files } = await detector.run({ inputImage: path });
  assert.equal(exitCode, 0);
  assert.deepEqual(await objectsOf(files), { width: 64, height: 48, objects: [] });
  const { error } = await detector.run({ inputImage: fileURLToPath(import.meta.url) });
  assert.match(error ?? "", /^The picture could not be read: /);
});
