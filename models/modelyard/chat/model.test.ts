import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { type DrivenModel, driveModel } from "@modelyard/testing/drive-model";
import { heavy } from "@modelyard/testing/heavy";

describe("TinyLlama", heavy, () => {
  let assistant: DrivenModel;
  before(async () => void (assistant = await driveModel(new URL(".", import.meta.url))));
  after(() => assistant[Symbol.asyncDispose]());
  const still = { temperature: 0, seed: 1, system_prompt: "Answer in one sentence." };

  test("answers, word by word, and counts its tokens", async () => {
    const { error, text, messages } = await assistant.run({ ...still, prompt: "What is the capital of France?" });
    assert.equal(error, undefined);
    assert.match(text, /Paris/);
    assert.ok(messages.filter((message) => message.type === "token").length > 3);
    const usage = messages.find((message) => message.type === "usage");
    assert.ok(usage?.tokens && usage.tokens > 20 && usage.tokens < 200, JSON.stringify(usage));
  });

  test("remembers the conversation of the same session_id, and of no other", async () => {
    const session_id = randomUUID();
    await assistant.run({ ...still, session_id, prompt: "My name is Ada and I like bread." });
    const asked = { ...still, prompt: "What is my name?" };
    assert.match((await assistant.run({ ...asked, session_id })).text, /Ada/);
    assert.doesNotMatch((await assistant.run({ ...asked, session_id: randomUUID() })).text, /Ada/);
    assert.doesNotMatch((await assistant.run(asked)).text, /Ada/);
  });

  test("keeps to max_tokens, refuses a name that can be guessed, hears cancel and TERM", async () => {
    const short = await assistant.run({ ...still, prompt: "Tell me a long story about the sea.", max_tokens: 8 });
    assert.ok(short.text.split(" ").length <= 9, short.text);
    assert.match((await assistant.run({ prompt: "Hello", session_id: "1" })).error ?? "", /has to be a UUID/);
    const { error } = await assistant.run(
      { prompt: "Tell me a long story about the sea.", max_tokens: 1024 },
      { onMessage: (message, cancel) => void (message.type === "token" && cancel()) },
    );
    assert.equal(error, "cancelled");
    assert.match((await assistant.run({ ...still, prompt: "What is the capital of France?" })).text, /Paris/);
    assert.ok((await assistant.terminate()) < 6000);
  });
});
