/** Fault matrix: a worker of another release connects (protocol versions). */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { OLDEST_WORKER_PROTOCOL, readFrame, WORKER_PROTOCOL } from "@modelyard/contract";
import { fakeWorker, finish, WHOLE_RUN } from "@modelyard/testing";
import { WebSocket } from "ws";
import { Site } from "./support/site.ts";

test("a worker of the oldest protocol that is taken in does a run from its assignment to its end", async (t) => {
  const site = await Site.start(t);
  const workerToken = readFileSync(join(site.dataDir, "worker-token"), "utf8").trim();
  const old = await fakeWorker({ url: site.url, workerToken }, { protocol: OLDEST_WORKER_PROTOCOL });
  t.after(() => Promise.race([old.close(), sleep(1_000)]));
  const { taskid } = await site.client().run("fault/work", { ms: 0 });
  const lease = await old.next("assign");
  assert.ok(await old.report(lease, 1, WHOLE_RUN, finish()));
  assert.equal((await site.client().detail({ taskid })).pexit, "0");
  await old.close();
  await site.verdict([taskid]);
});

test("workers of earlier and later protocols are refused with a plain reason, whatever else they say", async (t) => {
  const site = await Site.start(t);
  const token = readFileSync(join(site.dataDir, "worker-token"), "utf8").trim();
  const greet = async (hello: object) => {
    const socket = new WebSocket(`${site.url.replace("http", "ws")}/worker/v1`, {
      headers: { authorization: `Bearer ${token}` },
    });
    let said: unknown[] = [];
    socket.on("message", (data) => (said = readFrame(String(data)) ?? []));
    await once(socket, "open");
    socket.send(JSON.stringify([hello]));
    const [code] = (await once(socket, "close")) as [number];
    return { code, said };
  };
  for (const protocol of [OLDEST_WORKER_PROTOCOL - 1, WORKER_PROTOCOL + 1, 99]) {
    const { code, said } = await greet({ t: "hello", protocol, shape: { of: "another time" } });
    const reason = `this server speaks worker protocols ${OLDEST_WORKER_PROTOCOL} to ${WORKER_PROTOCOL}, the worker ${protocol}; use the same release`;
    assert.deepEqual([code, said], [1008, [{ t: "refused", reason }]]);
    assert.ok(site.server?.output().includes(reason), "the operator reads it, too");
  }
  // One of ours that makes no sense is no message.
  assert.equal((await greet({ t: "hello", protocol: WORKER_PROTOCOL })).code, 1007);
  assert.equal((await fetch(`${site.url}/health`)).status, 200);
});
