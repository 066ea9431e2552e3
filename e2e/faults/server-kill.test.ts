/** Fault matrix: server kill -9 under load, also between commit and reply (T1, T9). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { allEnded, startLoad } from "./support/load.ts";
import { choose, seeded } from "./support/mode.ts";
import { Site } from "./support/site.ts";

const kills = choose(4, 1_000);

test(`${kills} server kills: every acknowledged task exists and ends`, async (t) => {
  const { random } = seeded(t);
  const site = await Site.start(t);
  await site.worker("steady", 8);
  const load = startLoad(site, { callers: 8, random, ms: 60, pauseMs: 60, apps: 3 });
  let down = 0;
  for (let n = 0; n < kills; n++) {
    await sleep(100 + random(700));
    await site.server?.end("SIGKILL");
    const began = performance.now();
    await site.startServer();
    down = Math.max(down, performance.now() - began);
  }
  await sleep(300);
  await load.stop();
  await allEnded(site, load.acked, 90_000);
  const tasks = await site.verdict(load.acked);
  const unacked = tasks.filter(({ id }) => !load.acked.has(id)).length;
  const failed = tasks.filter(({ status, pexit }) => status === "task_postprocess_end" && pexit !== "0");
  assert.deepEqual(
    failed.map(({ id }) => id),
    [],
    "a server's death fails no task",
  );
  t.diagnostic(
    `${kills} kills: ${load.acked.size} acknowledged, 0 lost; ${load.broken} calls broke off, ${unacked} of them after their commit; ` +
      `${tasks.filter(({ attempts }) => attempts > 1).length} attempted again; slowest restart ${Math.round(down)} ms`,
  );
});
