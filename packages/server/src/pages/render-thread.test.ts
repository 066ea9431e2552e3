/** The thread's supervision, with a small program in the place of the web app's: it answers, asks back, fails, dies and hangs on demand. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createRenderThread } from "./render-thread.ts";

const PROGRAM = `
const { parentPort } = require("node:worker_threads");
let asked;
parentPort.on("message", (message) => {
  if (message.kind === "reply") return answer(asked, message.text);
  const { id, request } = message;
  if (request.url === "/die") process.exit(3);
  if (request.url === "/throw") throw new Error("thrown outside");
  if (request.url === "/fail") return parentPort.postMessage({ kind: "failed", id, reason: "no such luck" });
  if (request.url === "/call") {
    asked = id;
    return parentPort.postMessage({ kind: "call", id: 1, base: request.base, path: "/v1/Tool/List", body: "{}" });
  }
  answer(id, request.url);
});
const answer = (id, body) => parentPort.postMessage({ kind: "answer", id, answer: { status: 200, contentType: "text/plain", body, scripts: [] } });
`;

function start() {
  const dist = mkdtempSync(join(tmpdir(), "modelyard-pages-"));
  mkdirSync(join(dist, "server"));
  writeFileSync(join(dist, "server/thread.js"), PROGRAM);
  const logged: string[] = [];
  const thread = createRenderThread(
    dist,
    async ({ path }) => ({ status: 200, text: `answer to ${path}` }),
    (text) => logged.push(text),
  );
  const ask = async (url: string) => (await thread.ask({ url, base: "http://x", markdown: false })).body;
  return { thread, ask, logged };
}

test("it answers, and what it asks of the API is answered", async (t) => {
  const { thread, ask } = start();
  t.after(() => thread.close());
  assert.equal(await ask("/a"), "/a");
  assert.deepEqual(await Promise.all([ask("/b"), ask("/c")]), ["/b", "/c"]);
  assert.equal(await ask("/call"), "answer to /v1/Tool/List");
});

test("a failure, an exception and an end reject what waits, and the next page has a new thread", async (t) => {
  const { thread, ask, logged } = start();
  t.after(() => thread.close());
  await assert.rejects(ask("/fail"), /no such luck/);
  assert.equal(await ask("/after-fail"), "/after-fail");
  await assert.rejects(ask("/throw"), /failed/);
  assert.match(logged.join(), /thrown outside/);
  assert.equal(await ask("/after-throw"), "/after-throw");
  await assert.rejects(ask("/die"), /ended/);
  assert.equal(await ask("/after-death"), "/after-death");
});
