/** Traces from POST to the model's process and back, received as a collector receives them (docs/operate/tracing.md). */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { USD } from "@modelyard/contract";
import {
  type Caller,
  caller,
  FIXTURE_MODELS,
  fakeWorker,
  mainStore,
  type ReceivedSpan,
  type SpanReceiver,
  shellModel,
  spanReceiver,
  startPlatform,
  startTestServer,
  type TestServer,
  temporaryFolder,
  until,
} from "@modelyard/testing";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER_SPAN = "00f067aa0ba902b7";
const traced = { traceparent: `00-${TRACE}-${CALLER_SPAN}-01` };

/** Says which context it was run with. */
function models(): string {
  const root = temporaryFolder("traced");
  for (const { name, text } of shellModel("told", 'printf %s "$TRACEPARENT"')) {
    mkdirSync(join(root, "test/told"), { recursive: true });
    writeFileSync(join(root, "test/told", name), text ?? "");
  }
  const warm = join(root, "test/warm");
  mkdirSync(warm, { recursive: true });
  const [manifest] = shellModel("warm", "");
  writeFileSync(
    join(warm, "model.yaml"),
    String(manifest?.text).replace(
      "{ type: command, command: [sh, run.sh] }",
      "{ type: service, command: [node, run.js] }",
    ),
  );
  writeFileSync(
    join(warm, "run.js"),
    `const say = (line) => console.log(JSON.stringify(line));
require("node:readline").createInterface({ input: process.stdin }).on("line", (text) => {
  const { type, id, traceparent } = JSON.parse(text);
  if (type === "run") say({ type: "done", id, text: String(traceparent) });
});
say({ type: "ready" });
`,
  );
  return root;
}

let receiver: SpanReceiver;
let t: TestServer;
let own: Caller;
before(async () => {
  receiver = await spanReceiver();
  t = await startTestServer(mainStore(), {
    otlpEndpoint: receiver.url,
    modelDirs: [FIXTURE_MODELS, models()],
    allowHosts: ["127.0.0.1"],
  });
  own = caller(t.server.url, await t.account(50n * USD));
});
after(async () => {
  await t.close();
  await receiver.close();
});

/** The spans of a task once all of these have arrived. */
async function spansOf(taskid: string, names: readonly string[]): Promise<Map<string, ReceivedSpan>> {
  const found = () => receiver.spans.filter(({ attributes }) => attributes["modelyard.task"] === taskid);
  await until(
    () => names.every((name) => found().some((span) => span.name === name)),
    `spans ${names.join(", ")} of task ${taskid}`,
    20_000,
  ).catch((error: Error) => {
    throw new Error(`${error.message}; there are ${found().map(({ name }) => name)}`);
  });
  return new Map(found().map((span) => [span.name, span]));
}

const SERVER = ["accept", "queue wait", "assignment", "finish"];
const WORKER = ["install", "inputs", "start", "run", "outputs", "report"];

test("a run is one trace below its caller's span, on server and worker, through the model and to the callback", async (c) => {
  const worker = await t.worker();
  c.after(() => worker.close());
  const called = createServer((_request, response) => response.end("ok")).listen(0, "127.0.0.1");
  await once(called, "listening");
  c.after(() => void called.close());
  const callbackUrl = `http://127.0.0.1:${(called.address() as AddressInfo).port}/hook`;
  const { taskid } = await own.run("test/told", { prompt: "x", callbackUrl }, traced);
  const task = await own.ended(taskid);
  const spans = await spansOf(taskid, [...SERVER, ...WORKER, "callback"]);
  const span = (name: string) => spans.get(name) as ReceivedSpan;
  for (const one of spans.values()) {
    assert.equal(one.traceId, TRACE, one.name);
    assert.equal(one.error, undefined, one.name);
    assert.ok(one.end >= one.start, one.name);
  }
  assert.equal(span("accept").parentSpanId, CALLER_SPAN);
  for (const name of ["queue wait", "assignment", "callback"])
    assert.equal(span(name).parentSpanId, span("accept").spanId, name);
  for (const name of [...WORKER, "finish"]) assert.equal(span(name).parentSpanId, span("assignment").spanId, name);
  for (const name of WORKER) assert.equal(span(name).service, "modelyard-worker");
  for (const name of SERVER) assert.equal(span(name).service, "modelyard-server");
  // The order in which it happened: each begins where the one before it was.
  const order = ["assignment", "install", "inputs", "start", "run", "outputs"].map((name) => span(name).start);
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  );
  assert.equal(task.debugoutput, `00-${TRACE}-${span("run").spanId}-01`, "the model's TRACEPARENT is the run");
  assert.equal(span("run").attributes["modelyard.model"], "test/told");
  assert.equal(span("callback").attributes["http.response.status_code"], 200);
});

