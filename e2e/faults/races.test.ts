/** Fault matrix: kill against finish, cancel against claim, over HTTP on real processes (T7). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { choose, seeded } from "./support/mode.ts";
import { Site } from "./support/site.ts";

const races = choose(40, 1_000);

test(`${races} races of kill or cancel against claim and finish`, async (t) => {
  const { random } = seeded(t);
  const site = await Site.start(t);
  await site.worker("racer", 2);
  const client = site.client();
  const acked: string[] = [];
  const outcomes: Record<string, number> = {};
  const race = async (n: number) => {
    const { taskid } = await client.run("fault/work", { ms: random(30) });
    acked.push(taskid);
    const action = n % 2 === 0 ? "kill" : "cancel";
    await sleep(random(action === "kill" ? 150 : 15));
    const stopped = await client[action]({ taskid }).then(
      () => true,
      () => false,
    );
    const task = await client.wait({ taskid }, { intervalMs: 20 });
    assert.equal(task.status, stopped ? "task_cancel" : "task_postprocess_end", `task ${taskid}`);
    assert.equal(task.totalcost === "0", stopped);
    const name = `${action} ${stopped ? "won" : "came late"}`;
    outcomes[name] = (outcomes[name] ?? 0) + 1;
  };
  for (let n = 0; n < races; n += 4) await Promise.all([race(n), race(n + 1), race(n + 2), race(n + 3)]);
  await site.verdict(acked);
  t.diagnostic(
    Object.entries(outcomes)
      .map(([name, times]) => `${name} ${times} times`)
      .join(", "),
  );
});
