/** Reliability L5 and (c) 48: `Idempotency-Key` on Run. One key, one task, one hold, whatever is lost on the way. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { audit } from "@modelyard/server";
import {
  type Caller,
  caller,
  refused,
  runOf,
  STORES,
  startPlatform,
  startTestServer,
  type TestServer,
  temporaryFolder,
} from "@modelyard/testing";

const REUSED = {
  code: 0,
  message: "This Idempotency-Key was used before for another request. Repeat that request, or take a new key.",
};
const INVALID = { code: 0, message: "Header Idempotency-Key must be 1 to 255 printable characters" };

for (const store of STORES) {
  let t: TestServer;
  let own: Caller;
  const title = (text: string) => `${text} (${store.kind})`;
  const keyed = (key: string) => ({ "idempotency-key": key });
  const count = async (text: string, ...params: (string | number)[]) =>
    (await t.server.db.all<{ n: number }>(`select count(*) as n from ${text}`, params))[0]?.n;

  before(async () => {
    t = await startTestServer(store);
    own = caller(
      t.server.url,
      t.server.credentials?.projects.find(({ auth }) => auth === "apikey") as { apiKey: string },
    );
  });
  after(async () => {
    assert.deepEqual(await audit(t.server.db), []);
    await t.close();
  });

  test(title("L5 100 at once with one key: one task, one hold, one answer"), async () => {
    const account = await t.account(30_000_000_000n);
    const one = caller(t.server.url, account);
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => one.run("test/dollar", { note: "same" }, keyed("crowd"))),
    );
    assert.equal(new Set(answers.map(({ taskid }) => taskid)).size, 1);
    assert.equal(new Set(answers.map(({ socketaccesstoken }) => socketaccesstoken)).size, 1);
    assert.equal(await count("task where account_id = ?", account.accountId), 1);
    assert.equal(await count("ledger_transfer where kind = 'hold' and task_id = ?", Number(answers[0]?.taskid)), 1);
    // $30 allow three at a time: the answer under a known key does not count against them, a new run does.
    for (const key of ["second", "third"]) await one.run("test/dollar", {}, keyed(key));
    await refused(one.call("Run/test/dollar", {}, keyed("fourth")), { code: 96, message: /concurrent task limit/ });
    assert.deepEqual(await one.run("test/dollar", { note: "same" }, keyed("crowd")), answers[0]);
    // What was refused left nothing behind: the key is free for the day when there is room.
    await one.call("Task/Kill", { taskid: answers[0]?.taskid });
    await one.run("test/dollar", { other: 1 }, keyed("fourth"));
  });

  test(title("L5 another body or another model under the same key is refused"), async () => {
    const first = await own.run("test/echo", { prompt: "a", steps: 3 }, keyed("body"));
    assert.deepEqual(await own.run("test/echo", { steps: 3, prompt: "a" }, keyed("body")), first, "order is no matter");
    assert.deepEqual(await own.run("TEST/Echo", { prompt: "a", steps: 3 }, keyed("body")), first, "nor is spelling");
    await refused(own.call("Run/test/echo", { prompt: "b", steps: 3 }, keyed("body")), REUSED);
    await refused(own.call("Run/test/echo", { prompt: "a", steps: 3, x: null }, keyed("body")), REUSED);
    await refused(own.call("Run/test/talk", { prompt: "a", steps: 3 }, keyed("body")), REUSED);
    const without = await own.run("test/echo", { prompt: "a", steps: 3 });
    assert.notEqual(without.taskid, first.taskid);
  });

  test(title("L5 files count by their bytes, and a repeated upload is not kept"), async () => {
    const form = (bytes: string) => {
      const fields = new FormData();
      fields.set("prompt", "with a file");
      fields.set("inputImage", new File([bytes], "a.png", { type: "image/png" }));
      return fields;
    };
    const blobs = () =>
      readdirSync(join(t.dataDir, "blobs"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
        .length;
    const first = await own.run("test/echo", form("one"), keyed("file"));
    const kept = blobs();
    assert.deepEqual(await own.run("test/echo", form("one"), keyed("file")), first);
    await refused(own.call("Run/test/echo", form("two"), keyed("file")), REUSED);
    assert.equal(blobs(), kept);
  });

  test(title("L5 keys of different accounts do not meet"), async () => {
    const others = [await t.account(30_000_000_000n), await t.account(30_000_000_000n)].map((account) =>
      caller(t.server.url, account),
    );
    const ids = await Promise.all([own, ...others].map((one) => one.run("test/dollar", {}, keyed("shared"))));
    assert.equal(new Set(ids.map(({ taskid }) => taskid)).size, 3);
  });

  test(title("L5 after 24 h a key is forgotten"), async () => {
    const first = await own.run("test/dollar", {}, keyed("old"));
    const age = (ms: number) =>
      t.server.db.write((tx) =>
        tx.run("update idempotency_key set created_at = created_at - ? where key = 'old'", [ms]),
      );
    await age(23.9 * 3_600_000);
    assert.deepEqual(await own.run("test/dollar", {}, keyed("old")), first);
    await age(0.2 * 3_600_000);
    const second = await own.run("test/dollar", { changed: true }, keyed("old"));
    assert.notEqual(second.taskid, first.taskid);
    assert.deepEqual(await own.run("test/dollar", { changed: true }, keyed("old")), second);
  });

  test(title("(c) 48 keys that are none"), async () => {
    await own.run("test/dollar", {}, keyed("k".repeat(255)));
    await own.run("test/dollar", {}, keyed("with blanks, and ~ !"));
    for (const key of ["k".repeat(256), "", "ä", "tab\there"])
      await refused(own.call("Run/test/dollar", {}, keyed(key)), INVALID);
  });
}

test("L5 a reply that was lost with its server: the repeated request finds the same task", async () => {
  const dataDir = temporaryFolder("lost-reply");
  const start = () => startPlatform({ dataDir, args: ["--no-worker"] });
  let platform = await start();
  const project = platform.firstRun.projects.find(({ auth }) => auth === "apikey") as { apiKey: string };
  let answered = 0;
  for (let n = 0; n < 6; n++) {
    const call = () => caller(platform.url, project).call("Run/test/dollar", { n }, { "idempotency-key": `lost-${n}` });
    const lost = call().then(
      (answer) => runOf(answer),
      () => undefined,
    );
    await sleep(n * 2);
    await platform.stop("SIGKILL");
    platform = await start();
    const before = await lost;
    const [again, once] = [await runOf(call()), await runOf(call())];
    assert.deepEqual(again, once);
    if (before) assert.deepEqual(again, before);
    if (before) answered++;
  }
  const { body } = await caller(platform.url, project).call("Task/List", {});
  assert.equal((body as { total: string }).total, "6", `${answered} of 6 were answered before the kill`);
  await platform.stop();
});
