import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";

let taker: DrivenModel;
before(async () => void (taker = await driveModel(new URL(".", import.meta.url))));
after(() => taker[Symbol.asyncDispose]());

const lake = fileURLToPath(new URL("samples/lake.mp4", import.meta.url));

/** A picture or video as frames in grey, 40 × 25 pixels each. */
async function grey(path: string, filter = "scale=40:25"): Promise<Buffer> {
  const env = { PATH: [...taker.model.path, process.env.PATH].join(":") };
  const args = ["-i", path, "-vf", `${filter},format=gray`, "-f", "rawvideo", "-"];
  return (await promisify(execFile)("ffmpeg", args, { env, encoding: "buffer", maxBuffer: 1e9 })).stdout;
}

test("takes the middle of each equal part, and lays them out on a sheet", async () => {
  const { files, error } = await taker.run({ inputVideo: lake, count: 4, width: 200 });
  assert.equal(error, undefined);
  const names = ["sheet.jpg", "thumbnail-01.jpg", "thumbnail-02.jpg", "thumbnail-03.jpg", "thumbnail-04.jpg"];
  assert.deepEqual(Object.keys(files).sort(), names);
  const video = await grey(lake);
  // 72 frames: the middles of four parts are the frames 9, 27, 45 and 63.
  for (const [i, frame] of [9, 27, 45, 63].entries()) {
    const still = await grey(files[`thumbnail-0${i + 1}.jpg`]!);
    const off = (at: number) =>
      still.reduce((sum, value, pixel) => sum + Math.abs(value - video[at * 1000 + pixel]!), 0) / 1000;
    assert.ok(off(frame) < 3 && off(frame) < off((frame + 36) % 72), `picture ${i + 1}: ${off(frame)}`);
  }
  // Two by two pictures of 200 × 126 with 8 pixels around each.
  assert.equal((await grey(files["sheet.jpg"]!, "null")).length, (2 * 200 + 3 * 8) * (2 * 126 + 3 * 8));
});

test("refuses a file without video", async () => {
  const { error } = await taker.run({ inputVideo: fileURLToPath(import.meta.url) });
  assert.match(error ?? "", /^The recording could not be read: /);
});
