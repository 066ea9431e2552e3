/** Health, readiness and metrics, as a supervisor, a load balancer and Prometheus ask for them. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { USD } from "@modelyard/contract";
import { caller, mainStore, startTestServer, type TestServer } from "@modelyard/testing";

let t: TestServer;
before(async () => {
  t = await startTestServer(mainStore());
});
after(() => t.close());

/** The samples of a metric by their labels, in Prometheus's text format. */
function samples(text: string, name: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line.startsWith(name) && /[{ ]/.test(line[name.length] ?? ""));
  return new Map(
    lines.map((line) => {
      const [, labels = "", value] = /^[a-z_]+(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      return [labels, Number(value)];
    }),
  );
}
const read = async (headers: Record<string, string> = {}, url = t.server.url) => {
  const response = await fetch(`${url}/metrics`, { headers });
  return { status: response.status, type: response.headers.get("content-type") ?? "", text: await response.text() };
};

test("health and readiness", async () => {
  const ready = await fetch(`${t.server.url}/ready`);
  assert.equal(ready.status, 200);
  assert.deepEqual(await ready.json(), { status: "ready", database: true, workers: 0 });
  assert.equal((await fetch(`${t.server.url}/health`)).status, 200);
});

test("runs, waits, answers and workers are counted", async () => {
  const account = await t.account(50n * USD);
  const own = caller(t.server.url, account);
  const { taskid: cancelled } = await own.run("test/dollar");
  await own.call("Task/Cancel", { taskid: cancelled });
  const { taskid: early } = await own.run("test/echo", { prompt: "a" });
  const before = await read();
  assert.match(before.type, /^text\/plain; version=0\.0\.4/);
  assert.equal(samples(before.text, "modelyard_queue_tasks").get('state="ready"'), 1);
  await t.worker({ slots: 3 });
  await own.ended(early);
  const { taskid: failing } = await own.run("test/echo", { prompt: "a", mode: "fail" });
  await own.ended(failing);
  const { text } = await read();
  const count = (name: string, labels: string) => samples(text, name).get(labels);
  assert.equal(count("modelyard_run_seconds_count", 'model="test/echo",outcome="success"'), 1);
  assert.equal(count("modelyard_run_seconds_count", 'model="test/echo",outcome="failure"'), 1);
  assert.equal(count("modelyard_run_seconds_count", 'model="test/dollar",outcome="cancelled"'), 1);
  assert.equal(count("modelyard_queue_wait_seconds_count", 'model="test/echo"'), 2);
  assert.equal(count("modelyard_start_seconds_count", 'model="test/echo"'), 2);
  assert.equal(count("modelyard_worker_slots", 'worker="test"'), 3);
  assert.equal(count("modelyard_queue_tasks", 'state="ready"'), 0);
  assert.ok((count("modelyard_http_request_seconds_count", 'route="/v1/Run/:owner/:model",status="2xx"') ?? 0) >= 3);
  assert.ok(samples(text, "nodejs_eventloop_lag_p99_seconds").size === 1);
  assert.doesNotMatch(text, new RegExp(account.apiKey), "no key in it (S7)");
});

test("metrics are for this machine, or for who has the token", async () => {
  assert.equal((await read({ "x-forwarded-for": "192.0.2.1" })).status, 404, "a proxy's visitor is not this machine");
  const guarded = await startTestServer(mainStore(), { metricsToken: "a-long-token" });
  const { url } = guarded.server;
  assert.equal((await read({}, url)).status, 404);
  assert.equal((await read({ authorization: "Bearer another-token" }, url)).status, 404);
  assert.equal((await read({ authorization: "Bearer a-long-token" }, url)).status, 200);
  await guarded.close();
  const published = await startTestServer(mainStore(), { publicUrl: "https://models.example.org" });
  assert.equal((await read({}, published.server.url)).status, 404, "a proxy on this machine is no operator");
  await published.close();
});
