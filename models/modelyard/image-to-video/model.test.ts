import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { delimiter } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";

let camera: DrivenModel;
before(async () => void (camera = await driveModel(new URL(".", import.meta.url))));
after(() => camera[Symbol.asyncDispose]());

const lake = fileURLToPath(new URL("samples/lake.jpg", import.meta.url));

/** What ffmpeg says about a video, and its frames in grey, 192 × 120 pixels each. */
async function watch(path = "") {
  const env = { PATH: [...camera.model.path, process.env.PATH].join(delimiter) };
  const scale = ["-vf", "scale=192:120,format=gray", "-f", "rawvideo", "-"];
  const options = { env, encoding: "buffer", maxBuffer: 1e9 } as const;
  const { stdout, stderr } = await promisify(execFile)("ffmpeg", ["-i", path, ...scale], options);
  const video = /Video: (h264).*?(yuv420p).*?(\d+)x(\d+).*? (\d+) fps/.exec(stderr.toString());
  assert.ok(video, stderr.toString());
  const frames = Array.from({ length: stdout.length / (192 * 120) }, (_, i) =>
    stdout.subarray(i * 192 * 120, (i + 1) * 192 * 120),
  );
  return { width: Number(video[3]), height: Number(video[4]), fps: Number(video[5]), frames };
}

/** By how many pixels the rows from `top` to `bottom` moved to the right between two grey frames. */
function shift(first: Buffer, last: Buffer, top: number, bottom: number): number {
  let best = { by: 0, difference: Number.POSITIVE_INFINITY };
  for (let by = -40; by <= 40; by++) {
    let difference = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = 44; x < 148; x++) difference += Math.abs(first[y * 192 + x]! - last[y * 192 + x + by]!);
    }
    if (difference < best.difference) best = { by, difference };
  }
  return best.by;
}

test("pans: the picture moves to the right, the near shore more than the far mountains", async () => {
  const { exitCode, files, messages } = await camera.run({
    inputImageFirst: lake,
    prompt: "[Pan left]",
    duration: "4",
    resolution: "480p",
    seed: 1,
  });
  assert.equal(exitCode, 0);
  assert.deepEqual(Object.keys(files), ["video.mp4"]);
  const { width, height, fps, frames } = await watch(files["video.mp4"]);
  assert.deepEqual([width, height, fps, frames.length], [768, 480, 24, 96]);
  const far = shift(frames[0]!, frames[95]!, 40, 75);
  const near = shift(frames[0]!, frames[95]!, 104, 120);
  assert.ok(far > 3 && near > far + 3, `far ${far}, near ${near}`);
  const steps = messages.filter((message) => message.type === "progress").map(({ step }) => step ?? 0);
  assert.deepEqual([steps.at(-1), steps.length], [96, 17]);
  // "faststart": the index comes before the frames.
  const bytes = await readFile(files["video.mp4"]!);
  assert.ok(bytes.indexOf("moov") < bytes.indexOf("mdat"));
});

test("shows the first frame as the picture is, and the caption where it belongs", async () => {
  const plain = await camera.run({ inputImageFirst: lake, prompt: "static", duration: "4", resolution: "480p" });
  const captioned = await camera.run({
    inputImageFirst: lake,
    prompt: 'static "MORNING"',
    duration: "4",
    resolution: "480p",
  });
  const [a, b] = [await watch(plain.files["video.mp4"]), await watch(captioned.files["video.mp4"])];
  const differs = (frame: number, top: number, bottom: number) => {
    let sum = 0;
    for (let at = top * 192; at < bottom * 192; at++) sum += Math.abs(a.frames[frame]![at]! - b.frames[frame]![at]!);
    return sum / ((bottom - top) * 192);
  };
  assert.ok(differs(0, 0, 120) < 1, "nothing at first");
  assert.ok(differs(90, 94, 112) > 5, "letters below");
  assert.ok(differs(90, 0, 90) < 2, "nothing above");
});

test("draws a title frame where there is no picture", async () => {
  const { files } = await camera.run({
    prompt: "A golden city above the clouds",
    duration: "4",
    resolution: "480p",
    seed: 3,
  });
  const { width, height, frames } = await watch(files["video.mp4"]);
  assert.deepEqual([width, height], [854, 480]);
  const middle = frames[48]!;
  const brightness = (top: number, bottom: number) => Math.max(...middle.subarray(top * 192, bottom * 192));
  assert.ok(brightness(50, 70) > 200 && brightness(34, 40) < 180, "white letters in the middle only");
});

test("stops at once when cancelled, takes the next run, and ends on TERM", async () => {
  const long = { inputImageFirst: lake, prompt: "orbit", duration: "10", resolution: "1080p" };
  let asked = 0;
  const { error } = await camera.run(long, {
    onMessage(message, cancel) {
      if (message.type !== "progress" || !message.step || asked) return;
      asked = performance.now();
      cancel();
    },
  });
  assert.equal(error, "cancelled");
  assert.ok(performance.now() - asked < 2000);
  const { error: unreadable } = await camera.run({ ...long, inputImageFirst: fileURLToPath(import.meta.url) });
  assert.match(unreadable ?? "", /^The picture could not be read: /);
  void camera.run(long).catch(() => {});
  assert.ok((await camera.terminate()) < 3000);
});
