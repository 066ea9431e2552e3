import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";

let speaker: DrivenModel;
before(async () => void (speaker = await driveModel(new URL(".", import.meta.url))));
after(() => speaker[Symbol.asyncDispose]());

const onPath = (name: string) =>
  (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));

/** Length in seconds and how loud it is: the root mean square of the samples, 0 to 1. */
async function listen(path: string | undefined): Promise<{ seconds: number; loudness: number; sound: Buffer }> {
  const wav = await readFile(path ?? "");
  assert.deepEqual([wav.toString("latin1", 0, 4), wav.toString("latin1", 8, 16)], ["RIFF", "WAVEfmt "]);
  const [channels, rate, bits] = [wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34)];
  assert.deepEqual([channels, bits], [1, 16]);
  const sound = wav.subarray(wav.indexOf("data") + 8);
  let sum = 0;
  for (let at = 0; at + 1 < sound.length; at += 2) sum += (sound.readInt16LE(at) / 32768) ** 2;
  return { seconds: sound.length / 2 / rate, loudness: Math.sqrt(sum / (sound.length / 2)), sound };
}

async function say(inputs: Record<string, unknown>) {
  const { exitCode, error, files } = await speaker.run(inputs);
  assert.equal(error, undefined);
  assert.equal(exitCode, 0);
  assert.deepEqual(Object.keys(files), ["speech.wav"]);
  return listen(files["speech.wav"]);
}

const prompt = "The quick brown fox jumps over the lazy dog.";

test("says a sentence of nine words in two to five seconds, audibly, with each voice", async () => {
  const voices = [
    "slt",
    "rms",
    "awb",
    "kal",
    ...(onPath("espeak-ng") ? ["espeak-en-gb", "espeak-de", "espeak-tr"] : []),
  ];
  const sounds = new Set<string>();
  for (const voice of voices) {
    const { seconds, loudness, sound } = await say({ prompt, voice });
    assert.ok(seconds > 2 && seconds < 5, `${voice}: ${seconds} s`);
    assert.ok(loudness > 0.02 && loudness < 0.5, `${voice}: ${loudness}`);
    sounds.add(sound.toString("base64"));
  }
  assert.equal(sounds.size, voices.length);
});

test("speaks twice as fast at speed 2", async () => {
  for (const voice of ["slt", ...(onPath("espeak-ng") ? ["espeak-de"] : [])]) {
    const [slow, fast] = [await say({ prompt, voice, speed: 1 }), await say({ prompt, voice, speed: 2 })];
    const ratio = slow.seconds / fast.seconds;
    assert.ok(ratio > 1.6 && ratio < 2.3, `${voice}: ${ratio}`);
  }
});

test("takes a text only as text", async () => {
  const marker = join(tmpdir(), `speech-marker-${process.pid}`);
  const hostile = `$(touch ${marker}) \`touch ${marker}\`; touch ${marker} "; touch ${marker} ' -o /tmp/x %s \\n --help`;
  for (const voice of ["slt", ...(onPath("espeak-ng") ? ["espeak-en-gb"] : [])]) {
    assert.ok((await say({ prompt: hostile, voice })).seconds > 2);
    assert.ok((await say({ prompt: "-o /dev/null", voice })).seconds > 0.5);
  }
  assert.equal(existsSync(marker), false);
  for (const inputs of [
    { speed: "1;touch x" },
    { speed: "0" },
    { voice: "slt; touch x" },
    { voice: "../x" },
    { prompt: " \n" },
  ]) {
    const { exitCode, error } = await speaker.run({ prompt, ...inputs });
    assert.equal(exitCode, 1);
    assert.match(error ?? "", /^The speed is no number|^There is no (voice|text)/);
  }
});

test("reads letters with accents as letters", async () => {
  const [accents, plain] = [await say({ prompt: "Zoë’s café" }), await say({ prompt: "Zoe's cafe" })];
  assert.ok(accents.sound.equals(plain.sound));
});

test("speaks with the Flite of its own folder where the system has none", async () => {
  const tools = await mkdtemp(join(tmpdir(), "tools-"));
  for (const name of ["sh", "cat", "awk", "iconv", "grep", "rm", "env"])
    await symlink(join("/usr/bin", name), join(tools, name));
  const path = process.env.PATH;
  process.env.PATH = tools;
  try {
    const { seconds, loudness } = await say({ prompt });
    assert.ok(seconds > 2 && seconds < 5 && loudness > 0.02);
    const { error } = await speaker.run({ prompt, voice: "espeak-de" });
    assert.equal(error, "This voice needs the program espeak-ng, which this worker does not have.\n");
  } finally {
    process.env.PATH = path;
    await rm(tools, { recursive: true });
  }
});
