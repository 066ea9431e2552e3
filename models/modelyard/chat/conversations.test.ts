import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { createConversations, type Turn } from "./conversations.ts";

const name = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const turns = (word: string): Turn[] => [
  { type: "system", text: "old" },
  { type: "user", text: word },
  { type: "model", response: [word] },
];

test("remembers by name, with the instructions of the run that asks", () => {
  const conversations = createConversations();
  conversations.keep(name(1), turns("bread"));
  conversations.keep(name(2), turns("milk"));
  assert.deepEqual(conversations.open(name(1), "new"), [{ type: "system", text: "new" }, ...turns("bread").slice(1)]);
  assert.deepEqual(conversations.open(name(3), "new"), [{ type: "system", text: "new" }]);
});

test("without a name nothing is kept, and a name that can be guessed is refused", () => {
  const conversations = createConversations();
  conversations.keep("", turns("secret"));
  assert.equal(conversations.open("", "s").length, 1);
  for (const guess of ["1", "chat", "00000000-0000-4000-8000-00000000000"])
    assert.throws(() => conversations.open(guess, "s"), /UUID/);
});

test("forgets the conversation that was used longest ago, and old turns", () => {
  const conversations = createConversations();
  for (let n = 0; n <= 500; n++) {
    conversations.keep(name(n), turns(`${n}`));
    if (n === 400) conversations.keep(name(0), turns("again"));
  }
  assert.equal(conversations.open(name(1), "s").length, 1);
  assert.equal(conversations.open(name(0), "s").length, 3);
  conversations.keep(name(0), Array.from({ length: 100 }, () => turns("x")).flat());
  assert.equal(conversations.open(name(0), "s").length, 41);
});

test("the chat models have the same code", async () => {
  for (const file of ["run.ts", "assistant.ts", "conversations.ts", "package.json", "package-lock.json"]) {
    const own = await readFile(new URL(file, import.meta.url), "utf8");
    for (const slug of ["llama-3.1-8b", "qwen2.5-7b", "qwen2.5-coder-7b", "mistral-7b", "gemma-2-9b", "phi-3.5-mini"])
      assert.equal(await readFile(new URL(`../${slug}/${file}`, import.meta.url), "utf8"), own, `${slug}/${file}`);
  }
});
