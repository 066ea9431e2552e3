import assert from "node:assert/strict";
import { test } from "node:test";
import { USD } from "@modelyard/contract";
import { STORES, startTestServer, type TestStore } from "@modelyard/testing";
import { loopbackHost } from "./fixtures/loopback-host.ts";

test("an input address that leads inside ends the task failed, free, and at the first attempt", async (t) => {
  const honeypot = await loopbackHost((_request: unknown, response: { end(text: string): void }) =>
    response.end("SECRET"),
  );
  const host = await startTestServer(STORES[0] as TestStore);
  t.after(async () => {
    await host.close();
    await honeypot.close();
  });
  await host.worker();
  const { client } = await host.account(10n * USD);
  const run = await client.run("test/echo", { prompt: "x", inputImage: `http://127.1:${honeypot.port}/a.png` });
  const task = await client.wait({ taskid: run.taskid });
  assert.notEqual(task.pexit, "0");
  assert.deepEqual(
    [task.status, task.totalcost, task.modelyard.attempts, honeypot.connections],
    ["task_postprocess_end", "0", 1, 0],
  );
  assert.equal(task.debugerror, "inputImage: The address does not point to a host on the public internet.");
});
