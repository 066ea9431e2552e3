import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import { heavy } from "@modelyard/testing/heavy";
import type sharp from "sharp";

const sample = (name: string) => fileURLToPath(new URL(`samples/${name}`, import.meta.url));

describe("SAM 2", heavy, () => {
  let segmenter: DrivenModel;
  let open: typeof sharp;
  before(async () => {
    segmenter = await driveModel(new URL(".", import.meta.url));
    open = createRequire(join(segmenter.model.dir, "run.ts"))("sharp");
  });
  after(() => segmenter[Symbol.asyncDispose]());

  /** Whether points, as parts of width and height, are in the mask; and the part of the picture that it covers. */
  async function look(path: string | undefined) {
    const { data, info } = await open(path).toColourspace("b-w").raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) =>
      data[(Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels]! > 128;
    let covered = 0;
    for (let i = 0; i < data.length; i += info.channels) if (data[i]! > 128) covered += 1;
    return { at, share: (covered * info.channels) / data.length, size: [info.width, info.height] };
  }

  test("cuts out the mug that was clicked on, and nothing of wall and table", async () => {
    const { error, files } = await segmenter.run({ inputImage: sample("mug.jpg"), points: "0.5,0.6 0.5,0.34" });
    assert.equal(error, undefined);
    assert.deepEqual(Object.keys(files).sort(), ["cutout.png", "mask.png"]);
    const { at, share, size } = await look(files["mask.png"]);
    assert.deepEqual(size, [960, 720]);
    assert.ok(at(0.5, 0.6) && at(0.4, 0.5) && at(0.5, 0.34), "body and coffee");
    assert.ok(!at(0.15, 0.3) && !at(0.15, 0.85) && !at(0.95, 0.05), "wall and table");
    assert.ok(share > 0.15 && share < 0.3, `${share}`);
    const { hasAlpha } = await open(files["cutout.png"]).metadata();
    assert.equal(hasAlpha, true);
  });

  test("another point on the same picture is another thing, and needs no second look", async () => {
    const first = await segmenter.run({ inputImage: sample("lake.jpg"), points: "0.64,0.40" });
    const sun = await look(first.files["mask.png"]);
    assert.ok(sun.share > 0.001 && sun.share < 0.02, `the sun is small: ${sun.share}`);
    const second = await segmenter.run({ inputImage: sample("lake.jpg"), points: "0.5,0.72" });
    const water = await look(second.files["mask.png"]);
    assert.ok(water.at(0.5, 0.72) && !water.at(0.64, 0.4) && water.share > sun.share * 4, `${water.share}`);
    const looked = second.messages.some((message) => message.type === "progress" && message.task === "Looking at it");
    assert.equal(looked, false);
  });

  test("says what is wrong with points and pictures, and ends on TERM", async () => {
    assert.match(
      (await segmenter.run({ inputImage: sample("mug.jpg"), points: "5,5" })).error ?? "",
      /5,5 is no point/,
    );
    assert.match(
      (await segmenter.run({ inputImage: sample("mug.jpg"), points: " " })).error ?? "",
      /There is no point/,
    );
    const text = fileURLToPath(import.meta.url);
    assert.match(
      (await segmenter.run({ inputImage: text, points: "0.5,0.5" })).error ?? "",
      /^The picture could not be read/,
    );
    assert.ok((await segmenter.terminate()) < 3000);
  });
});
