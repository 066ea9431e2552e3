import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";

const run = promisify(execFile);
let whisper: DrivenModel;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "recordings-"));
  whisper = await driveModel(new URL(".", import.meta.url));
});
after(async () => {
  await whisper[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const sample = (name: string) => fileURLToPath(new URL(`samples/${name}`, import.meta.url));
const SAID =
  "the quick brown fox jumps over the lazy dog every morning she walks to the market and buys bread apples and fresh milk";
const words = (text: string) => text.toLowerCase().match(/[a-z']+/g) ?? [];

/** Word error rate: the fewest words to change, add or leave out, for each word that was said. */
function errorRate(heard: string[], said: string[]): number {
  let row = said.map((_, i) => i + 1);
  for (const [i, word] of heard.entries()) {
    const above = [i, ...row];
    let left = i + 1;
    row = said.map(
      (target, j) => (left = Math.min(left + 1, above[j + 1]! + 1, above[j]! + (word === target ? 0 : 1))),
    );
  }
  return row.at(-1)! / said.length;
}

for (const [model, most] of [
  ["base", 0.1],
  ["tiny", 0.15],
] as const) {
  test(`${model} writes down synthetic speech with at most ${most * 100} % of its words wrong`, async () => {
    const { error, text } = await whisper.run({ inputAudio: sample("fox.mp3"), model });
    assert.equal(error, undefined);
    const rate = errorRate(words(text), words(SAID));
    assert.ok(rate <= most, `${rate}: ${text}`);
  });
}

test("hears recordings that are longer than its window to the end, with times that rise", async () => {
  const path = join(folder, "long.wav");
  await run("ffmpeg", ["-v", "error", "-stream_loop", "3", "-i", sample("market.mp3"), path]);
  const { text, messages } = await whisper.run({ inputAudio: path, language: "en", format: "json" });
  const { segments, language, text: heard } = JSON.parse(text);
  assert.equal(language, "en");
  assert.equal(heard.match(/good morning/gi)?.length, 4, heard);
  const starts = segments.map((segment: { start: number }) => segment.start);
  assert.deepEqual(
    starts,
    [...starts].sort((a, b) => a - b),
  );
  assert.ok(segments.at(-1).end > 34 && segments.at(-1).end < 41, text);
  assert.ok(messages.some((message) => message.type === "progress" && (message.percentage ?? 0) > 30));
});

test("lays subtitles out as WebVTT", async () => {
  const { text } = await whisper.run({ inputAudio: sample("market.mp3"), format: "vtt" });
  assert.match(text, /^WEBVTT\n\n00:00:0\d\.\d{3} --> 00:00:\d\d\.\d{3}\nGood morning/);
});

test("says so when the file is no recording, and stops when cancelled", async () => {
  const { exitCode, error } = await whisper.run({ inputAudio: fileURLToPath(import.meta.url) });
  assert.equal(exitCode, 1);
  assert.match(error ?? "", /^The recording could not be read: /);
  const stopped = await whisper.run(
    { inputAudio: sample("market.mp3"), language: "en" },
    { onMessage: (message, cancel) => message.type === "log" && cancel() },
  );
  assert.equal(stopped.error, "cancelled");
});
