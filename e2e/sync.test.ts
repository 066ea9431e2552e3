/** Wire contract 3.1: runs that are waited for, as one answer and as a stream of events; `Prefer: wait=N` on Run. */
import assert from "node:assert/strict";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { after, before, mock, test } from "node:test";
import { RunResponse, SyncOutput, SyncTimeout, TaskDetailResponse } from "@modelyard/contract";
import { audit } from "@modelyard/server";
import {
  type Caller,
  caller,
  mainStore,
  refused,
  runOf,
  STORES,
  startTestServer,
  type TestServer,
  taskOf,
} from "@modelyard/testing";

interface SentEvent {
  event: string;
  data: unknown;
}

function parseEvents(text: string): SentEvent[] {
  return text.split("\n\n").flatMap((block) => {
    const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
    return event === undefined ? [] : [{ event, data: JSON.parse(data ?? "null") as unknown }];
  });
}

for (const store of STORES) {
  let t: TestServer;
  let own: Caller;
  let apiKey = "";
  const title = (text: string) => `${text} (${store.kind})`;

  const stream = async (path: string, fields: object, headers: Record<string, string> = {}, signal?: AbortSignal) => {
    const response = await fetch(`${t.server.url}/v1/Run/${path}`, {
      method: "POST",
      headers: { "x-api-key": apiKey, "content-type": "application/json", ...headers },
      body: JSON.stringify(fields),
      signal,
    });
    assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
    return response;
  };
  const events = async (...args: Parameters<typeof stream>) => parseEvents(await (await stream(...args)).text());

  before(async () => {
    t = await startTestServer(store);
    await t.worker({ slots: 8 });
    const project = t.server.credentials?.projects.find(({ auth }) => auth === "apikey");
    apiKey = project?.apiKey ?? "";
    own = caller(t.server.url, { apiKey });
  });
  after(async () => {
    assert.deepEqual(await audit(t.server.db), []);
    await t.close();
  });

  test(title("3.1 sync answers with the task, once it has ended"), async () => {
    const task = await taskOf(own.call("Run/test/talk/sync", { prompt: "one", words: 3 }));
    assert.deepEqual([task.status, task.pexit, task.debugoutput], ["task_postprocess_end", "0", "one 1 2 3"]);
    assert.deepEqual(task, await own.detail(task.id));
    const failed = await taskOf(own.call("Run/TEST/Echo/Sync", { prompt: "a", mode: "fail" }));
    assert.notEqual(failed.pexit, "0");
    await refused(own.call("Run/test/echo/sync", {}), { code: 0, message: "Request parameter [prompt] required" });
    await refused(own.call("Run/test/nothing/sync", {}), { code: 1, message: "slug-owner-project-not-exist" });
  });

  test(title("3.1 a task that is killed ends the waiting, one that ended before does not begin it"), async () => {
    const key = { "idempotency-key": "sync" };
    const waiting = own.call("Run/test/dollar/sync", {}, key);
    const { taskid } = await own.run("test/dollar", {}, key);
    await own.call("Task/Kill", { taskid });
    assert.deepEqual([(await taskOf(waiting)).id, (await taskOf(waiting)).status], [taskid, "task_cancel"]);
    assert.equal((await taskOf(own.call("Run/test/dollar/sync", {}, key))).id, taskid);
    const again = await events("test/dollar/sync?stream=true", {}, key);
    assert.deepEqual(
      again.map(({ event }) => event),
      ["start", "done"],
    );
  });

  test(title("3.1 a stream: start, everything said so far, done"), async () => {
    for (const [path, headers] of [
      ["test/talk/sync?stream=true", {}],
      ["test/talk/sync", { accept: "text/event-stream" }],
    ] as const) {
      const all = await events(path, { prompt: "hello", words: 5 }, headers);
      const { taskid } = RunResponse.parse(all[0]?.data);
      const outputs = all.slice(1, -1).map(({ event, data }) => {
        assert.equal(event, "task_output");
        return SyncOutput.parse(data);
      });
      assert.ok(outputs.length > 2 && outputs.every(({ id }) => id === taskid));
      const said = outputs.map(({ segments }) => segments.map(({ text }) => text).join(""));
      for (const [index, text] of said.slice(1).entries()) assert.ok(text.startsWith(said[index] as string), text);
      assert.deepEqual(outputs.at(-1)?.segments, [
        { type: "thinking", text: "Let me think. " },
        { type: "answer", text: "hello 1 2 3 4 5" },
      ]);
      assert.deepEqual([all[0]?.event, all.at(-1)?.event], ["start", "done"]);
      assert.deepEqual(TaskDetailResponse.parse(all.at(-1)?.data).tasklist[0], await own.detail(taskid));
    }
  });

  test(title("3.1 what a command prints is streamed too; refusals stay plain answers"), async () => {
    const all = await events("test/echo/sync?stream=true", { prompt: "printed", steps: 1 });
    assert.match(JSON.stringify(all.filter(({ event }) => event === "task_output").at(-1)?.data), /printed/);
    await refused(own.call("Run/test/echo/sync?stream=true", {}), {
      code: 0,
      message: "Request parameter [prompt] required",
    });
  });

  test(title("3.1 hanging up does not end the run, and leaves nothing behind"), async () => {
    const hangUp = new AbortController();
    const key = { "idempotency-key": "hang-up" };
    const response = await stream("test/wait/sync?stream=true", { seconds: 1 }, key, hangUp.signal);
    const first = await response.body?.getReader().read();
    assert.match(Buffer.from(first?.value ?? []).toString(), /^event: start/);
    hangUp.abort();
    const plain = new AbortController();
    const sent = fetch(`${t.server.url}/v1/Run/test/wait/sync`, {
      method: "POST",
      headers: { "x-api-key": apiKey, "content-type": "application/json", ...key },
      body: JSON.stringify({ seconds: 1 }),
      signal: plain.signal,
    });
    setTimeout(() => plain.abort(), 200);
    await assert.rejects(sent);
    const { taskid } = await own.run("test/wait", { seconds: 1 }, key);
    const task = await own.ended(taskid);
    assert.deepEqual([task.status, task.pexit], ["task_postprocess_end", "0"]);
    assert.deepEqual(
      t.logged.filter((line) => /stream of task|internal error/.test(line)),
      [],
    );
  });

  test(title("Prefer: wait=N answers with the task in time, else as Run does"), async () => {
    const inTime = await own.call("Run/test/talk", { prompt: "a", words: 1 }, { prefer: "wait=20" });
    assert.equal(inTime.headers.get("preference-applied"), "wait=20");
    assert.equal((await taskOf(inTime)).status, "task_postprocess_end");
    const began = performance.now();
    const late = await own.call("Run/test/dollar", {}, { prefer: "respond-async, wait=1" });
    assert.ok(performance.now() - began >= 950);
    const { taskid } = await runOf(late);
    await own.call("Task/Cancel", { taskid });
    for (const prefer of ["wait=0", "wait=-1", "wait=x", "waiting=5", "wait"]) {
      const answer = await own.call("Run/test/dollar", {}, { prefer });
      assert.equal(answer.headers.get("preference-applied"), null, prefer);
      await own.call("Task/Cancel", { taskid: (await runOf(answer)).taskid });
    }
  });
}

