/** What operators do to the queue and to workers while the server runs (docs/operate/queue-and-workers.md). */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { USD } from "@modelyard/contract";
import { caller, STORES, startTestServer, type TestServer, type TestVisitor } from "@modelyard/testing";

const echo = { slugowner: "test", slugproject: "echo" };

for (const store of STORES) {
  describe(`operations on ${store.kind}`, () => {
    let t: TestServer;
    let operator: TestVisitor;
    before(async () => {
      t = await startTestServer(store);
      operator = await t.operator();
      await t.worker();
    });
    after(() => t.close());

    const ok = async (name: string, fields: object = {}) => {
      const { body } = await operator.api(name, fields);
      assert.equal(body.result, true, JSON.stringify(body));
      return body;
    };
    /** Switched on, a run waits with this reason and is counted; switched off, it succeeds. */
    const holdsBack = async (on: [string, object], off: [string, object], reason: RegExp) => {
      const account = caller(t.server.url, await t.account(500n * USD));
      await ok(...on);
      const { taskid } = await account.run("test/echo", { prompt: "hello" });
      // Another model's run that was sent later ends first: the queue has been looked at since.
      if (on[0] === "Model/Pause") await account.ended((await account.run("test/noop")).taskid);
      const waiting = await account.detail(taskid);
      assert.equal(waiting.status, "task_queue");
      assert.match(waiting.modelyard.waitreason ?? "", reason);
      const row = (await ok("Queue/Detail")).models.find((model: typeof echo) => model.slugproject === "echo");
      assert.deepEqual([row.ready, row.leased], ["1", "0"]);
      assert.equal(row.oldest, waiting.createtime);
      await ok(...off);
      const ended = await account.ended(taskid);
      assert.deepEqual([ended.status, ended.pexit], ["task_postprocess_end", "0"]);
      assert.deepEqual((await ok("Queue/Detail")).models, []);
    };

    test("a paused model waits, others run", () =>
      holdsBack(["Model/Pause", { ...echo, reason: "new weights" }], ["Model/Resume", echo], /paused it: new weights/));

    test("a paused queue waits", async () => {
      await holdsBack(["Queue/Pause", { reason: "moving house" }], ["Queue/Resume", {}], /moving house/);
      assert.equal((await ok("Queue/Detail")).paused, null);
    });

    test("a cordoned worker gets nothing; the list shows it", async () => {
      await holdsBack(
        ["Worker/Cordon", { name: "test", reason: "a new disk" }],
        ["Worker/Uncordon", { name: "test" }],
        /drained/,
      );
      await ok("Worker/Cordon", { name: "test", reason: "a new disk" });
      const [worker] = (await ok("Worker/List")).workers;
      assert.equal(worker.cordoned.reason, "a new disk");
      assert.deepEqual([worker.name, worker.slots, worker.slotsused, worker.running], ["test", "4", "0", "0"]);
      assert.ok(worker.models.some((model: typeof echo & { state: string }) => model.state === "ready"));
      await ok("Worker/Uncordon", { name: "test" });
      assert.equal((await ok("Worker/List")).workers[0].cordoned, null);
    });

    test("waiting tasks are listed in their order; one of another priority, and an app's steps with it, moves", async () => {
      await ok("Queue/Pause", {});
      const first = caller(t.server.url, await t.account(500n * USD));
      const second = caller(t.server.url, await t.account(500n * USD));
      const ids: string[] = [];
      for (const one of [first, first, second]) ids.push((await one.run("test/echo", { prompt: "x" })).taskid);
      const [a, b, c] = ids as [string, string, string];
      const listed = async (fields = {}) =>
        (await ok("Queue/TaskList", fields)).tasks.map(({ taskid }: { taskid: string }) => taskid);
      // Projects take turns.
      assert.deepEqual(await listed(), [a, c, b]);
      assert.deepEqual(await listed({ start: 1, limit: 1 }), [c]);
      await ok("Queue/Priority", { taskid: b, priority: "high" });
      await ok("Queue/Priority", { taskid: a, priority: "low" });
      assert.deepEqual(await listed(), [b, c, a]);
      assert.equal((await first.detail(b)).modelyard.priority, "high");
      assert.equal((await first.detail(b)).modelyard.position, 1);
      const { tasks } = await ok("Queue/TaskList");
      assert.deepEqual([tasks[0].priority, tasks[0].state, tasks[0].slugproject], ["high", "ready", "echo"]);
      assert.match(tasks[0].email, /@/);
      const app = await first.run("test/chain", { prompt: "x", tell: false });
      await ok("Queue/Priority", { taskid: app.taskid, priority: "high" });
      await ok("Queue/Resume", {});
      for (const taskid of ids) assert.equal((await (taskid === c ? second : first).ended(taskid)).pexit, "0");
      await first.ended(app.taskid);
      const steps = await t.server.db.all<{ priority: number }>("select priority from task where parent_id = ?", [
        Number(app.taskid),
      ]);
      assert.ok(steps.length > 0 && steps.every(({ priority }) => Number(priority) === 1), JSON.stringify(steps));
      const refused = async (fields: object) => (await operator.api("Queue/Priority", fields)).body.errors[0].message;
      assert.match(await refused({ taskid: a, priority: "high" }), /does not wait/);
      assert.match(await refused({ taskid: "999999999", priority: "high" }), /does not wait/);
      assert.match(await refused({ taskid: a, priority: "urgent" }), /low, normal or high/);
      assert.match(await refused({ priority: "low" }), /taskid/);
      const { entries } = await ok("Admin/AuditLog");
      assert.ok(
        entries.some(
          (entry: { action: string; target: string; outcome: string }) =>
            entry.action === "task-priority" && entry.target === b && entry.outcome === "high",
        ),
      );
    });

    test("what does not exist is refused, and each act is in the operators' log", async () => {
      const refusal = async (name: string, fields: object) => (await operator.api(name, fields)).body.errors[0].message;
      assert.equal(await refusal("Worker/Cordon", { name: "nobody" }), "worker-not-exist");
      assert.equal(await refusal("Worker/Cordon", {}), "Request parameter [name] required");
      assert.equal(
        await refusal("Model/Pause", { slugowner: "no", slugproject: "one" }),
        "slug-owner-project-not-exist",
      );
      assert.match(await refusal("Queue/Pause", { reason: "x".repeat(301) }), /at most 300/);
      const { entries } = await ok("Admin/AuditLog");
      const actions = entries.map((entry: { action: string }) => entry.action);
      for (const action of ["model-pause", "model-resume", "queue-pause", "queue-resume", "worker-cordon"])
        assert.ok(actions.includes(action), action);
    });

    test("the auditor finds nothing, and finds what was spoiled", async () => {
      assert.deepEqual((await ok("Audit/Run")).faults, []);
      const spoil = (change: string) =>
        t.server.db.write((tx) => tx.run(`update wallet set held = held ${change}`, []));
      await spoil("+ 1");
      assert.notDeepEqual((await ok("Audit/Run")).faults, []);
      await spoil("- 1");
      assert.deepEqual((await ok("Audit/Run")).faults, []);
    });
  });
}
