import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import type sharp from "sharp";

let placer: DrivenModel;
let open: typeof sharp;
let work: string;
before(async () => {
  placer = await driveModel(new URL(".", import.meta.url));
  work = await mkdtemp(join(tmpdir(), "place-"));
  open = createRequire(join(placer.model.dir, "run.ts"))("sharp");
});
after(async () => {
  await placer[Symbol.asyncDispose]();
  await rm(work, { recursive: true });
});

const cutout = fileURLToPath(new URL("samples/mug-cutout.png", import.meta.url));

async function pixels(file: string | undefined) {
  const { data, info } = await open(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)];
  return { at, ...info };
}
const apart = (a: number[], b: number[]) => Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? 0))));

test("the thing is in the middle, the backdrop around it, at the size asked for", async () => {
  for (const [size, width, height] of [
    ["square", 1200, 1200],
    ["portrait", 1080, 1350],
    ["wide", 1280, 720],
  ] as const) {
    const { files, error } = await placer.run({ inputImage: cutout, backdrop: "white", size, format: "png" });
    assert.equal(error, undefined);
    const placed = await pixels(files["placed.png"]);
    assert.deepEqual([placed.width, placed.height], [width, height]);
    for (const corner of [placed.at(2, 2), placed.at(width - 3, 2), placed.at(width - 3, height - 3)])
      assert.deepEqual(corner, [255, 255, 255]);
    // The rim of the cut-out is off, so what is not white reaches just to the margin on one of the two axes.
    const rim = Math.round(Math.min(width, height) * 0.12);
    const row = (y: number) =>
      Array.from({ length: width }, (_, x) => placed.at(x, y)).some((p) => apart(p, [255, 255, 255]) > 24);
    const column = (x: number) =>
      Array.from({ length: height }, (_, y) => placed.at(x, y)).some((p) => apart(p, [255, 255, 255]) > 24);
    assert.ok(!row(rim - 4) && !column(rim - 4), "nothing in the margin");
    assert.ok(row(rim + 6) || column(rim + 6), "it fills the frame up to the margin");
  }
});

test("the shadow darkens what is below, and only there", async () => {
  const shaded = await pixels(
    (await placer.run({ inputImage: cutout, backdrop: "white", format: "png" })).files["placed.png"],
  );
  const bare = await pixels(
    (await placer.run({ inputImage: cutout, backdrop: "white", shadow: false, format: "png" })).files["placed.png"],
  );
  let darker = 0;
  let above = 0;
  for (let y = 0; y < 1200; y += 4) {
    for (let x = 0; x < 1200; x += 4) {
      const difference = (bare.at(x, y)[1] ?? 0) - (shaded.at(x, y)[1] ?? 0);
      if (difference > 4) y > 700 ? darker++ : above++;
    }
  }
  assert.ok(darker > 200, `${darker}`);
  assert.equal(above, 0);
});

test("an own backdrop fills the frame; without one it is asked for", async () => {
  const backdrop = join(work, "green.png");
  await open({ create: { width: 300, height: 100, channels: 3, background: "#00aa00" } })
    .png()
    .toFile(backdrop);
  const { files } = await placer.run({
    inputImage: cutout,
    backdrop: "picture",
    inputBackground: backdrop,
    format: "png",
  });
  const placed = await pixels(files["placed.png"]);
  assert.deepEqual(
    [placed.at(1, 1), placed.at(1198, 1)],
    [
      [0, 170, 0],
      [0, 170, 0],
    ],
  );
  const missing = await placer.run({ inputImage: cutout, backdrop: "picture" });
  assert.deepEqual(
    [missing.exitCode, missing.error?.trim()],
    [1, "For the backdrop “A picture of mine” a picture is needed."],
  );
});

test("a picture without transparency is placed as it is, and what is no picture is named", async () => {
  const plain = join(work, "plain.png");
  await open({ create: { width: 400, height: 200, channels: 3, background: "#aa0000" } })
    .png()
    .toFile(plain);
  const { files } = await placer.run({ inputImage: plain, backdrop: "white", format: "png" });
  const placed = await pixels(files["placed.png"]);
  assert.deepEqual(placed.at(600, 600), [170, 0, 0]);
  assert.deepEqual(placed.at(600, 900), [255, 255, 255], "no shadow below it");
  const { exitCode, error } = await placer.run({ inputImage: fileURLToPath(import.meta.url) });
  assert.equal(exitCode, 1);
  assert.match(error ?? "", /^The picture could not be read: /);
});
