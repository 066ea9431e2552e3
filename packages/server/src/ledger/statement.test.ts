import assert from "node:assert/strict";
import { test } from "node:test";
import { STORES, startTestServer } from "@modelyard/testing";
import { monthStart, reached } from "./service-caps.ts";

/** Tasks in the history that every page of a statement must be quick over (issue 6: 50 ms; measured 2026-11: see docs/operate/accounts.md). */
const TASKS = 100_000;

for (const store of STORES) {
  test(`statements over ${TASKS} tasks read the index of charged tasks and nothing else (${store.kind})`, async (t) => {
    const host = await startTestServer(store);
    t.after(() => host.close());
    const { db } = host.server;
    const member = await host.member();
    const uuid = (await member.account("Me")).body.account.uuid;
    const [account] = await db.all<{ id: number }>("select id from account where uuid = ?", [uuid]);
    const id = account?.id as number;
    const now = Date.now();
    const numbers =
      db.kind === "sqlite"
        ? `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${TASKS})`
        : `with n(i) as (select cast(generate_series(1, ${TASKS}) as bigint))`;
    // A month of history: tasks of three projects, five keys and one model, one in ten of them free.
    await db.write((tx) =>
      tx.run(
        `${numbers} insert into task (token, account_id, project_id, key_id, model_id, version, status, inputs, parameters, callback_url,
         price_method, price, hold, cost, last_event, created_at, postprocess_end_at)
         select 'statement-' || i, ${id}, i % 3 + 1, i % 5, 1, 'v', 'task_postprocess_end', '{}', '{}', '', 'cpr', 100, 100,
         case when i % 10 = 0 then 0 else 100 end, 1, ${now} - i * 25000, ${now} - i * 25000 from n`,
        [],
      ),
    );
    // As autovacuum does sooner or later.
    if (db.kind === "postgres") await db.all("vacuum analyze task", []);

    const texts: string[] = [];
    const all = db.all.bind(db);
    db.all = (text, params) => {
      texts.push(text);
      return all(text, params);
    };
    const times: string[] = [];
    for (const by of ["day", "project", "key", "model", "member", "task", "day"]) {
      const began = performance.now();
      const { lines } = (await member.api("Wallet/Statement", { by })).body;
      times.push(`${by} ${(performance.now() - began).toFixed(0)} ms`);
      assert.ok(lines.length > 0, by);
    }
    db.all = all;
    t.diagnostic(`${store.kind}, with sign-in: ${times.join(", ")}`);

    const charged = [...new Set(texts)].filter((text) => / from task where /.test(text));
    assert.equal(charged.length, 7, "a total and six ways to group");
    for (const text of charged) {
      const params = text
        .split("?")
        .slice(1)
        .map(() => id);
      const rows = await all<Record<string, string>>(
        db.kind === "sqlite" ? `explain query plan ${text}` : `explain ${text}`,
        params,
      );
      const plan = rows.flatMap(Object.values).join("\n");
      // The member is not in the index: each of its rows is looked up.
      if (db.kind === "sqlite") assert.match(plan, /USING COVERING INDEX task_charges/, `${text}\n${plan}`);
      assert.doesNotMatch(plan, /SCAN task\b|Seq Scan on task\b/, `${text}\n${plan}`);
    }
    const transfers = await all<Record<string, string>>(
      `${db.kind === "sqlite" ? "explain query plan" : "explain"} select id from ledger_transfer where task_id is null and credit = ? and id < ? order by id desc limit ?`,
      ["wallet:1", 100, 10],
    );
    if (db.kind === "sqlite") assert.match(JSON.stringify(transfers), /ledger_transfer_by_credit/);
  });
}

test("months begin at midnight UTC, and thresholds are told at or above them", () => {
  assert.equal(monthStart(Date.UTC(2026, 1, 28, 23, 59)), Date.UTC(2026, 1, 1));
  assert.equal(monthStart(Date.UTC(2027, 0, 1)), Date.UTC(2027, 0, 1));
  assert.deepEqual(
    [0n, 49n, 50n, 79n, 80n, 99n, 100n, 101n].map((used) => reached(used, 100n)),
    [0, 0, 50, 50, 80, 80, 100, 100],
  );
});
