/** What isolation means to callers and operators (docs/operate/isolation.md): the network by permission, and why a task waits. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { STORES, startTestServer, type TestServer, type TestStore } from "@modelyard/testing";
import { chooseIsolation } from "@modelyard/worker/isolation";

const probe = await chooseIsolation("auto", { controllers: [] });
probe.close();
if (probe.kind === "none") console.error(`SKIPPED: isolation end to end: ${probe.text}`);

describe("isolation end to end", { skip: probe.kind === "none" }, () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer(STORES[0] as TestStore);
  });
  after(() => server.close());

  const ended = async (taskid: string) => {
    for (let turn = 0; turn < 400; turn++) {
      const task = await server.client().detail({ taskid });
      if (/postprocess_end|cancel/.test(task.status)) return task;
      await sleep(100);
    }
    throw new Error(`task ${taskid} does not end`);
  };

  test("without permission: models without network run alone, one that needs it waits and says for what", async () => {
    const worker = await server.worker({ isolation: "bubblewrap" });
    const client = server.client();
    const alone = await ended((await client.run("test/alone", {})).taskid);
    assert.equal(alone.pexit, "0", alone.debugerror);
    assert.match(String(alone.debugoutput), /lo:/);
    assert.doesNotMatch(String(alone.debugoutput), /eth|ens|veth|docker/);
    const { taskid } = await client.run("test/net", {});
    await sleep(300);
    const waiting = await client.detail({ taskid });
    assert.equal(waiting.status, "task_queue");
    assert.match(waiting.modelyard.waitreason ?? "", /--allow-network=test\/net/);
    await worker.close();
    // The next worker allows it, and the same task runs.
    const open = await server.worker({ isolation: "bubblewrap", allowNetwork: ["test/net"] });
    assert.equal((await ended(taskid)).pexit, "0");
    await open.close();
  });

  test("a model in a crash loop: waiting tasks show it, and every one of them ends with the reason", async () => {
    const worker = await server.worker({ isolation: "bubblewrap" });
    const client = server.client();
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.push((await client.run("test/broken", {})).taskid);
    const reasons = new Set<string>();
    const watch = (async () => {
      for (let turn = 0; turn < 200; turn++) {
        const task = await client.detail({ taskid: ids[2] as string });
        if (task.status !== "task_queue") return;
        reasons.add(task.modelyard.waitreason ?? "");
        await sleep(100);
      }
    })();
    for (const id of ids) {
      const task = await ended(id);
      assert.notEqual(task.pexit, "0");
      assert.match(String(task.debugerror), /crash loop: .*no such device/s);
      assert.equal(task.totalcost, "0");
    }
    await watch;
    assert.ok(
      [...reasons].some((reason) => /No worker can run .*crash loop/.test(reason)),
      [...reasons].join("\n"),
    );
    await worker.close();
  });
});
