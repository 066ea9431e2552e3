/** Fault matrix: worker kill -9 at a random phase (T1, T4, T5, T6, L3). */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { allEnded, startLoad } from "./support/load.ts";
import { choose, seeded } from "./support/mode.ts";
import { processesOf, untilGone } from "./support/programs.ts";
import { type EndedTask, Site } from "./support/site.ts";

/**
 * Longest time from the last sign of life of a lost attempt (at most a run's 300 ms before the kill) to the next attempt.
 * Milliseconds.
 */
function slowestReclaim(tasks: readonly EndedTask[]): number {
  let slowest = 0;
  for (const { events } of tasks) {
    for (const [index, event] of events.entries()) {
      const last = events[index - 1];
      const next = events[index + 1];
      if (event.type === "task_queue" && last && next?.type === "task_accept")
        slowest = Math.max(slowest, next.at - last.at);
    }
  }
  return slowest;
}

describe("worker kill -9", { concurrency: true }, () => {
  const kills = choose(5, 1_000);
  test(`${kills} kills of worker programs while tasks run`, async (t) => {
    const { random } = seeded(t);
    const site = await Site.start(t);
    const names = ["a", "b"];
    const workers = new Map<string, Awaited<ReturnType<Site["worker"]>>>();
    for (const name of names) workers.set(name, await site.worker(name, 4));
    const load = startLoad(site, { callers: 2, random, ms: 300, family: 4, pauseMs: 150 });
    let slowestEnd = 0;
    for (let n = 0; n < kills; n++) {
      await sleep(200 + random(800));
      const name = names[random(names.length)] as string;
      const victim = workers.get(name) as Awaited<ReturnType<Site["worker"]>>;
      await victim.end("SIGKILL");
      slowestEnd = Math.max(slowestEnd, await untilGone(victim.dir, processesOf(victim.dir)));
      await sleep(500);
      assert.deepEqual(processesOf(victim.dir), [], `something of the worker came after kill ${n + 1}`);
      workers.set(name, await site.worker(name, 4));
    }
    await load.stop();
    await allEnded(site, load.acked, 90_000);
    const tasks = await site.verdict(load.acked);
    const again = tasks.filter(({ attempts }) => attempts > 1).length;
    const failed = tasks.filter(({ pexit }) => pexit !== "0");
    for (const task of failed) assert.equal(task.attempts, 3, `task ${task.id} failed at attempt ${task.attempts}`);
    assert.ok(again > 0, "no kill hit a running task");
    t.diagnostic(
      `${kills} kills: ${tasks.length} tasks, ${again} attempted again, ${failed.length} used up, 0 lost, 0 orphans; slowest end of what a worker left ${Math.round(slowestEnd)} ms, slowest re-claim ${slowestReclaim(tasks)} ms`,
    );
    assert.ok(slowestReclaim(tasks) <= 20_300);
  });

  const builtInKills = choose(2, 6);
  test(`${builtInKills} kills of the built-in worker, which serve starts again`, async (t) => {
    const { random } = seeded(t);
    const site = await Site.start(t, { builtIn: 4 });
    const load = startLoad(site, { callers: 2, random, ms: 400, family: 3, pauseMs: 200 });
    let slowestEnd = 0;
    for (let n = 0; n < builtInKills; n++) {
      const pid = await site.builtIn();
      await sleep(1_500 + random(500));
      process.kill(pid, "SIGKILL");
      const left = processesOf(site.folder).filter((found) => found.pid !== site.server?.pid);
      slowestEnd = Math.max(slowestEnd, await untilGone(site.folder, left));
    }
    await load.stop();
    await allEnded(site, load.acked, 90_000);
    const tasks = await site.verdict(load.acked);
    t.diagnostic(
      `${builtInKills} kills: ${tasks.length} tasks, ${tasks.filter(({ attempts }) => attempts > 1).length} attempted again, all ended; slowest end of what a worker left ${Math.round(slowestEnd)} ms`,
    );
  });
});
