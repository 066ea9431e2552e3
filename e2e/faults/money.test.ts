/** L2 and L5 at their nightly numbers, over HTTP: many callers at once on one wallet, and under one key. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { USD } from "@modelyard/contract";
import { audit } from "@modelyard/server";
import { caller, STORES, startTestServer } from "@modelyard/testing";
import { choose } from "./support/mode.ts";

const rounds = choose(1, 20);

for (const store of STORES) {
  test(`L2: ${rounds} × 500 runs of $1 at once on $300: 300 are taken, 200 refused with code 97 (${store.kind})`, async (t) => {
    const host = await startTestServer(store);
    t.after(() => host.close());
    for (let round = 0; round < rounds; round++) {
      const { client } = await host.account(300n * USD);
      const results = await Promise.allSettled(Array.from({ length: 500 }, () => client.run("test/dollar", {})));
      const codes = results.map((result) =>
        result.status === "fulfilled" ? 0 : (result.reason as { code: number }).code,
      );
      const counts = Object.fromEntries([0, 97].map((code) => [code, codes.filter((one) => one === code).length]));
      assert.deepEqual(counts, { 0: 300, 97: 200 }, `round ${round}`);
    }
    assert.deepEqual(await audit(host.server.db), []);
  });

  test(`L5: ${rounds} × 100 requests at once under one key: one task, one hold (${store.kind})`, async (t) => {
    const host = await startTestServer(store);
    t.after(() => host.close());
    const account = await host.account(300n * USD);
    const own = caller(host.server.url, account);
    for (let round = 0; round < rounds; round++) {
      const key = { "idempotency-key": `round ${round}` };
      const answers = await Promise.all(Array.from({ length: 100 }, () => own.run("test/dollar", { round }, key)));
      assert.equal(new Set(answers.map(({ taskid }) => taskid)).size, 1, `round ${round}`);
      const again = (await own.call("Run/test/dollar", { round: "another" }, key)).body as { result: boolean };
      assert.equal(again.result, false, "another body under the key is refused");
    }
    const [row] = await host.server.db.all<{ tasks: number; holds: number }>(
      `select (select count(*) from task where account_id = ?) as tasks,
         (select count(*) from ledger_transfer l join task on task.id = l.task_id where task.account_id = ? and l.kind = 'hold') as holds`,
      [account.accountId, account.accountId],
    );
    assert.deepEqual([Number(row?.tasks), Number(row?.holds)], [rounds, rounds]);
    assert.deepEqual(await audit(host.server.db), []);
  });
}
