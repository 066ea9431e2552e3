import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";

let cutter: DrivenModel;
before(async () => void (cutter = await driveModel(new URL(".", import.meta.url))));
after(() => cutter[Symbol.asyncDispose]());

const sample = (name: string) => fileURLToPath(new URL(`samples/${name}`, import.meta.url));

/** Frames of a video in grey, 40 × 25 pixels each. */
async function frames(path = ""): Promise<Buffer[]> {
  const env = { PATH: [...cutter.model.path, process.env.PATH].join(":") };
  const options = { env, encoding: "buffer", maxBuffer: 1e9 } as const;
  const args = ["-i", path, "-vf", "scale=40:25,format=gray", "-f", "rawvideo", "-"];
  const { stdout } = await promisify(execFile)("ffmpeg", args, options);
  return Array.from({ length: stdout.length / 1000 }, (_, i) => stdout.subarray(i * 1000, (i + 1) * 1000));
}
const difference = (a: Buffer, b: Buffer) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;

test("cuts a video to the frame", async () => {
  const { files, error } = await cutter.run({ inputMedia: sample("lake.mp4"), start: 1, end: 2.5 });
  assert.equal(error, undefined);
  const [whole, part] = [await frames(sample("lake.mp4")), await frames(files["trimmed.mp4"])];
  assert.deepEqual([whole.length, part.length], [72, 36]);
  // 24 frames a second: second 1 begins with frame 24. The neighbours a third of a second away fit worse.
  const at = (frame: number) => difference(part[0]!, whole[frame]!);
  assert.ok(at(24) < 2 && at(24) < at(16) && at(24) < at(32), `${[at(16), at(24), at(32)]}`);
});

test("cuts sound to the sample and keeps its kind", async () => {
  const { files } = await cutter.run({ inputMedia: sample("fox.wav"), start: 0.5, end: 1.5 });
  const [whole, part] = [await readFile(sample("fox.wav")), await readFile(files["trimmed.wav"] ?? "")];
  const pcm = (wav: Buffer) => wav.subarray(wav.indexOf("data") + 8);
  const rate = part.readUInt32LE(24);
  assert.equal(pcm(part).length, rate * 2);
  assert.ok(pcm(part).equals(pcm(whole).subarray(rate, rate * 3)), "sample by sample");
});

test("refuses what is not there", async () => {
  const late = await cutter.run({ inputMedia: sample("fox.wav"), start: 60 });
  assert.match(late.error ?? "", /^The recording is 2\.9\d s long; there is nothing after 60 s\.\n$/);
  const turned = await cutter.run({ inputMedia: sample("fox.wav"), start: 2, end: 1 });
  assert.equal(turned.error, "The end, 1 s, is not after the start, 2 s.\n");
});
