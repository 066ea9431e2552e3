/** Fault matrix: the database dies under load (T1, T9; the DBOS lesson: recovery itself must survive a restart). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Cluster, hasPostgres } from "./support/cluster.ts";
import { allEnded, startLoad } from "./support/load.ts";
import { choose, seeded } from "./support/mode.ts";
import { Site } from "./support/site.ts";

const kills = choose(2, 50);
if (!hasPostgres) process.stderr.write("SKIPPED: kills of PostgreSQL: it is not installed\n");

test(`${kills} kills of PostgreSQL: nothing acknowledged is lost, nothing stays in limbo`, {
  skip: !hasPostgres && "PostgreSQL is not installed",
}, async (t) => {
  const { random } = seeded(t);
  const cluster = await Cluster.start(t);
  const site = await Site.start(t, { databaseUrl: cluster.url });
  await site.worker("steady", 4);
  const load = startLoad(site, { callers: 4, random, ms: 300, pauseMs: 50, apps: 3 });
  for (let n = 0; n < kills; n++) {
    await sleep(700 + random(800));
    await cluster.kill();
    await sleep(random(1_500));
    await cluster.up();
  }
  await sleep(500);
  await load.stop();
  await allEnded(site, load.acked, 60_000);
  assert.equal(site.server?.child.exitCode, null, "the server lived through it");
  const tasks = await site.verdict(load.acked);
  assert.deepEqual(
    tasks.filter(({ status }) => status !== "task_postprocess_end" && status !== "task_cancel"),
    [],
    "also those whose answer was lost",
  );
  t.diagnostic(
    `${kills} kills: ${load.acked.size} acknowledged, 0 lost; ${load.broken + load.refused.length} calls failed; ${tasks.filter(({ attempts }) => attempts > 1).length} attempted again`,
  );
});