test("a warm model is told with each run", async (c) => {
  const worker = await t.worker();
  c.after(() => worker.close());
  const { taskid } = await own.run("test/warm", { prompt: "x" }, traced);
  const { debugoutput } = await own.ended(taskid);
  const spans = await spansOf(taskid, ["run"]);
  assert.equal(debugoutput, `00-${TRACE}-${spans.get("run")?.spanId}-01`);
});

test("a caller without a trace gets one; a caller that does not record is left alone", async (c) => {
  const worker = await t.worker();
  c.after(() => worker.close());
  const silent = await own.run("test/told", { prompt: "x" }, { traceparent: `00-${TRACE}-${CALLER_SPAN}-00` });
  await own.ended(silent.taskid);
  const { taskid } = await own.run("test/told", { prompt: "x" }, { traceparent: "nonsense" });
  await own.ended(taskid);
  const spans = await spansOf(taskid, [...SERVER, ...WORKER]);
  const ids = new Set([...spans.values()].map(({ traceId }) => traceId));
  assert.equal(ids.size, 1);
  assert.ok(!ids.has(TRACE));
  assert.equal(spans.get("accept")?.parentSpanId, undefined);
  const ofSilent = receiver.spans.filter(({ attributes }) => attributes["modelyard.task"] === silent.taskid);
  assert.deepEqual(ofSilent, []);
});

test("refusals and failures are marked, in words of ours alone", async (c) => {
  const worker = await t.worker();
  c.after(() => worker.close());
  await own.call("Run/test/told-nobody", { prompt: "secret words" });
  await until(() => receiver.spans.some(({ error }) => error === "unknownModel"), "the refusal");
  const { taskid } = await own.run("test/echo", { prompt: "secret words", mode: "fail" });
  await own.ended(taskid);
  const spans = await spansOf(taskid, [...SERVER, ...WORKER]);
  assert.equal(spans.get("run")?.error, "exit code 3");
  assert.ok(!receiver.bodies.join("").includes("secret words"));
});

test("steps of an app are in its trace", async (c) => {
  const worker = await t.worker();
  c.after(() => worker.close());
  const { taskid } = await own.run("test/chain", { prompt: "x", tell: false }, traced);
  await own.ended(taskid);
  const accept = (await spansOf(taskid, ["accept"])).get("accept");
  await until(
    () =>
      receiver.spans.filter(({ name, parentSpanId }) => name === "assignment" && parentSpanId === accept?.spanId)
        .length >= 2,
    "the steps' assignments",
  );
});

test("a worker of the last protocol is taken in and never told what it would not understand", async (c) => {
  const old = await fakeWorker({ url: t.server.url, workerToken: t.server.workerToken }, { protocol: 1 });
  c.after(() => old.close());
  const { taskid } = await own.run("test/told", { prompt: "x" }, traced);
  const assigned = await old.next("assign");
  assert.equal(assigned.task, taskid);
  assert.ok(!("traceparent" in assigned));
  await own.call("Task/Kill", { taskid });
});

test("without an endpoint nothing of the OpenTelemetry SDK is loaded", async (c) => {
  // Whoever asks for one of its packages fails to start; but for the API package, which prom-client loads by itself.
  const forbid = `data:text/javascript,import { registerHooks } from "node:module";
registerHooks({ resolve(name, context, next) { if (/^@opentelemetry.(?!api$)/.test(name)) throw new Error("loaded " + name); return next(name, context); } });`;
  const env = { NODE_OPTIONS: `--import=${forbid.replaceAll("\n", "").replaceAll(" ", "%20").replaceAll('"', "%22")}` };
  const platform = await startPlatform({ dataDir: join(temporaryFolder("plain"), "data"), env });
  c.after(() => platform.stop());
  const task = await platform.client().run("test/noop", {});
  assert.equal((await platform.client().wait({ taskid: task.taskid })).pexit, "0");
  assert.ok(!platform.output().includes("loaded @opentelemetry"));
  await assert.rejects(
    startPlatform({ dataDir: join(temporaryFolder("plain"), "data"), env, args: ["--otlp-endpoint", receiver.url] }),
    /loaded @opentelemetry/,
  );
});
