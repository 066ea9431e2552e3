import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";

let maker: DrivenModel;
before(async () => void (maker = await driveModel(new URL(".", import.meta.url))));
after(() => maker[Symbol.asyncDispose]());

const lake = fileURLToPath(new URL("samples/lake.mp4", import.meta.url));

test("makes a moving GIF of the size, speed and length asked for, that repeats", async () => {
  const { files, error } = await maker.run({ inputVideo: lake, start: 0.5, duration: 2, width: 160, fps: 10 });
  assert.equal(error, undefined);
  const gif = await readFile(files["animation.gif"] ?? "");
  assert.equal(gif.toString("latin1", 0, 6), "GIF89a");
  assert.deepEqual([gif.readUInt16LE(6), gif.readUInt16LE(8)], [160, 100]);
  assert.ok(gif.includes("NETSCAPE2.0"), "repeats");
  const env = { PATH: [...maker.model.path, process.env.PATH].join(":") };
  const args = ["-ignore_loop", "1", "-i", files["animation.gif"]!, "-vf", "format=gray", "-f", "rawvideo", "-"];
  const { stdout } = await promisify(execFile)("ffmpeg", args, { env, encoding: "buffer", maxBuffer: 1e9 });
  assert.equal(stdout.length / 16_000, 20, "ten frames a second for two seconds");
  const [first, last] = [stdout.subarray(0, 16_000), stdout.subarray(-16_000)];
  const moved = first.reduce((sum, value, i) => sum + Math.abs(value - last[i]!), 0) / 16_000;
  assert.ok(moved > 3, `${moved}`);
  const once = await maker.run({ inputVideo: lake, duration: 0.5, width: 80, fps: 4, loop: false });
  assert.equal((await readFile(once.files["animation.gif"] ?? "")).includes("NETSCAPE2.0"), false);
});

test("refuses sound and what lies behind the end", async () => {
  assert.match((await maker.run({ inputVideo: lake, start: 9 })).error ?? "", /there is nothing after 9 s/);
  const { error } = await maker.run({ inputVideo: fileURLToPath(import.meta.url) });
  assert.match(error ?? "", /^The recording could not be read: /);
});
