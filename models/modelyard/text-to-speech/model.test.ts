import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import { heavy } from "@modelyard/testing/heavy";

describe("Kokoro", heavy, () => {
  let speaker: DrivenModel;
  let listener: DrivenModel;
  before(async () => {
    speaker = await driveModel(new URL(".", import.meta.url));
    listener = await driveModel(new URL("../speech-to-text/", import.meta.url));
  });
  after(async () => {
    await speaker[Symbol.asyncDispose]();
    await listener[Symbol.asyncDispose]();
  });

  const say = async (inputs: Record<string, unknown>) => {
    const { error, files } = await speaker.run(inputs);
    assert.equal(error, undefined);
    assert.deepEqual(Object.keys(files), ["speech.wav"]);
    const path = files["speech.wav"] ?? "";
    const wav = await readFile(path);
    assert.deepEqual([wav.toString("latin1", 8, 16), wav.readUInt32LE(24)], ["WAVEfmt ", 24_000]);
    return { path, seconds: (wav.length - 44) / 48_000 };
  };
  const words = (text: string) => text.toLowerCase().match(/[a-z']+/g) ?? [];

  // From one accent to the other and back.
  for (const voice of ["bf_emma", "af_heart", "bm_george", "am_michael"]) {
    test(`Whisper understands every word of ${voice}`, async () => {
      const prompt =
        "The harbour was quiet that morning, and nobody expected a letter from the other side of the river.";
      const { path, seconds } = await say({ prompt, voice });
      assert.ok(seconds > 4 && seconds < 9, `${seconds} s`);
      const { text } = await listener.run({ inputAudio: path, language: "en" });
      const heard = words(text).map((word) => word.replace("harbor", "harbour"));
      assert.deepEqual(heard, words(prompt));
    });
  }

  test("speaks long texts to the end, twice as fast at speed 2", async () => {
    const cargo = ["apples", "onions", "bread", "lamps", "letters", "honey"];
    const prompt = cargo
      .map((one) => `The next boat came in with the tide, and it carried ${one} for the people of the village.`)
      .join(" ");
    const [slow, fast] = [await say({ prompt }), await say({ prompt, speed: 2 })];
    const ratio = slow.seconds / fast.seconds;
    assert.ok(ratio > 1.6 && ratio < 2.2, `${ratio}`);
    const { text } = await listener.run({ inputAudio: slow.path, language: "en" });
    for (const one of cargo) assert.ok(text.includes(one), text);
  });

  test("refuses an empty text and a voice that is none; hears cancel and TERM", async () => {
    assert.equal((await speaker.run({ prompt: " … " })).error, "There is no text to read.");
    assert.equal((await speaker.run({ prompt: "Hello.", voice: "../x" })).error, "There is no voice ../x.");
    const prompt = "One sentence follows the other, and none of them will ever be heard. ".repeat(60);
    const { error } = await speaker.run(
      { prompt },
      { onMessage: (message, cancel) => void (message.type === "progress" && cancel()) },
    );
    assert.equal(error, "cancelled");
    assert.ok((await speaker.terminate()) < 6000);
  });
});
