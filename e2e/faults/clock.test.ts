/** Fault matrix: the machine's clock jumps by an hour, on the server or the worker, while tasks run and between two starts (T4, T8). */
import assert from "node:assert/strict";
import { existsSync, globSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { until as soon, temporaryFolder } from "@modelyard/testing";
import { allEnded, startLoad } from "./support/load.ts";
import { choose, seeded } from "./support/mode.ts";
import { until } from "./support/programs.ts";
import { Site } from "./support/site.ts";

const LIBRARY = globSync("/usr/lib/*/faketime/libfaketimeMT.so.1")[0];
const missing = LIBRARY === undefined && "libfaketime is not installed (apt-get install faketime)";
if (missing) process.stderr.write(`SKIPPED: jumps of the clock: ${missing}\n`);
const HOUR = 3_600;

/** A clock of its own for one process; the monotonic clock goes on as ever, as it does on a real machine. */
function clock(): { env: NodeJS.ProcessEnv; jump(seconds: number): void } {
  const file = join(temporaryFolder("clock"), "offset");
  const jump = (seconds: number) => writeFileSync(file, `${seconds < 0 ? "" : "+"}${seconds}s\n`);
  jump(0);
  assert.ok(existsSync(file));
  return {
    jump,
    env: {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_RESET: "1",
    },
  };
}

const rounds = choose(1, 20);

test(`${rounds} × the clock of server and worker jumps an hour forth and back: no lease is lost, nothing runs twice`, {
  skip: missing,
}, async (t) => {
  const { random } = seeded(t);
  const ofServer = clock();
  const ofWorker = clock();
  const site = await Site.start(t, { server: { env: ofServer.env } });
  await site.worker("w", 4, { env: ofWorker.env });
  // The clock that jumps is really the server's: its log carries it.
  const load = startLoad(site, { callers: 3, random, ms: 1_500, pauseMs: 50 });
  for (let round = 0; round < rounds; round++) {
    const clocks = random(2) === 0 ? [ofServer, ofWorker] : [ofWorker, ofServer];
    for (const one of clocks) {
      for (const offset of [HOUR, 0, -HOUR, 0]) {
        one.jump(offset + random(60));
        await sleep(1_500);
      }
    }
  }
  ofServer.jump(2 * HOUR);
  const stamp = () =>
    Date.parse(/^\S+(?= server: worker late connected)/m.exec(site.server?.output() ?? "")?.[0] ?? "");
  await site.worker("late", 1);
  await soon(() => stamp() > Date.now() + HOUR * 1_000, "the server believes in its clock");
  await load.stop();
  await allEnded(site, load.acked, 60_000);
  // Started again an hour in the past: leases and callbacks of the store are in its future.
  const { taskid } = await site.client().run("fault/work", { ms: 4_000 });
  await until("it runs", 20_000, async () => (await site.client().detail({ taskid })).status === "task_output");
  await site.server?.end("SIGKILL");
  ofServer.jump(-HOUR);
  await site.startServer();
  await allEnded(site, [taskid], 60_000);
  const tasks = await site.verdict([...load.acked, taskid]);
  const twice = tasks.filter(({ attempts }) => attempts > 1).map(({ id }) => id);
  assert.deepEqual(twice, [], "attempted again");
  assert.deepEqual(
    tasks.filter(({ pexit }) => pexit !== "0").map(({ id }) => id),
    [],
  );
  t.diagnostic(`${rounds * 8} jumps, ${tasks.length} tasks, none attempted twice`);
});
