import assert from "node:assert/strict";
import { test } from "node:test";
import { chatPrompt, isPrivateHost } from "./chat-prompt.ts";

test("hosts that a chat's server cannot read from", () => {
  for (const host of [
    "localhost",
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.9",
    "[::1]",
    "[fd00::1]",
    "gpu-box",
    "models.local",
    "a.internal",
  ])
    assert.ok(isPrivateHost(host), host);
  for (const host of ["models.example.org", "8.8.8.8", "172.32.0.1", "[2001:db8::1]", "local.dev"])
    assert.ok(!isPrivateHost(host), host);
});

test("the address where it can be read, else the text, cut to what a link can carry", () => {
  const page = new URL("https://models.example.org/models/a/b?inputs=x");
  assert.equal(
    chatPrompt(page, "x"),
    "Read https://models.example.org/models/a/b/llms.txt and help me call this AI model from my program.",
  );
  const own = new URL("http://127.0.0.1:8080/models/a/b");
  assert.equal(chatPrompt(own, "Help me"), "Help me");
  const cut = chatPrompt(own, "{ü\n".repeat(5_000));
  assert.ok(encodeURIComponent(cut).length < 7_600 && cut.endsWith("(Cut off here.)"));
});
