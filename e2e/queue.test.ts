/**
 * The queue as its users see it: whose turn it is, priorities, deadlines, places and estimates, and what happens beyond the
 * concurrency limit. Ours, under a task's `modelyard` key and two headers of Run (docs/api/queue.md).
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Task, USD } from "@modelyard/contract";
import { audit } from "@modelyard/server";
import {
  caller,
  type FakeWorker,
  fakeWorker,
  finish,
  refused,
  STORES,
  startTestServer,
  type TestServer,
  WHOLE_RUN,
} from "@modelyard/testing";

type Account = Awaited<ReturnType<TestServer["account"]>>;

for (const store of STORES) {
  describe(`queue on ${store.kind}`, () => {
    let t: TestServer;
    before(async () => {
      t = await startTestServer(store);
    });
    after(async () => {
      assert.deepEqual(await audit(t.server.db), []);
      await t.close();
    });

    const of = (account: Account) => caller(t.server.url, account);
    const facts = async (account: Account, taskid: string): Promise<Task["modelyard"]> =>
      (await of(account).detail(taskid)).modelyard;
    /** Gives the right to high priority, as Admin/Priority does. */
    const mayHurry = ({ accountId }: Account) =>
      t.server.db.write((tx) => tx.run("update account set high_priority = 1 where id = ?", [accountId]));
    const kill = async (account: Account, ids: readonly string[]) => {
      for (const taskid of ids) await of(account).call("Task/Kill", { taskid });
    };
    /** Takes the next task and ends it; returns its id. */
    const serve = async (worker: FakeWorker): Promise<string> => {
      const { task, epoch } = await worker.next("assign");
      assert.ok(await worker.report({ task, epoch }, 1, WHOLE_RUN, finish({ elapsedMs: 40 })));
      return task;
    };

    test("projects take turns, whoever came first and however much they have queued", async () => {
      const [many, few] = [await t.account(500n * USD), await t.account(500n * USD)];
      const theirs: string[] = [];
      for (let n = 0; n < 6; n++) theirs.push((await of(many).run("test/noop")).taskid);
      const ours = [(await of(few).run("test/noop")).taskid, (await of(few).run("test/noop")).taskid];
      assert.deepEqual(
        await Promise.all(ours.map(async (id) => (await facts(few, id)).position)),
        [2, 4],
        "the second and the fourth of eight",
      );
      const worker = await fakeWorker(t.server, { slots: 1 });
      const order: string[] = [];
      for (let n = 0; n < 8; n++) order.push(await serve(worker));
      await worker.close();
      assert.deepEqual(order, [theirs[0], ours[0], theirs[1], ours[1], ...theirs.slice(2)]);
    });

    test("a higher priority goes first; the header says which", async () => {
      const account = await t.account(500n * USD);
      await mayHurry(account);
      const ids: string[] = [];
      for (const priority of ["low", "normal", "high", "Normal"]) {
        ids.push((await of(account).run("test/noop", {}, { "modelyard-priority": priority })).taskid);
      }
      const [low, normal, high, second] = ids as [string, string, string, string];
      assert.deepEqual(
        (await Promise.all(ids.map((id) => facts(account, id)))).map(({ priority, position }) => [priority, position]),
        [
          ["low", 4],
          ["normal", 2],
          ["high", 1],
          ["normal", 3],
        ],
      );
      const worker = await fakeWorker(t.server, { slots: 1 });
      const order = [await serve(worker), await serve(worker), await serve(worker), await serve(worker)];
      await worker.close();
      assert.deepEqual(order, [high, normal, second, low]);
      const ended = await facts(account, low);
      assert.deepEqual(
        [ended.priority, ended.position, ended.waitcode, ended.estimatedstart],
        ["low", null, null, null],
      );
      await refused(of(account).call("Run/test/noop", {}, { "modelyard-priority": "asap" }), {
        code: 0,
        message: "Header Modelyard-Priority must be low, normal or high",
      });
    });

    test("high priority is a right: who has not got it is refused, and nothing is held", async () => {
      const account = await t.account(500n * USD);
      const hurry = () => of(account).call("Run/test/noop", {}, { "modelyard-priority": "high" });
      await refused(hurry(), {
        code: 0,
        message: "Your account may not ask for high priority. Who runs this server can allow it.",
      });
      assert.deepEqual(await t.server.db.all("select id from task where account_id = ?", [account.accountId]), []);
      await mayHurry(account);
      const { taskid } = await of(account).run("test/noop", {}, { "modelyard-priority": "high" });
      await kill(account, [taskid]);
    });

    test("places, waiting reasons and estimates", async () => {
      const account = await t.account(500n * USD);
      const first = (await of(account).run("test/noop")).taskid;
      const lonely = await facts(account, first);
      assert.deepEqual([lonely.waitcode, lonely.waitreason], ["noworker", "No worker is connected."]);
      assert.equal(lonely.estimatedstart, null, "nobody can run it");
      const worker = await fakeWorker(t.server, { slots: 1 });
      const running = await worker.next("assign");
      const ids = [(await of(account).run("test/noop")).taskid, (await of(account).run("test/noop")).taskid];
      const waiting = await Promise.all(ids.map((id) => facts(account, id)));
      assert.deepEqual(
        waiting.map(({ waitcode, position }) => [waitcode, position]),
        [
          ["busy", 1],
          ["busy", 2],
        ],
      );
      const now = Math.floor(Date.now() / 1000);
      // Runs of this model took 40 ms in the tests before.
      for (const { estimatedstart, estimatedend } of waiting) {
        assert.ok(estimatedstart !== null && Math.abs(estimatedstart - now) <= 2, String(estimatedstart));
        assert.ok(estimatedend !== null && estimatedend >= estimatedstart);
      }
      const busy = await facts(account, running.task);
      assert.ok(busy.estimatedend !== null && busy.position === null && busy.waitreason === null);
      await kill(account, [...ids, running.task]);
      worker.send({ t: "freed", task: running.task, epoch: running.epoch });
      await worker.close();
    });

    test("a task that has not started by its deadline ends unbilled, one that has goes on", async () => {
      const account = await t.account(500n * USD);
      const worker = await fakeWorker(t.server, { slots: 1 });
      const started = (await of(account).run("test/noop", {}, { "modelyard-deadline": "1" })).taskid;
      const { task, epoch } = await worker.next("assign");
      const late = (await of(account).run("test/noop", {}, { "modelyard-deadline": "1" })).taskid;
      const { deadline } = await facts(account, late);
      assert.ok(deadline !== null && Math.abs(deadline - Date.now() / 1000) <= 3);
      const ended = await of(account).ended(late);
      assert.equal(ended.status, "task_cancel");
      assert.equal(ended.totalcost, "0");
      assert.equal(ended.modelyard.endreason, "Its deadline passed before it could start.");
      assert.ok(await worker.report({ task, epoch }, 1, WHOLE_RUN, finish()));
      assert.equal((await of(account).ended(started)).pexit, "0");
      await worker.close();
      for (const bad of ["0", "soon", "604801"]) {
        await refused(of(account).call("Run/test/noop", {}, { "modelyard-deadline": bad }), {
          code: 0,
          message: "Header Modelyard-Deadline must be a number of seconds from 1 to 604800",
        });
      }
    });

    test("a machine that lacks what a model needs is named", async () => {
      const account = await t.account(500n * USD);
      const worker = await fakeWorker(t.server, { slots: 4 });
      const { taskid } = await of(account).run("test/gpu");
      const { waitcode, waitreason } = await facts(account, taskid);
      assert.equal(waitcode, "noworker");
      assert.match(waitreason ?? "", /needs 2 GPUs; the connected workers have none/);
      await kill(account, [taskid]);
      await worker.close();
    });

    test("beyond the concurrency limit, where the operator lets runs queue", async () => {
      const queueing = await startTestServer(store, { overLimit: "queue" });
      const account = await queueing.account(25n * USD);
      const own = caller(queueing.server.url, account);
      const worker = await fakeWorker(queueing.server, { slots: 8 });
      const ids: string[] = [];
      for (let n = 0; n < 4; n++) ids.push((await own.run("test/noop")).taskid);
      const codes = async () =>
        Promise.all(ids.map(async (id) => (await own.detail(id)).modelyard.waitcode ?? (await own.detail(id)).status));
      const first = await worker.next("assign");
      const second = await worker.next("assign");
      assert.deepEqual(await codes(), ["task_accept", "task_accept", "limit", "limit"]);
      assert.equal((await own.detail(ids[2] as string)).status, "task_queue");
      // A waiting one can be taken back, one that ends makes room for the next.
      await own.call("Task/Cancel", { taskid: ids[2] });
      assert.ok(await worker.report(first, 1, WHOLE_RUN, finish()));
      const third = await worker.next("assign");
      assert.equal(third.task, ids[3]);
      for (const lease of [second, third]) assert.ok(await worker.report(lease, 1, WHOLE_RUN, finish()));
      for (const id of [ids[0], ids[1], ids[3]]) assert.equal((await own.ended(id as string)).pexit, "0");
      assert.deepEqual(await audit(queueing.server.db), []);
      await worker.close();
      await queueing.close();
    });

    test("runs that wait for others go on where the operator no longer lets any wait", async () => {
      const account = await t.account(25n * USD);
      const own = of(account);
      const worker = await fakeWorker(t.server, { slots: 8 });
      const { taskid } = await own.run("test/noop");
      const running = await worker.next("assign");
      const waiting = (await own.run("test/gpu")).taskid;
      // As a server that was started with `--over-limit queue` has left it.
      await t.server.db.write((tx) =>
        tx.run("update queue_entry set state = 'waiting' where task_id = ?", [Number(waiting)]),
      );
      assert.equal((await facts(account, waiting)).waitcode, "limit");
      assert.ok(await worker.report(running, 1, WHOLE_RUN, finish()));
      await own.ended(taskid);
      await own.when(waiting, ({ modelyard }) => modelyard.waitcode === "noworker");
      await kill(account, [waiting]);
      await worker.close();
    });
  });
}
