import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { LEASE_MS, USD } from "@modelyard/contract";
import { audit } from "@modelyard/server";
import { event, fakeWorker, finish, STORES, startTestServer, type TestServer, WHOLE_RUN } from "@modelyard/testing";

/** Lets the lease of a task end now, as if LEASE_MS had passed without a renewal. */
async function expire(host: TestServer, task: string): Promise<void> {
  await host.server.db.write((tx) =>
    tx.run("update queue_entry set lease_until = ? where task_id = ?", [tx.now - 1, Number(task)]),
  );
}

for (const store of STORES) {
  describe(`task lifecycle on ${store.kind}`, () => {
    let host: TestServer;
    before(async () => {
      host = await startTestServer(store);
    });
    after(async () => {
      assert.deepEqual(await audit(host.server.db), []);
      await host.close();
    });

    async function balance(accountId: number) {
      const [row] = await host.server.db.all<{ available: string; held: string; active: number }>(
        "select cast(available as text) as available, cast(held as text) as held, active from wallet where account_id = ?",
        [accountId],
      );
      assert.ok(row);
      return { available: BigInt(row.available), held: BigInt(row.held), active: row.active };
    }

    test("a run holds its worst price, captures the actual one and releases the rest", async () => {
      const { client, accountId } = await host.account(10n * USD);
      const worker = await fakeWorker(host.server);
      const run = await client.run("test/echo", { prompt: "x" });
      assert.deepEqual(await balance(accountId), { available: 10n * USD - 30_000_000n, held: 30_000_000n, active: 1 });
      const lease = await worker.next("assign");
      assert.equal(lease.task, run.taskid);
      assert.equal(lease.epoch, 1);
      assert.ok(await worker.report(lease, 1, WHOLE_RUN, finish({ elapsedMs: 0.1, debugoutput: "text" })));
      const task = await client.detail({ taskid: run.taskid });
      assert.equal(task.status, "task_postprocess_end");
      assert.equal(task.pexit, "0");
      assert.equal(task.elapsedseconds, "0.0001");
      assert.equal(task.totalcost, "0.000000050000");
      assert.equal(task.debugoutput, "text");
      assert.deepEqual(await balance(accountId), { available: 10n * USD - 50n, held: 0n, active: 0 });
      await worker.close();
    });

    test("a failed run is free and says why", async () => {
      const { client, accountId } = await host.account(USD);
      const worker = await fakeWorker(host.server);
      const run = await client.run("test/echo", { prompt: "x" });
      const lease = await worker.next("assign");
      assert.ok(await worker.report(lease, 1, WHOLE_RUN, finish({ exitCode: 3, debugerror: "boom", reason: "boom" })));
      const task = await client.detail({ taskid: run.taskid });
      assert.deepEqual(
        [task.status, task.pexit, task.totalcost, task.debugerror],
        ["task_postprocess_end", "3", "0", "boom"],
      );
      assert.equal(task.modelyard.endreason, "boom");
      assert.deepEqual(await balance(accountId), { available: USD, held: 0n, active: 0 });
      await worker.close();
    });

    test("a stale attempt can write nothing (T3)", async () => {
      const { client, accountId } = await host.account(USD);
      const first = await fakeWorker(host.server);
      const run = await client.run("test/echo", { prompt: "x" });
      const lease = await first.next("assign");
      assert.ok(await first.report(lease, 1, [event("task_preprocess_start")]));
      await expire(host, run.taskid);
      assert.deepEqual(await first.heartbeat([{ task: lease.task, epoch: 1 }]), [{ task: lease.task, epoch: 1 }]);
      // Even before anybody else has the task, an ended lease writes nothing.
      assert.equal(await first.report(lease, 2, [event("task_preprocess_end")]), false);
      await first.close();
      const second = await fakeWorker(host.server);
      const again = await second.next("assign");
      assert.deepEqual([again.task, again.epoch], [run.taskid, 2]);
      const late = await fakeWorker(host.server, { id: first.id, slots: 1 });
      assert.equal(await late.report(lease, 2, WHOLE_RUN, finish({ debugoutput: "stale" })), false);
      assert.equal(
        await late.report({ task: lease.task, epoch: 2 }, 1, WHOLE_RUN, finish({ debugoutput: "stale" })),
        false,
      );
      assert.ok(await second.report(again, 1, WHOLE_RUN, finish({ debugoutput: "fresh" })));
      const task = await client.detail({ taskid: run.taskid });
      assert.equal(task.debugoutput, "fresh");
      assert.equal(task.modelyard.attempts, 2);
      assert.equal((await balance(accountId)).active, 0);
      await Promise.all([second.close(), late.close()]);
    });

    test("a report that is sent twice is applied once", async () => {
      const { client } = await host.account(USD);
      const worker = await fakeWorker(host.server);
      const run = await client.run("test/echo", { prompt: "x" });
      const lease = await worker.next("assign");
      assert.ok(await worker.report(lease, 1, [event("task_preprocess_start")]));
      assert.ok(await worker.report(lease, 1, [event("task_preprocess_start")]));
      assert.equal((await client.detail({ taskid: run.taskid })).modelyard.lastevent, 3);
      assert.equal(await worker.report(lease, 3, [event("task_preprocess_end")]), false, "a gap is refused");
      await client.kill({ taskid: run.taskid });
      await worker.close();
    });

    test("a worker's loss is retried three times at most, then the task fails and is free (T5)", async () => {
      const { client, accountId } = await host.account(USD);
      const run = await client.run("test/echo", { prompt: "x" });
      for (const epoch of [1, 2, 3]) {
        const worker = await fakeWorker(host.server);
        const lease = await worker.next("assign");
        assert.equal(lease.epoch, epoch);
        await worker.close();
        await expire(host, run.taskid);
      }
      const task = await client.wait({ taskid: run.taskid });
      assert.equal(task.status, "task_postprocess_end");
      assert.notEqual(task.pexit, "0");
      assert.equal(task.totalcost, "0");
      assert.match(task.debugerror, /lost.*3 times/);
      assert.deepEqual(await balance(accountId), { available: USD, held: 0n, active: 0 });
    });

    test("a platform fault is retried, a handed-back attempt does not count", async () => {
      const { client } = await host.account(USD);
      const run = await client.run("test/echo", { prompt: "x" });
      const worker = await fakeWorker(host.server);
      const first = await worker.next("assign");
      worker.send({ t: "release", task: first.task, epoch: first.epoch });
      const second = await worker.next("assign");
      assert.deepEqual([second.task, second.epoch], [run.taskid, 2]);
      assert.ok(
        await worker.report(
          second,
          1,
          [event("task_preprocess_start")],
          finish({ exitCode: 1, retry: true, reason: "no room" }),
        ),
      );
      const third = await worker.next("assign");
      assert.equal(third.epoch, 3);
      assert.equal((await client.detail({ taskid: run.taskid })).modelyard.attempts, 2);
      assert.ok(await worker.report(third, 1, WHOLE_RUN, finish()));
      await worker.close();
    });

    test("a worker that reconnects keeps what it runs and gives back what it never got", async () => {
      const { client } = await host.account(20n * USD);
      const worker = await fakeWorker(host.server);
      const runs = [await client.run("test/echo", { prompt: "a" }), await client.run("test/echo", { prompt: "b" })];
      const kept = await worker.next("assign");
      const lost = await worker.next("assign");
      await worker.close();
      const back = await fakeWorker(host.server, { id: worker.id, leases: [{ task: kept.task, epoch: kept.epoch }] });
      const again = await back.next("assign");
      assert.deepEqual([again.task, again.epoch], [lost.task, 2]);
      assert.ok(await back.report(kept, 1, WHOLE_RUN, finish()));
      assert.ok(await back.report(again, 1, WHOLE_RUN, finish()));
      for (const { taskid } of runs) assert.equal((await client.detail({ taskid })).pexit, "0");
      await back.close();
    });

    test("kill ends a running task at once, frees the money, and reaches the worker", async () => {
      const { client, accountId } = await host.account(USD);
      const worker = await fakeWorker(host.server);
      const run = await client.run("test/echo", { prompt: "x" });
      const lease = await worker.next("assign");
      const task = await client.kill({ tasktoken: run.socketaccesstoken });
      assert.equal(task.status, "task_cancel");
      assert.notEqual(task.canceltime, "0");
      const kill = await worker.next("kill");
      assert.deepEqual([kill.task, kill.epoch], [lease.task, lease.epoch]);
      assert.equal(await worker.report(lease, 1, WHOLE_RUN, finish()), false);
      assert.deepEqual(await balance(accountId), { available: USD, held: 0n, active: 0 });
      await assert.rejects(client.kill({ taskid: run.taskid }), /Task could not be killed/);
      await worker.close();
    });

    test("kill and finish at the same moment: exactly one wins (T7)", async () => {
      const { client, accountId } = await host.account(100n * USD);
      const worker = await fakeWorker(host.server, { slots: 1 });
      for (let n = 0; n < 20; n++) {
        const run = await client.run("test/echo", { prompt: "x" });
        const lease = await worker.next("assign");
        const [killed, finished] = await Promise.all([
          client.kill({ taskid: run.taskid }).then(
            () => true,
            () => false,
          ),
          worker.report(lease, 1, WHOLE_RUN, finish({ elapsedMs: 1 })),
        ]);
        worker.send({ t: "freed", task: lease.task, epoch: lease.epoch });
        assert.equal(killed, !finished);
        const task = await client.detail({ taskid: run.taskid });
        assert.equal(task.status, killed ? "task_cancel" : "task_postprocess_end");
        assert.equal(task.totalcost === "0", killed);
      }
      assert.equal((await balance(accountId)).held, 0n);
      await worker.close();
    });

    test("cancel takes back a queued task only", async () => {
      const { client } = await host.account(USD);
      const run = await client.run("test/gpu", {});
      assert.match((await client.detail({ taskid: run.taskid })).modelyard.waitreason ?? "", /No worker is connected/);
      const worker = await fakeWorker(host.server, { gpus: 1 });
      assert.match(
        (await client.detail({ taskid: run.taskid })).modelyard.waitreason ?? "",
        /needs 2 GPUs; the connected workers have at most 1/,
      );
      assert.equal((await client.cancel({ taskid: run.taskid })).status, "task_cancel");
      await assert.rejects(client.cancel({ taskid: run.taskid }), /Task is not in a cancellable state/);
      const other = await client.run("test/echo", { prompt: "x" });
      const lease = await worker.next("assign");
      await assert.rejects(client.cancel({ taskid: other.taskid }), /Task is not in a cancellable state/);
      assert.ok(await worker.report(lease, 1, WHOLE_RUN, finish()));
      await worker.close();
    });

    test("an illegal transition is refused as a whole", async () => {
      const { client } = await host.account(USD);
      const worker = await fakeWorker(host.server);
      const run = await client.run("test/echo", { prompt: "x" });
      const lease = await worker.next("assign");
      assert.equal(await worker.report(lease, 1, [event("task_preprocess_start"), event("task_start")]), false);
      assert.equal((await client.detail({ taskid: run.taskid })).status, "task_accept");
      await client.kill({ taskid: run.taskid });
      await worker.close();
    });

    test("code 97: 500 parallel runs on a wallet for 300 (L2)", async () => {
      const { client, accountId } = await host.account(300n * USD + USD / 2n);
      const results = await Promise.allSettled(Array.from({ length: 500 }, () => client.run("test/dollar", {})));
      const accepted = results.filter((result) => result.status === "fulfilled").length;
      const codes = new Set(results.flatMap((result) => (result.status === "rejected" ? [result.reason.code] : [])));
      assert.equal(accepted, 300);
      assert.deepEqual([...codes], [97]);
      assert.deepEqual(await balance(accountId), { available: USD / 2n, held: 300n * USD, active: 300 });
    });

    test("code 96 names balance and limit", async () => {
      const { client } = await host.account(25n * USD);
      await client.run("test/dollar", {});
      await client.run("test/dollar", {});
      await assert.rejects(client.run("test/dollar", {}), {
        code: 96,
        message:
          "You have reached your concurrent task limit. With your current balance of $25.00, you can run up to 2 tasks at the same time. Add funds to increase your limit.",
      });
    });

    test("below half a dollar nothing runs", async () => {
      const { client } = await host.account(USD / 2n - 1n);
      await assert.rejects(client.run("test/noop", {}), { code: 97, message: "Insufficient balance" });
    });

    test("a lease ends in the database's time", () => assert.equal(LEASE_MS, 15_000));
  });
}
