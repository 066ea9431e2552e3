/** Lists and counts over a long history: right, and from indexes (issue 6: 50 ms a page; the times are printed, the plans are checked). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { STORES, startTestServer } from "@modelyard/testing";

const TASKS = 100_000;

for (const store of STORES) {
  test(`pages and counts over ${TASKS} tasks are right, and read no row that they do not show (${store.kind})`, async (t) => {
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
    // Each twentieth cancelled; of the others each seventh failed; three projects, four models; i counts from the oldest on.
    await db.write((tx) =>
      tx.run(
        `${numbers} insert into task (token, account_id, project_id, model_id, version, status, inputs, parameters, callback_url,
         price_method, price, hold, cost, pexit, last_event, created_at, postprocess_end_at)
         select 'historyhistoryhistory' || (100000000 + i), ${id}, i % 3 + 1, i % 4 + 1, 'v',
         case when i % 20 = 0 then 'task_cancel' else 'task_postprocess_end' end, '{}', '{"prompt":"Number ' || i || '."}', '', 'cpr',
         100, 100, case when i % 10 = 0 then 0 else 100 end, case when i % 20 = 0 then '' when i % 7 = 0 then '1' else '0' end, 1,
         ${now} - (${TASKS} - i) * 25000, ${now} - (${TASKS} - i) * 25000 from n`,
        [],
      ),
    );
    for (const [tag, nth] of [
      ["second", 2],
      ["thousandth", 1000],
    ])
      await db.write((tx) =>
        tx.run(
          `${numbers} insert into task_tag (account_id, tag, task_id)
           select t.account_id, '${tag}', t.id from n join task t on t.token = 'historyhistoryhistory' || (100000000 + i)
           where i % ${nth} = 0`,
          [],
        ),
      );
    // As autovacuum does sooner or later.
    if (db.kind === "postgres") for (const table of ["task", "task_tag"]) await db.all(`vacuum analyze ${table}`, []);

    const numberedBy = (wanted: (i: number) => boolean) =>
      Array.from({ length: TASKS }, (_, n) => n + 1).filter(wanted);
    const isFailed = (i: number) => i % 20 !== 0 && i % 7 === 0;
    const isDone = (i: number) => i % 20 !== 0 && i % 7 !== 0;
    const threeDays = (now - 3 * 86_400_000) / 1000;
    const newest = (i: number) => i > TASKS - 20_000;
    const cases: [fields: object, wanted: (i: number) => boolean][] = [
      [{}, () => true],
      [{ start: 90_000 }, () => true],
      [{ status: "active" }, () => false],
      [{ status: "done" }, isDone],
      [{ status: "failed" }, isFailed],
      [{ status: "cancelled" }, (i) => i % 20 === 0],
      [{ projectid: 2 }, (i) => i % 3 === 1],
      [{ projectid: 2, status: "done" }, (i) => i % 3 === 1 && isDone(i)],
      [{ from: Math.ceil(threeDays) }, (i) => now - (TASKS - i) * 25_000 >= Math.ceil(threeDays) * 1000],
      [{ search: "number 777" }, (i) => newest(i) && `number ${i}.`.includes("number 777")],
      [{ search: "number 9999", status: "failed" }, (i) => isFailed(i) && `number ${i}.`.includes("number 9999")],
      [{ search: "no such words" }, () => false],
      [{ tags: "second" }, (i) => i % 2 === 0],
      [{ tags: "thousandth" }, (i) => i % 1000 === 0],
      [{ tags: ["second", "thousandth"], status: "failed" }, (i) => i % 1000 === 0 && isFailed(i)],
      [
        { tags: "second", search: "number 7777" },
        (i) => i > 60_000 && i % 2 === 0 && `number ${i}.`.includes("number 7777"),
      ],
      [{ tags: "no such tag" }, () => false],
      [{ costfrom: "0.00000005", projectid: 1 }, (i) => i % 3 === 0 && i % 10 !== 0],
    ];
    const texts = new Map<string, readonly unknown[]>();
    const all = db.all.bind(db);
    db.all = (text, params) => {
      texts.set(text, params);
      return all(text, params);
    };
    const times: string[] = [];
    // A server that has answered before: its connections and caches are there.
    await member.api("Task/List");
    for (const [fields, wanted] of cases) {
      const began = performance.now();
      const { body } = await member.api("Task/List", fields);
      times.push(`${JSON.stringify(fields)} ${(performance.now() - began).toFixed(0)}`);
      let numbers = numberedBy(wanted);
      if ("costfrom" in fields) numbers = numbers.slice(-18_000);
      assert.equal(body.total, String(numbers.length), JSON.stringify(fields));
      const start = "start" in fields ? Number(fields.start) : 0;
      const page = numbers.toReversed().slice(start, start + 20);
      const shown = body.tasklist.map(({ parameters }: { parameters: { prompt: string } }) => parameters.prompt);
      assert.deepEqual(
        shown,
        page.map((i) => `Number ${i}.`),
        JSON.stringify(fields),
      );
    }
    const began = performance.now();
    const { body: counted } = await member.api("Task/Stat");
    times.push(`Stat ${(performance.now() - began).toFixed(0)}`);
    db.all = all;
    t.diagnostic(`${store.kind}, ms with sign-in: ${times.join(", ")}`);
    assert.equal(counted.total, String(TASKS));
    assert.equal(counted.stat.task_cancel, String(TASKS / 20));

    const lists = [...texts].filter(([text]) => / from task t where /.test(text) && !/parameters|cost >=/.test(text));
    assert.ok(lists.length >= 10, `${lists.length}`);
    for (const [text, params] of lists) {
      const explain = db.kind === "sqlite" ? "explain query plan" : "explain";
      const rows = await all<Record<string, string>>(`${explain} ${text}`, params as never);
      const plan = rows.flatMap(Object.values).join("\n");
      assert.doesNotMatch(plan, /SCAN (task|t)\b(?! USING)|Seq Scan on task\b/, `${text}\n${plan}`);
    }
  });
}
