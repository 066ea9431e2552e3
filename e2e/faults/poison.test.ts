/** T5: a model all of whose runs crash or hang takes its own places and nobody else's. Only orders and ratios are asserted. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { USD } from "@modelyard/contract";
import { operatorToken, readMasterKey } from "@modelyard/server/operator-token";
import {
  type Caller,
  caller,
  mainStore,
  shellModel,
  startTestServer,
  type TestServer,
  tarGz,
} from "@modelyard/testing";
import { choose } from "./support/mode.ts";

const HONEST = choose(20, 100);
const POISON = choose(40, 300);
const HANGS = choose(2, 8);
/** What an honest run takes by itself, in milliseconds: far more than a busy machine adds. */
const WORK_MS = 150;

describe("T5 poison tasks", () => {
  let t: TestServer;
  let account: Caller;
  before(async () => {
    t = await startTestServer(mainStore(), { overLimit: "queue" });
    const authorization = `Bearer ${operatorToken(readMasterKey(t.dataDir, undefined))}`;
    const add = async (slug: string, script: string, more: string) => {
      const form = new FormData();
      form.set("archive", new File([new Uint8Array(await tarGz(shellModel(slug, script, more)))], "m.tar.gz"));
      const response = await fetch(`${t.server.url}/v1/Model/Add`, {
        method: "POST",
        headers: { authorization },
        body: form,
      });
      const answer = (await response.json()) as { result: boolean };
      assert.equal(answer.result, true, JSON.stringify(answer));
    };
    await add("honest", `sleep ${WORK_MS / 1000}`, "limits: { concurrency: 2 }");
    await add("crashes", "kill -SEGV $$", "limits: { concurrency: 1 }");
    await add("hangs", "trap '' TERM; while :; do sleep 1; done", "limits: { concurrency: 1, timeout: 1 }");
    account = caller(t.server.url, await t.account(900n * USD));
    await t.worker({ slots: 4 });
  });
  after(() => t.close());

  const run = async (model: string) => (await account.run(`test/${model}`, {})).taskid;
  /** From its acceptance to its end, of runs that are sent two at a time. */
  async function honestMs(): Promise<number> {
    const began = performance.now();
    for (let n = 0; n < HONEST; n += 2) {
      const ended = await Promise.all([run("honest"), run("honest")].map(async (id) => account.ended(await id)));
      for (const task of ended) assert.deepEqual([task.status, task.pexit], ["task_postprocess_end", "0"]);
    }
    return performance.now() - began;
  }

  test(`${HONEST} honest runs beside ${POISON} that crash and ones that hang take at most twice as long`, {
    timeout: 300_000,
  }, async (context) => {
    await honestMs(); // installed, and the machine has warmed up
    const alone = await honestMs();
    // Sent first, so that in a single line everybody would stand behind them.
    const poison = await Promise.all([
      ...Array.from({ length: POISON }, () => run("crashes")),
      ...Array.from({ length: HANGS }, () => run("hangs")),
    ]);
    const beside = await honestMs();
    const last = await account.detail(poison.at(-1) as string);
    assert.notEqual(last.status, "task_postprocess_end", "there was poison all the time");
    for (const id of poison) {
      const task = await account.ended(id);
      assert.equal(task.status, "task_postprocess_end");
      assert.notEqual(task.pexit, "0");
      assert.equal(task.modelyard.attempts, 1, "a model's own fault is not tried again");
      assert.equal(Number(task.totalcost), 0, "and costs nothing");
    }
    // Once more: other programs on the machine must not decide.
    const again = await honestMs();
    const figures = `alone ${alone.toFixed(0)} and ${again.toFixed(0)} ms, beside ${beside.toFixed(0)} ms`;
    context.diagnostic(figures);
    assert.ok(beside < 2 * Math.max(alone, again), figures);
  });
});
