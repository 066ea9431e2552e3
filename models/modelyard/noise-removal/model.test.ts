import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";

let remover: DrivenModel;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "noise-"));
  remover = await driveModel(new URL(".", import.meta.url));
});
after(async () => {
  await remover[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const speech = fileURLToPath(new URL("../speech-to-text/samples/market.mp3", import.meta.url));
const ffmpeg = (...args: string[]) =>
  promisify(execFile)("ffmpeg", ["-v", "error", "-y", ...args], {
    env: { PATH: [...remover.model.path, process.env.PATH].join(delimiter) },
    encoding: "buffer",
    maxBuffer: 1e9,
  });
/** Mono sound, 48 kHz. */
async function hear(path = ""): Promise<Float32Array> {
  const { stdout } = await ffmpeg("-i", path, "-ac", "1", "-ar", "48000", "-f", "f32le", "-");
  return new Float32Array(Uint8Array.from(stdout).buffer);
}
const level = (sound: Float32Array) => 10 * Math.log10(sound.reduce((sum, x) => sum + x * x, 1e-12) / sound.length);

/** Speech after two seconds of nothing, with white noise at -36 dB all over it. */
async function noisy(channels: 1 | 2): Promise<{ path: string; clean: Float32Array }> {
  const clean = join(folder, "clean.wav");
  const path = join(folder, `noisy-${channels}.wav`);
  await ffmpeg("-i", speech, "-af", "adelay=2000:all=1", "-ac", "1", "-ar", "48000", clean);
  const noise = ["-f", "lavfi", "-i", "anoisesrc=color=white:amplitude=0.03:seed=7:r=48000"];
  const mix = "[0][1]amix=inputs=2:duration=first:normalize=0";
  await ffmpeg("-i", clean, ...noise, "-filter_complex", mix, "-ac", `${channels}`, path);
  return { path, clean: await hear(clean) };
}

test("turns noise down by more than 20 dB and leaves the speech in its place", async () => {
  const { path, clean } = await noisy(1);
  const { files, error } = await remover.run({ inputAudio: path, format: "wav" });
  assert.equal(error, undefined);
  const [before, after] = [await hear(path), await hear(files["clean.wav"])];
  assert.equal(after.length, before.length, "as long as it was");
  // The network needs a moment to know the noise.
  const pause = (sound: Float32Array) => level(sound.subarray(48_000, 90_000));
  assert.ok(pause(before) - pause(after) > 20, `${pause(before)} dB, then ${pause(after)} dB`);
  const talk = (sound: Float32Array) => sound.subarray(120_000, 400_000);
  assert.ok(Math.abs(level(talk(clean)) - level(talk(after))) < 3, "the speech is as loud as before the noise");
  // The place: the two fit best without any shift, to the millisecond.
  const likeness = (shift: number) => {
    let sum = 0;
    for (let i = 120_000; i < 400_000; i += 3) sum += clean[i]! * after[i + shift]!;
    return sum;
  };
  const shifts = Array.from({ length: 61 }, (_, i) => (i - 30) * 24);
  const best = shifts.reduce((a, b) => (likeness(b) > likeness(a) ? b : a));
  assert.ok(Math.abs(best) <= 48, `${best} samples`);
});

test("takes stereo, less strength, and any format", async () => {
  const { path } = await noisy(2);
  const half = await remover.run({ inputAudio: path, strength: 0.5, format: "flac" });
  const whole = await remover.run({ inputAudio: path, format: "mp3" });
  assert.deepEqual([Object.keys(half.files), Object.keys(whole.files)], [["clean.flac"], ["clean.mp3"]]);
  const pause = async (from: string | undefined) => level((await hear(from)).subarray(48_000, 90_000));
  const [was, some, none] = [
    await pause(path),
    await pause(half.files["clean.flac"]),
    await pause(whole.files["clean.mp3"]),
  ];
  assert.ok(was - some > 4 && was - some < 8, `half the noise is 6 dB less: ${was - some}`);
  assert.ok(was - none > 20, `${was - none}`);
});

test("stops when cancelled, refuses what is no recording, and ends on TERM", async () => {
  const long = join(folder, "long.wav");
  await ffmpeg("-f", "lavfi", "-i", "anoisesrc=r=48000", "-t", "600", long);
  const { error } = await remover.run(
    { inputAudio: long },
    { onMessage: (message, cancel) => void (message.type === "progress" && cancel()) },
  );
  assert.equal(error, "cancelled");
  const text = await remover.run({ inputAudio: fileURLToPath(import.meta.url) });
  assert.match(text.error ?? "", /^The recording could not be read: /);
  assert.ok((await remover.terminate()) < 3000);
});
