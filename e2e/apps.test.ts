/** Runs of apps: their steps are runs of their own, one price is held and charged, and nothing of them outlives them. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { formatUsd, type Task, ToolDetailResponse, ToolQuoteResponse, USD } from "@modelyard/contract";
import { audit } from "@modelyard/server";
import {
  type Assigned,
  type Caller,
  caller,
  type FakeWorker,
  fakeWorker,
  finish,
  post,
  refused,
  STORES,
  startTestServer,
  type TestServer,
  WHOLE_RUN,
} from "@modelyard/testing";

const PRICE = { draw: 0.01, copy: 0.01, tell: 0.003, bind: 0.002 };
const usd = (amount: number) => amount.toFixed(12);

for (const store of STORES) {
  describe(`apps on ${store.kind}`, () => {
    let t: TestServer;
    let worker: FakeWorker;
    let own: Caller;
    before(async () => {
      t = await startTestServer(store);
      worker = await fakeWorker(t.server, { slots: 64 });
    });
    after(async () => {
      await worker.close();
      assert.deepEqual(await audit(t.server.db), []);
      await t.close();
    });

    let accountId = 0;
    async function fresh(): Promise<Caller> {
      const account = await t.account(50n * USD);
      accountId = account.accountId;
      return caller(t.server.url, account);
    }
    /** Of the account that `fresh` made last. */
    async function wallet(): Promise<{ available: string; held: string }> {
      const [row] = await t.server.db.all<{ available: string; held: string }>(
        "select cast(available as text) as available, cast(held as text) as held from wallet where account_id = ?",
        [accountId],
      );
      assert.ok(row);
      return { available: formatUsd(BigInt(row.available)), held: formatUsd(BigInt(row.held)) };
    }
    const steps = (task: Task) =>
      (task.modelyard.steps ?? []).map(({ step, status, pexit }) => `${step} ${status} ${pexit}`);
    /** The next assignment, by the step that it is for. */
    async function assigned(count: number): Promise<Map<string, Assigned>> {
      const found = new Map<string, Assigned>();
      for (let n = 0; n < count; n++) {
        const lease = await worker.next("assign");
        const { modelyard } = await own.detail(lease.task);
        assert.ok(modelyard.parent);
        found.set(modelyard.parent.step, lease);
      }
      return found;
    }
    const end = async (lease: Assigned | undefined, change: Parameters<typeof finish>[0] = {}) => {
      assert.ok(lease);
      return worker.report(lease, 1, WHOLE_RUN, finish(change));
    };
    const answer = (text: string) => ({ answer: { raw: text, thinking: [], answer: [text] } });
    async function output(lease: Assigned | undefined, text: string) {
      assert.ok(lease);
      const address = `${t.server.url}/worker/v1/tasks/${lease.task}/${lease.epoch}/outputs`;
      const answered = await fetch(address, { method: "POST", headers: bearer(), body: text });
      const { blob, size } = (await answered.json()) as { blob: string; size: number };
      return { outputs: [{ name: "0.png", contenttype: "image/png", size, blob }] };
    }
    const bearer = () => ({
      authorization: `Bearer ${t.server.workerToken}`,
      "content-type": "application/octet-stream",
    });

    test("steps run as soon as they can, on what earlier ones made; one task has the outputs and the sum of the prices", async () => {
      own = await fresh();
      const form = new FormData();
      form.set("prompt", "a boat");
      for (const name of ["one", "two"]) form.append("photos", new File([name], `${name}.png`));
      const { taskid } = await own.run("test/chain", form);
      const first = await assigned(4);
      assert.deepEqual([...first.keys()].sort(), ["copy#0", "copy#1", "draw", "tell"]);
      assert.equal(first.get("copy#1")?.inputs.prompt, "copy 2 of a boat");
      assert.deepEqual(
        first.get("copy#1")?.files.map(({ item, name }) => [item, name]),
        [["inputImage", "two.png"]],
      );
      assert.equal(first.get("tell")?.inputs.prompt, "Once: a boat");
      const running = await own.detail(taskid);
      assert.equal(running.status, "task_output");
      assert.equal(running.modelyard.price.hold, usd(PRICE.draw + 2 * PRICE.copy + PRICE.tell + PRICE.bind));
      assert.deepEqual((await wallet()).held, running.modelyard.price.hold);

      for (const step of ["draw", "copy#1", "copy#0"]) await end(first.get(step), await output(first.get(step), step));
      assert.equal((await own.detail(taskid)).modelyard.steps?.length, 4, "bind waits for the story");
      await end(first.get("tell"), answer("Once upon a time"));
      const bind = (await assigned(1)).get("bind");
      assert.equal(bind?.inputs.story, "Once upon a time");
      assert.equal(bind?.inputs.title, "By a boat");
      const read = async (n: number) =>
        (
          await fetch(`${t.server.url}/worker/v1/tasks/${bind?.task}/${bind?.epoch}/inputs/${n}`, { headers: bearer() })
        ).text();
      assert.deepEqual(
        bind?.files.map(({ item }) => item),
        ["picture", "frames", "frames"],
      );
      assert.deepEqual([await read(0), await read(1), await read(2)], ["draw", "copy#0", "copy#1"]);
      await end(bind, await output(bind, "bound"));

      const task = await own.ended(taskid);
      assert.equal(task.pexit, "0");
      assert.equal(task.totalcost, usd(0.035));
      assert.deepEqual(
        task.modelyard.price.lines.map(({ unit, quantity, amount }) => [unit, quantity, Number(amount)]),
        [
          ["Draw (test/picture)", 1, 0.01],
          ["copy (test/picture)", 2, 0.02],
          ["tell (test/talk)", 1, 0.003],
          ["Bind (test/kinds-2-0)", 1, 0.002],
        ],
      );
      const files = task.outputs.flatMap((one) => ("url" in one ? [one.url] : []));
      const texts = await Promise.all(files.map(async (url) => (await fetch(url)).text()));
      assert.deepEqual(texts, ["bound", "draw"]);
      const step = await own.detail(task.modelyard.steps?.find((one) => one.step === "tell")?.taskid ?? "");
      assert.equal(step.totalcost, usd(0));
      assert.match(step.modelyard.price.note ?? "", new RegExp(`^Part of run ${taskid}, which pays for it: \\$0.003`));
      const listed = (await own.call("Task/List")).body as { tasklist: { id: string }[]; total: string };
      assert.deepEqual(
        listed.tasklist.map(({ id }) => id),
        [taskid],
      );
      const inside = (await own.call("Task/List", { parenttaskid: taskid })).body as { total: string };
      assert.equal(inside.total, "5");

      // The app's own files go with it, and those of its steps too.
      await own.call("Task/InputOutputDelete", { taskid });
      for (const url of files) assert.equal((await fetch(url)).status, 404);
    });

    test("a step whose condition fails is left out of the run and of its price", async () => {
      own = await fresh();
      const { taskid } = await own.run("test/chain", { prompt: "x", tell: "false" });
      const draw = (await assigned(1)).get("draw");
      await end(draw, await output(draw, "d"));
      const bind = (await assigned(1)).get("bind");
      assert.deepEqual([bind?.inputs.story, bind?.files.length], ["once", 1]);
      await end(bind);
      const task = await own.ended(taskid);
      assert.deepEqual([task.totalcost, task.modelyard.price.hold], [usd(0.012), usd(0.012)]);
    });

    test("a step that fails fails the app, ends its other steps and charges nothing", async () => {
      own = await fresh();
      const { taskid } = await own.run("test/chain", { prompt: "x", mode: "fail" });
      const first = await assigned(3);
      await end(first.get("draw"), await output(first.get("draw"), "d"));
      await end(first.get("echo"), { exitCode: 3, reason: "The model ended with exit code 3." });
      const kill = await worker.next("kill");
      assert.equal(kill.task, first.get("tell")?.task);
      const task = await own.ended(taskid);
      assert.deepEqual([task.pexit, task.totalcost], ["1", "0"]);
      assert.equal(task.modelyard.endreason, "Step echo: The model ended with exit code 3.");
      assert.deepEqual(steps(task), [
        "draw task_postprocess_end 0",
        "tell task_cancel ",
        "echo task_postprocess_end 3",
      ]);
      assert.equal((await wallet()).available, usd(50));
      assert.equal(await end(first.get("tell")), false, "what the killed step reports is refused");
    });

    test("a kill reaches all steps at once; a cancel only works before it has begun", async () => {
      own = await fresh();
      const { taskid } = await own.run("test/chain", { prompt: "x" });
      const first = await assigned(2);
      await refused(own.call("Task/Cancel", { taskid }), { code: 1, message: "Task is not in a cancellable state." });
      await own.call("Task/Kill", { taskid });
      const killed = [await worker.next("kill"), await worker.next("kill")].map(({ task }) => task);
      assert.deepEqual(killed.sort(), [...first.values()].map(({ task }) => task).sort());
      const task = await own.detail(taskid);
      assert.equal(task.status, "task_cancel");
      assert.deepEqual(steps(task), ["draw task_cancel ", "tell task_cancel "]);
      assert.equal((await wallet()).available, usd(50));
    });

    test("a step that is killed by itself ends the app", async () => {
      own = await fresh();
      const { taskid } = await own.run("test/chain", { prompt: "x" });
      const first = await assigned(2);
      await own.call("Task/Kill", { taskid: first.get("draw")?.task ?? "" });
      const task = await own.ended(taskid);
      assert.equal(task.modelyard.endreason, "Step Draw: it was cancelled.");
      await worker.next("kill");
      await worker.next("kill");
    });

    test("its price is quoted for its inputs, its page says what it is made of, and one that lacks a model is refused", async () => {
      const ask = async (parameters: object) => {
        const body = JSON.stringify({ slugowner: "test", slugproject: "chain", parameters });
        return ToolQuoteResponse.parse((await post(`${t.server.url}/v1/Tool/Quote`, {}, body)).body).quote;
      };
      const fixed = await ask({ prompt: "x", photos: ["https://a/1.png", "https://a/2.png"] });
      assert.deepEqual([fixed.method, fixed.exact, fixed.hold], ["cpr", true, usd(0.035)]);
      assert.deepEqual(
        fixed.lines.map(({ unit, quantity }) => [unit, quantity]),
        [
          ["Draw", 1],
          ["copy", 2],
          ["tell", 1],
          ["Bind", 1],
        ],
      );
      const open = await ask({ prompt: "x", mode: "plain" });
      assert.deepEqual([open.exact, open.hold], [false, usd(0.015 + 0.03)]);
      const detail = async (slugproject: string) => {
        const body = JSON.stringify({ slugowner: "test", slugproject });
        const [tool] = ToolDetailResponse.parse((await post(`${t.server.url}/v1/Tool/Detail`, {}, body)).body).tool;
        assert.ok("modelyard" in tool);
        return tool.modelyard;
      };
      const { app, price, problem } = await detail("chain");
      assert.deepEqual([app?.steps.length, price[0]?.price, problem], [5, "0.015000000", null]);
      own = await fresh();
      const why = /tool-not-accessible: It needs the model nobody\/nothing, which this server does not have\./;
      await refused(own.call("Run/test/chain-broken", {}), { code: 1, message: why });
      assert.match((await detail("chain-broken")).problem ?? "", /nobody\/nothing/);
    });
  });
}
