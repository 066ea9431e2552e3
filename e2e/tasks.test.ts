/** Wire contract 5, 6 and 7: looking at tasks, cancelling and killing them, and what they cost. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isTerminal, type OutputFile, type OutputText, TASK_STATUSES, type Task } from "@modelyard/contract";
import { audit } from "@modelyard/server";
import {
  type Caller,
  caller,
  refused,
  STORES,
  startTestServer,
  type TestServer,
  taskOf,
  until,
} from "@modelyard/testing";

const NOT_FOUND = { code: 1, message: "There is no task yet." };
const NO_NAME = { code: 0, message: "taskid or socketaccesstoken is required" };
const ACTIONS = ["Task/Detail", "Task/Cancel", "Task/Kill"];

for (const store of STORES) {
  let t: TestServer;
  let own: Caller;
  let other: Caller;

  const title = (text: string) => `${text} (${store.kind})`;
  const running = async (seconds = 50) => {
    const task = await own.run("test/wait", { seconds });
    await own.when(task.taskid, ({ status }) => status === "task_output");
    return task;
  };
  const alive = (text: string) => t.logged.filter((line) => line.includes(text));

  before(async () => {
    t = await startTestServer(store);
    await t.worker({ slots: 8 });
    own = caller(
      t.server.url,
      t.server.credentials?.projects.find(({ auth }) => auth === "apikey") as { apiKey: string },
    );
    other = caller(t.server.url, await t.account(5_000_000_000n));
  });
  after(() => t.close());

  test(title("7 any of the names carries an id or a token, as text or number"), async () => {
    const { taskid, socketaccesstoken } = await own.run("test/dollar");
    for (const fields of [
      { taskid },
      { taskid: Number(taskid) },
      { taskid: ` ${taskid} ` },
      { taskid: socketaccesstoken },
      { tasktoken: socketaccesstoken },
      { tasktoken: taskid },
      { socketaccesstoken },
      { socketaccesstoken: taskid },
      { taskid, tasktoken: socketaccesstoken },
      { taskid: "", tasktoken: socketaccesstoken },
      { taskid: null, tasktoken: "", socketaccesstoken },
    ]) {
      assert.equal((await taskOf(own.call("Task/Detail", fields))).id, taskid, JSON.stringify(fields));
    }
    assert.equal((await taskOf(own.call("Task/Cancel", { tasktoken: socketaccesstoken }))).status, "task_cancel");
    const second = await own.run("test/dollar");
    assert.equal((await taskOf(own.call("Task/Kill", { tasktoken: second.socketaccesstoken }))).status, "task_cancel");
  });

  test(title("7 no name, and names that mean no task"), async () => {
    const { taskid } = await own.run("test/dollar");
    for (const path of ACTIONS) {
      for (const fields of [{}, { taskid: "" }, { tasktoken: null }, { id: taskid }])
        await refused(own.call(path, fields), NO_NAME);
      for (const name of [
        "test",
        "999999999",
        "-1",
        "1 OR 1=1",
        "1.5",
        1.5,
        1e21,
        2 ** 63,
        "9223372036854775808",
        "x".repeat(30),
        "x".repeat(100_000),
        "\u0000",
        [taskid],
        { taskid },
        true,
        "٣",
      ]) {
        for (const field of ["taskid", "tasktoken"]) await refused(own.call(path, { [field]: name }), NOT_FOUND);
      }
    }
    await taskOf(own.call("Task/Cancel", { taskid }));
  });

  test(title("7 somebody else's task is no task"), async () => {
    const { taskid, socketaccesstoken } = await own.run("test/dollar");
    for (const path of ACTIONS) {
      await refused(other.call(path, { taskid }), NOT_FOUND);
      await refused(other.call(path, { tasktoken: socketaccesstoken }), NOT_FOUND);
    }
    await refused(other.call("Run/test/dollar", { projectid: (await own.detail(taskid)).projectid }), {
      code: 0,
      message: "You don't have any permission for this action.",
    });
    assert.equal((await own.detail(taskid)).status, "task_queue");
    await taskOf(own.call("Task/Cancel", { taskid }));
  });

  test(title("5 a task that waits, one that was cancelled"), async () => {
    const { taskid } = await own.run("test/dollar", { note: "x" });
    const waiting = await own.detail(taskid);
    assert.equal(waiting.status, "task_queue");
    assert.deepEqual(
      [waiting.pexit, waiting.totalcost, waiting.elapsedseconds, waiting.starttime, waiting.canceltime],
      ["", "0", "0.0000", "0", "0"],
    );
    assert.deepEqual([waiting.outputs, waiting.size, waiting.debugoutput, waiting.debugerror], [[], "0", "", ""]);
    assert.deepEqual([waiting.modelyard.price.hold, waiting.modelyard.price.captured], ["1.000000000000", null]);
    assert.ok(waiting.modelyard.waitreason);
    const cancelled = await taskOf(own.call("Task/Cancel", { taskid }));
    assert.deepEqual(
      [cancelled.status, cancelled.pexit, cancelled.totalcost, cancelled.outputs],
      ["task_cancel", "", "0", []],
    );
    assert.ok(
      Number(cancelled.canceltime) >= Number(cancelled.createtime) && Number(cancelled.createtime) > 1_600_000_000,
    );
    assert.deepEqual(await own.detail(taskid), cancelled);
    await refused(own.call("Task/Cancel", { taskid }), { code: 1, message: "Task is not in a cancellable state." });
    await refused(own.call("Task/Kill", { taskid }), { code: 1, message: /^Task could not be killed: ./ });
  });

  test(title("5, 12 a success: times, files, and the price of its seconds"), async () => {
    const { taskid } = await own.run("test/echo", { prompt: "hello", steps: 3 });
    const task = await own.ended(taskid);
    assert.deepEqual(
      [task.status, task.pexit, task.debugerror, task.canceltime],
      ["task_postprocess_end", "0", "", "0"],
      task.debugerror,
    );
    assert.match(task.debugoutput, new RegExp(`^hello from task ${taskid}\nhello$`));
    const times = [
      task.createtime,
      task.accepttime,
      task.preprocessstarttime,
      task.preprocessendtime,
      task.assigntime,
      task.starttime,
      task.endtime,
      task.postprocessstarttime,
      task.postprocessendtime,
    ].map(Number);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.ok(times.every((time) => time > 1_600_000_000));
    assert.equal(task.cps, "0.000500000000");
    // Tenths of a millisecond times nano-dollars a second; 0.0005 $/s is 50 n$ for each of them.
    const tenths = BigInt(task.elapsedseconds.replace(".", ""));
    assert.ok(tenths > 0n);
    assert.equal(BigInt(task.totalcost.replace(".", "")), tenths * 50n * 1000n);
    assert.equal(task.modelyard.price.captured, task.totalcost);
    const [file, ...rest] = task.outputs as OutputFile[];
    assert.ok(file && rest.length === 0);
    assert.deepEqual([file.name, file.contenttype, file.size, task.size], ["0.txt", "text/plain", "5", "5"]);
    const response = await fetch(file.url);
    assert.deepEqual(
      [response.status, response.headers.get("content-type"), await response.text()],
      [200, "text/plain", "hello"],
    );
    assert.deepEqual([task.modelslugowner, task.modelslugproject, task.categories], ["test", "echo", ["tool"]]);
  });

  test(title("5.1 text: raw, thinking, answer, and the plain answer as debugoutput"), async () => {
    const { taskid } = await own.run("test/talk", { prompt: "count", words: 3 });
    const task = await own.ended(taskid);
    assert.equal(task.pexit, "0", task.debugerror);
    const [{ contenttype, content }] = task.outputs as [OutputText];
    assert.equal(contenttype, "raw");
    assert.deepEqual(content, {
      prompt: "count",
      raw: "Let me think. count 1 2 3",
      thinking: ["Let me think. "],
      answer: ["count 1 2 3"],
      message: "count 1 2 3",
    });
    assert.equal(task.debugoutput, "count 1 2 3");
    assert.equal(task.totalcost, "0.003000000000");
  });

  test(title("5 a failure: its exit code and words, no outputs, free"), async () => {
    const { taskid } = await own.run("test/echo", { prompt: "x", mode: "fail" });
    const task = await own.ended(taskid);
    assert.deepEqual(
      [task.status, task.pexit, task.totalcost, task.outputs, task.size],
      ["task_postprocess_end", "3", "0", [], "0"],
    );
    assert.match(task.debugerror, /it broke/);
    assert.equal(task.modelyard.price.captured, null);
    assert.equal(task.modelyard.attempts, 1, "a model's own failure is not tried again");
    await refused(own.call("Task/Kill", { taskid }), { code: 1, message: /^Task could not be killed: ./ });
    await refused(own.call("Task/Cancel", { taskid }), { code: 1, message: "Task is not in a cancellable state." });
  });

  test(title("5 what a model warns of does not fail it, and is not shown before the end"), async () => {
    const { taskid } = await own.run("test/echo", { prompt: "x", mode: "stderr" });
    const task = await own.ended(taskid);
    assert.deepEqual([task.pexit, task.debugerror], ["0", "a warning\n"]);
  });

  test(title("7 a running task cannot be cancelled, but killed; it is free and says when"), async () => {
    const { taskid, socketaccesstoken } = await running();
    await refused(own.call("Task/Cancel", { taskid }), { code: 1, message: "Task is not in a cancellable state." });
    const live = await own.detail(taskid);
    assert.deepEqual([live.pexit, live.debugerror, live.outputs, live.endtime], ["", "", [], "0"]);
    const killed = await taskOf(own.call("Task/Kill", { socketaccesstoken }));
    assert.deepEqual(
      [killed.status, killed.totalcost, killed.pexit, killed.outputs, killed.modelyard.price.captured],
      ["task_cancel", "0", "", [], null],
    );
    assert.notEqual(killed.canceltime, "0");
    await refused(own.call("Task/Kill", { taskid }), { code: 1, message: /^Task could not be killed: ./ });
    assert.deepEqual(await own.detail(taskid), killed);
    assert.deepEqual(alive("not possible in"), []);
  });

  test(title("7 twenty kills at once: one of them did it"), async () => {
    const { taskid } = await running();
    const answers = await Promise.all(Array.from({ length: 20 }, () => own.call("Task/Kill", { taskid })));
    const won = answers.filter(({ body }) => (body as { result: boolean }).result);
    assert.equal(won.length, 1);
    for (const answer of answers)
      if (answer !== won[0]) await refused(answer, { code: 1, message: /^Task could not be killed: ./ });
  });

  test(title("6 only the nine statuses are ever shown, in the table's order, outputs at the end only"), async () => {
    const { taskid } = await own.run("test/wait", { seconds: 1 });
    const seen: Task[] = [];
    await until(async () => {
      const task = await own.detail(taskid);
      seen.push(task);
      return isTerminal(task.status);
    }, "the end");
    const order = seen.map(({ status }) => TASK_STATUSES.indexOf(status));
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
    for (const task of seen.slice(0, -1)) assert.deepEqual([task.pexit, task.debugerror, task.outputs], ["", "", []]);
    assert.equal(seen.at(-1)?.pexit, "0");
  });

  test(title("3 balance and concurrency: codes 97 and 96, and the place is free again after a cancel"), async () => {
    const poor = caller(t.server.url, await t.account(499_999_999n));
    await refused(poor.call("Run/test/echo", { prompt: "x" }), { code: 97, message: /^Insufficient balance/ });
    const short = caller(t.server.url, await t.account(990_000_000n));
    await refused(short.call("Run/test/dollar"), { code: 97, message: /^Insufficient balance/ });
    const two = caller(t.server.url, await t.account(25_500_000_000n));
    const first = await two.run("test/dollar");
    await two.run("test/dollar");
    const full = {
      code: 96,
      message:
        "You have reached your concurrent task limit. With your current balance of $25.50, you can run up to 2 tasks at the same time. Add funds to increase your limit.",
    };
    await refused(two.call("Run/test/dollar"), full);
    await taskOf(two.call("Task/Cancel", { taskid: first.taskid }));
    const race = await Promise.all(Array.from({ length: 10 }, () => two.call("Run/test/dollar")));
    const won = race.filter(({ body }) => (body as { result: boolean }).result);
    assert.equal(won.length, 1);
    for (const answer of race) if (answer !== won[0]) await refused(answer, full);
  });

  test(title("the store agrees: nothing is held for what has ended"), async () => {
    assert.deepEqual(await audit(t.server.db), []);
  });
}
