/** Fault matrix: processes that are stopped (SIGSTOP) and come back: what kill -9 alone can never show (T3, T4, T6, T9). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lease } from "@modelyard/contract";
import { fakeWorker, finish, WHOLE_RUN } from "@modelyard/testing";
import { allEnded, startLoad } from "./support/load.ts";
import { choose, seeded } from "./support/mode.ts";
import { processesOf, until } from "./support/programs.ts";
import { Site } from "./support/site.ts";

describe("stopped processes", { concurrency: true }, () => {
  const rounds = choose(1, 10);
  const attempts = 30;
  test(`${rounds} × ${attempts} attempts of a worker that stands still longer than its leases write nothing`, async (t) => {
    const site = await Site.start(t);
    const client = site.client();
    const acked: string[] = [];
    let slowest = 0;
    for (let round = 0; round < rounds; round++) {
      const frozen = await site.worker(`frozen-${round}`, attempts);
      // Half of the runs end while the worker stands still, half would go on after it.
      const runs = await Promise.all(
        Array.from({ length: attempts }, (_, n) =>
          client.run("fault/work", { ms: n % 2 === 0 ? 2_000 : 40_000, family: n % 10 === 1 }),
        ),
      );
      const ids = runs.map(({ taskid }) => taskid);
      acked.push(...ids);
      const details = () => Promise.all(ids.map((taskid) => client.detail({ taskid })));
      await until("all run", 20_000, async () => (await details()).every(({ status }) => status === "task_output"));
      frozen.signal("SIGSTOP");
      const stoppedAt = Date.now();
      const other = await site.worker(`other-${round}`, attempts);
      await until("all were claimed again", 40_000, async () =>
        (await details()).every(({ modelyard }) => modelyard.attempts === 2),
      );
      slowest = Math.max(slowest, Date.now() - stoppedAt);
      frozen.signal("SIGCONT");
      // It finds out by itself or is told, and kills what it ran.
      await until("nothing of the lost attempts is alive", 8_000, () =>
        processesOf(frozen.dir).every(({ command }) => !/sleep|run\.sh/.test(command)),
      );
      await Promise.all(ids.filter((_, n) => n % 2 === 1).map((taskid) => client.kill({ taskid })));
      await allEnded(site, ids, 30_000);
      for (const [n, task] of (await details()).entries()) {
        assert.deepEqual(
          [task.status, task.modelyard.attempts, task.outputs.length],
          n % 2 === 0 ? ["task_postprocess_end", 2, 1] : ["task_cancel", 2, 0],
        );
      }
      await Promise.all([frozen.end("SIGTERM"), other.end("SIGTERM")]);
    }
    await site.verdict(acked);
    t.diagnostic(
      `${acked.length} stale attempts wrote nothing, each task charged once at most; slowest re-claim ${slowest} ms after the stop`,
    );
    assert.ok(slowest <= 20_000, `re-claimed after ${slowest} ms`);
  });

  test("a worker that does not know that it lost its leases writes nothing (T3)", async (t) => {
    const site = await Site.start(t);
    const client = site.client();
    const workerToken = readFileSync(join(site.dataDir, "worker-token"), "utf8").trim();
    // A real worker stops its runs by itself before it could say anything stale; this one trusts nobody's clock.
    const zombie = await fakeWorker({ url: site.url, workerToken }, { slots: attempts });
    // Its socket may be gone with the server already.
    t.after(() => Promise.race([zombie.close(), sleep(1_000)]));
    const runs = await Promise.all(Array.from({ length: attempts }, () => client.run("fault/work", {})));
    const ids = runs.map(({ taskid }) => taskid);
    const stale: Lease[] = [];
    while (stale.length < attempts) stale.push(await zombie.next("assign"));
    for (const lease of stale) assert.ok(await zombie.report(lease, 1, WHOLE_RUN.slice(0, 4)));
    await until("all leases are lost", 30_000, async () =>
      (await Promise.all(ids.map((taskid) => client.detail({ taskid })))).every(
        ({ status }) => status === "task_queue",
      ),
    );
    const write = async (lease: Lease) => {
      const upload = await fetch(`${site.url}/worker/v1/tasks/${lease.task}/${lease.epoch}/outputs`, {
        method: "POST",
        headers: { authorization: `Bearer ${workerToken}`, "content-type": "application/octet-stream" },
        body: "stale",
      });
      const { blob } = (await upload.json()) as { blob?: string };
      assert.equal(blob, undefined, `task ${lease.task}: a stale attempt's output was taken`);
      // An end without further events is legal in every status: nothing but the fence can refuse it.
      const said = await zombie.report(lease, 2, [], finish({ debugoutput: "stale" }));
      assert.equal(said, false, `task ${lease.task}: a stale attempt's report was taken`);
    };
    for (const lease of stale) await write(lease);
    const other = await fakeWorker({ url: site.url, workerToken }, { slots: attempts });
    t.after(() => Promise.race([other.close(), sleep(1_000)]));
    const fresh: Lease[] = [];
    while (fresh.length < attempts) fresh.push(await other.next("assign"));
    for (const lease of stale) await write(lease);
    for (const lease of fresh) assert.ok(await other.report(lease, 1, WHOLE_RUN, finish({ debugoutput: "fresh" })));
    for (const lease of stale) await write(lease);
    for (const taskid of ids) assert.equal((await client.detail({ taskid })).debugoutput, "fresh");
    await site.verdict(ids);
    t.diagnostic(`${attempts * 3} stale reports and as many stale uploads, all refused; each task charged once`);
  });

  test("a server that stands still for 20 s leaves no task in limbo", async (t) => {
    const { random } = seeded(t);
    const site = await Site.start(t);
    await site.worker("steady", 4);
    const load = startLoad(site, { callers: 4, random, ms: 3_000, family: 4, pauseMs: 100, runs: 40 });
    await until("some run", 20_000, () => load.acked.size >= 8);
    site.server?.signal("SIGSTOP");
    await sleep(20_000);
    // The worker could not renew: it has killed what it ran before anybody else could be given the tasks.
    assert.deepEqual(
      processesOf(`${site.folder}/worker-steady`).filter(({ command }) => /sleep|run\.sh/.test(command)),
      [],
    );
    site.server?.signal("SIGCONT");
    await load.stop();
    await allEnded(site, load.acked, 60_000);
    const tasks = await site.verdict(load.acked);
    assert.deepEqual(
      tasks.filter(({ pexit }) => pexit !== "0").map(({ id }) => id),
      [],
      "and none failed",
    );
    t.diagnostic(`${tasks.length} tasks, ${tasks.filter(({ attempts }) => attempts > 1).length} attempted again`);
  });
});