test("3.1 after 40 minutes: 504 with the names of the task, which goes on", async () => {
  const t = await startTestServer(mainStore());
  const project = t.server.credentials?.projects.find(({ auth }) => auth === "apikey") as { apiKey: string };
  const open = (path: string) => {
    const sent = httpRequest(`${t.server.url}/v1/Run/test/dollar/${path}`, {
      method: "POST",
      headers: { "x-api-key": project.apiKey },
      agent: false,
    });
    sent.end("{}");
    return new Promise<{ status: number; text: string }>((resolve, reject) => {
      sent.on("error", reject);
      sent.on("response", async (response: IncomingMessage) => {
        let text = "";
        for await (const chunk of response) text += String(chunk);
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
  };
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const plain = open("sync");
    const streamed = open("sync?stream=true");
    const count = async () => (await t.server.db.all<{ n: number }>("select count(*) as n from task", []))[0]?.n;
    while ((await count()) !== 2) await new Promise((resolve) => setImmediate(resolve));
    for (let n = 0; n < 200; n++) await new Promise((resolve) => setImmediate(resolve));
    mock.timers.tick(40 * 60 * 1000 - 1);
    for (let n = 0; n < 50; n++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await Promise.race([plain, new Promise((resolve) => setImmediate(() => resolve("waits")))]), "waits");
    mock.timers.tick(1);
    const { status, text } = await plain;
    assert.equal(status, 504);
    const { taskid, errors } = SyncTimeout.parse(JSON.parse(text));
    assert.match(errors[0]?.message ?? "", /40 minutes/);
    const events = parseEvents((await streamed).text);
    assert.deepEqual(
      events.map(({ event }) => event),
      ["start", "error"],
    );
    SyncTimeout.parse(events[1]?.data);
    mock.timers.reset();
    assert.equal((await caller(t.server.url, project).detail(taskid)).status, "task_queue");
  } finally {
    mock.timers.reset();
    await t.close();
  }
});
