/** Fault matrix: SIGHUP, SIGTERM twice (T8). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { allEnded, startLoad } from "./support/load.ts";
import { seeded } from "./support/mode.ts";
import { processesOf, until } from "./support/programs.ts";
import { Site } from "./support/site.ts";

test("SIGHUP (the terminal is gone) drains like SIGTERM: no task fails, none runs twice", async (t) => {
  const { random } = seeded(t);
  const site = await Site.start(t, { builtIn: 2 });
  await site.builtIn();
  const apart = await site.worker("apart", 2);
  const load = startLoad(site, { callers: 3, random, ms: 600, pauseMs: 50 });
  await until("some run", 20_000, () => load.acked.size >= 8);
  apart.signal("SIGHUP");
  // As a terminal does: to everybody of the session.
  process.kill(await site.builtIn(), "SIGHUP");
  await site.server?.end("SIGHUP");
  assert.equal(site.server?.child.exitCode, 0, site.server?.output().slice(-2000));
  // What the other worker finished meanwhile it can say only once there is a server again.
  await site.startServer();
  await until("the worker drained", 25_000, () => apart.child.exitCode === 0);
  await load.stop();
  await allEnded(site, load.acked, 60_000);
  const tasks = await site.verdict(load.acked);
  assert.deepEqual(
    tasks
      .filter(({ pexit, attempts }) => pexit !== "0" || attempts !== 1)
      .map(({ id, pexit, attempts, events }) => ({
        id,
        pexit,
        attempts,
        events: events.map(({ type }) => type).join(),
      })),
    [],
  );
});

test("a second SIGTERM stops at once; what ran is handed back and ends later", async (t) => {
  const site = await Site.start(t, { builtIn: 2 });
  const client = site.client();
  const { taskid } = await client.run("fault/work", { ms: 60_000, family: true });
  await until("it runs", 20_000, async () => (await client.detail({ taskid })).status === "task_output");
  const began = performance.now();
  site.server?.signal("SIGTERM");
  await sleep(300);
  await site.server?.end("SIGTERM");
  assert.equal(site.server?.child.exitCode, 1, site.server?.output().slice(-2000));
  assert.ok(performance.now() - began < 40_000, "it did not wait for the run");
  await until("nothing of it is left", 5_000, () => processesOf(site.folder).length === 0);
  await site.startServer();
  await site.client().kill({ taskid });
  await site.verdict([taskid]);
});
