/** Fault matrix: rolling restart by SIGTERM under load (T8). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { allEnded, startLoad } from "./support/load.ts";
import { choose, seeded } from "./support/mode.ts";
import { Site } from "./support/site.ts";

const restarts = choose(2, 50);

test(`${restarts} rolling restarts of server and worker: no task fails, none runs twice`, async (t) => {
  const { random } = seeded(t);
  const site = await Site.start(t);
  let old = await site.worker("roll-0", 4);
  const load = startLoad(site, { callers: 3, random, ms: 400, pauseMs: 100, apps: 3 });
  let drain = 0;
  for (let n = 1; n <= restarts; n++) {
    await sleep(400 + random(400));
    const next = await site.worker(`roll-${n}`, 4);
    const began = performance.now();
    await old.end("SIGTERM");
    drain = Math.max(drain, performance.now() - began);
    assert.equal(old.child.exitCode, 0, `the worker ended with ${old.child.signalCode ?? old.child.exitCode}`);
    old = next;
    await sleep(random(400));
    const server = site.server;
    await server?.end("SIGTERM");
    assert.equal(
      server?.child.exitCode,
      0,
      `the server ended with ${server?.child.signalCode ?? server?.child.exitCode}\n${server?.output().slice(-2000)}`,
    );
    await site.startServer();
  }
  await sleep(300);
  await load.stop();
  await allEnded(site, load.acked, 60_000);
  const tasks = await site.verdict(load.acked);
  assert.deepEqual(
    tasks.filter(({ pexit }) => pexit !== "0").map(({ id }) => id),
    [],
  );
  const again = tasks.filter(({ events }) => events.filter(({ type }) => type === "task_start").length > 1);
  assert.deepEqual(
    again.map(({ id }) => id),
    [],
    "started twice",
  );
  t.diagnostic(
    `${restarts} restarts of each: ${tasks.length} tasks, 0 failed, 0 run twice; longest drain ${Math.round(drain)} ms`,
  );
});
