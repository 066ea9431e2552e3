// wire-contract.md 7: Task/List, Task/Stat and Task/InputOutputDelete.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  EmptyResponse,
  Failure,
  ProjectListResponse,
  TaskDetailResponse,
  TaskEventsResponse,
  TaskListResponse,
  TaskStatResponse,
} from "@modelyard/contract";
import { type Platform, startPlatform, temporaryFolder } from "@modelyard/testing";

let platform: Platform;
before(async () => {
  platform = await startPlatform({ dataDir: temporaryFolder("history") });
});
after(() => platform.stop());

async function post(path: string, fields: object): Promise<unknown> {
  const apiKey = platform.firstRun.projects.find((project) => project.auth === "apikey")?.apiKey ?? "";
  const headers = { "x-api-key": apiKey, "content-type": "application/json" };
  const response = await fetch(`${platform.url}/v1/Task/${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(fields),
  });
  assert.equal(response.status, 200);
  return response.json();
}

const list = async (fields: object) => TaskListResponse.parse(await post("List", fields));

test("an account without tasks has an empty list", async () => {
  assert.deepEqual(await list({}), { total: "0", errors: [], tasklist: [], result: true });
});

test("pages of the account's tasks, newest first, total as a string, filtered by model", async () => {
  const client = platform.client("apikey");
  for (const model of ["test/noop", "test/echo", "test/noop"]) {
    await client.wait(await client.run(model, { prompt: "x" }), { intervalMs: 20 });
  }
  const all = await list({ type: "model", sort: "id", order: "DESC", start: "0", limit: "20" });
  assert.equal(all.total, "3");
  assert.deepEqual(
    all.tasklist.map((task) => task.id),
    ["3", "2", "1"],
  );
  const page = await list({ order: "ASC", start: 1, limit: 1 });
  assert.deepEqual([page.total, page.tasklist[0]?.id], ["3", "2"]);
  const noops = await list({ modelName: "Test/NoOp" });
  assert.deepEqual([noops.total, noops.tasklist.length], ["2", 2]);
  assert.equal((await list({ modelName: "nobody" })).total, "0");
  const stat = TaskStatResponse.parse(await post("Stat", {}));
  assert.deepEqual([stat.total, stat.stat.task_postprocess_end], ["3", "3"]);
});

test("Project/List shows the account's projects, and no key but the one that asks (section 9)", async () => {
  const [signed, keyOnly] = platform.firstRun.projects;
  const response = await fetch(`${platform.url}/v1/Project/List`, {
    method: "POST",
    headers: { "x-api-key": keyOnly?.apiKey ?? "" },
    body: JSON.stringify({ uuid: "me", apikey: keyOnly?.apiKey }),
  });
  const text = await response.text();
  const { project } = ProjectListResponse.parse(JSON.parse(text));
  assert.deepEqual(
    project.map((one) => [one.name, one.authmethod, one.requestCount]),
    [
      [signed?.name, "signature", "0"],
      [keyOnly?.name, "apikey", "3"],
    ],
  );
  assert.equal(project[1]?.apikey, keyOnly?.apiKey);
  assert.ok(!text.includes(signed?.apiKey ?? "none"));
});

test("InputOutputDelete removes the files for good, keeps the task, and may be repeated", async () => {
  const client = platform.client("apikey");
  const picture = new File([new Uint8Array([1, 2, 3])], "a.png");
  const run = await client.run("test/echo", { prompt: "x", inputImage: picture });
  const task = await client.wait(run, { intervalMs: 20 });
  const addresses = [
    ...task.outputs.flatMap((output) => ("url" in output ? [output.url] : [])),
    String(task.parameters.inputImage),
  ];
  assert.equal(addresses.length, 3);
  for (const address of addresses) assert.equal((await fetch(address)).status, 200);
  for (let n = 0; n < 2; n++)
    EmptyResponse.parse(await post("InputOutputDelete", { tasktoken: run.socketaccesstoken }));
  for (const address of addresses) assert.equal((await fetch(address)).status, 404);
  const [kept] = TaskDetailResponse.parse(await post("Detail", { taskid: run.taskid })).tasklist;
  assert.deepEqual(kept?.outputs, []);
  assert.equal(kept?.status, "task_postprocess_end");
});

test("InputOutputDelete refuses running and unknown tasks", async () => {
  const client = platform.client("apikey");
  const run = await client.run("test/echo", { prompt: "x", mode: "sleep" });
  const running = Failure.parse(await post("InputOutputDelete", { tasktoken: run.socketaccesstoken }));
  assert.equal(running.errors[0]?.message, "Task must be completed or cancelled before deleting files");
  await client.kill(run);
  const unknown = Failure.parse(await post("InputOutputDelete", { tasktoken: "A".repeat(30) }));
  assert.equal(unknown.errors[0]?.message, "task-not-exist");
  assert.equal(
    Failure.parse(await post("InputOutputDelete", {})).errors[0]?.message,
    "taskid or socketaccesstoken is required",
  );
});

test("a list is narrowed by outcome, text, project and time, and goes on after an id", async () => {
  const client = platform.client("apikey");
  const failed = await client.run("test/echo", { prompt: "100% of a Harbour", mode: "fail" });
  const { projectid, createtime } = await client.wait({ taskid: failed.taskid });
  const ids = async (fields: object) => (await list(fields)).tasklist.map(({ id }) => id);
  assert.deepEqual(await ids({ search: "100% OF a harbour" }), [failed.taskid]);
  assert.deepEqual(await ids({ search: "100_ of" }), [], "a wildcard of SQL is a letter here");
  assert.ok((await ids({ search: failed.taskid })).includes(failed.taskid));
  assert.ok((await ids({ status: "failed" })).includes(failed.taskid));
  assert.ok(!(await ids({ status: "done" })).includes(failed.taskid));
  assert.deepEqual(await ids({ status: "active" }), []);
  assert.ok((await ids({ projectid })).includes(failed.taskid));
  assert.deepEqual(await ids({ projectid: "999999" }), []);
  assert.ok((await ids({ from: createtime })).includes(failed.taskid));
  assert.ok(!(await ids({ to: createtime })).includes(failed.taskid));
  const all = await ids({ limit: 100 });
  assert.deepEqual(await ids({ limit: 100, before: all[0] }), all.slice(1));
});

test("narrowed by what tasks cost, in dollars, both ends included", async () => {
  const client = platform.client("apikey");
  const { taskid } = await client.run("test/picture", { prompt: "x" });
  const { totalcost } = await client.wait({ taskid });
  const ids = async (fields: object) => (await list(fields)).tasklist.map(({ id }) => id);
  assert.deepEqual(await ids({ costfrom: totalcost.slice(0, -3), costto: totalcost.slice(0, -3) }), [taskid]);
  assert.ok(!(await ids({ costto: "0.005" })).includes(taskid));
  assert.deepEqual(await ids({ costfrom: "999" }), []);
  await post("InputOutputDelete", { taskid });
});

test("a task's log is read in pages, in order, and leads from its start to its end", async () => {
  const client = platform.client("apikey");
  const { taskid } = await client.run("test/echo", { prompt: "x", steps: 5 });
  await client.wait({ taskid }, { intervalMs: 20 });
  const page = async (after: number) => TaskEventsResponse.parse(await post("Events", { taskid, after })).events;
  const all = await page(0);
  assert.deepEqual(
    all.map(({ seq }) => seq),
    all.map((_, index) => index + 1),
  );
  assert.deepEqual(
    [all[0]?.type, all[1]?.type, all.at(-1)?.type],
    ["task_queue", "task_accept", "task_postprocess_end"],
  );
  assert.ok(all.some(({ body }) => body?.kind === "progress"));
  assert.ok(all.every(({ at }, index) => at >= (all[index - 1]?.at ?? 0) && at > 1e12));
  assert.deepEqual(await page(3), all.slice(3));
  assert.deepEqual(await page(all.length), []);
  assert.equal(Failure.parse(await post("Events", { taskid: 987654 })).errors[0]?.message, "There is no task yet.");
});
