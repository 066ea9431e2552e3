import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";

let writer: DrivenModel;
before(async () => void (writer = await driveModel(new URL(".", import.meta.url))));
after(() => writer[Symbol.asyncDispose]());

const inputs = { prompt: "Once upon a time, there was a little dragon who", maxTokens: 64, seed: 1 };

test("continues a beginning with English words, streamed token by token", async () => {
  const { exitCode, text, messages } = await writer.run(inputs);
  assert.equal(exitCode, 0);
  assert.ok(text.startsWith(inputs.prompt));
  const words = text.slice(inputs.prompt.length).split(/\s+/).filter(Boolean);
  assert.ok(words.length > 20, text);
  const common = ["the", "and", "was", "to", "a", "he", "she", "they", "his", "her", "in"];
  assert.ok(words.filter((word) => common.includes(word)).length > words.length / 5, text);
  assert.ok(messages.filter((message) => message.type === "token").length > 40);
  assert.ok(messages.some((message) => message.type === "progress" && message.speedType === "tokens/s"));
});

test("writes the same story for the same seed and another for another", async () => {
  const [first, again, other] = [
    await writer.run(inputs),
    await writer.run(inputs),
    await writer.run({ ...inputs, seed: 2 }),
  ];
  assert.equal(again.text, first.text);
  assert.notEqual(other.text, first.text);
});

test("knows the first sentence of very many of its stories", async () => {
  const { text } = await writer.run({ prompt: "Once upon a", maxTokens: 16, temperature: 0 });
  assert.match(text, /^Once upon a time, there was a little girl named Lily\./);
});

test("keeps letters together that are no tokens of their own", async () => {
  const { text } = await writer.run({ prompt: "Zoë's 🐉", maxTokens: 16, seed: 1 });
  assert.ok(text.startsWith("Zoë's 🐉") && !text.includes("\ufffd"), text);
});

test("refuses a beginning that is too long, in words", async () => {
  const { exitCode, error } = await writer.run({ prompt: "dragon ".repeat(300), maxTokens: 16 });
  assert.equal(exitCode, 1);
  assert.match(error ?? "", /The beginning is \d+ tokens long; this model reads at most 255/);
});

test("stops at once when cancelled, and on TERM", async () => {
  const { error, ms } = await writer.run(
    { ...inputs, maxTokens: 240 },
    { onMessage: (message, cancel) => message.type === "token" && cancel() },
  );
  assert.equal(error, "cancelled");
  assert.ok(ms < 2000, `${ms}`);
  assert.ok((await writer.terminate()) < 3000);
});
