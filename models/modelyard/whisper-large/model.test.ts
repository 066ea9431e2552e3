import assert from "node:assert/strict";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";

// Whisper tiny has the same parts in the same files: its weights stand in for the large one's, which have to be pulled.
let model: DrivenModel;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "whisper-"));
  const small = await driveModel(new URL("../speech-to-text/", import.meta.url));
  await symlink(join(small.model.weightsDir, "whisper-tiny"), join(folder, "whisper"));
  await small[Symbol.asyncDispose]();
  model = await driveModel(new URL(".", import.meta.url), { weightsDir: folder });
});
after(async () => {
  await model?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test("loads a Whisper and writes down what was said, as text and as subtitles", async () => {
  const inputAudio = fileURLToPath(new URL("../speech-to-text/samples/market.mp3", import.meta.url));
  const { error, text } = await model.run({ inputAudio, language: "en" });
  assert.equal(error, undefined);
  assert.match(text, /good morning/i);
  assert.match(text, /market closes at (4|four)/i);
  const { text: srt } = await model.run({ inputAudio, language: "en", format: "srt" });
  assert.match(srt, /^1\n00:00:0\d,\d{3} --> 00:00:\d\d,\d{3}\n/);
});
