import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { USD } from "@modelyard/contract";
import { audit } from "@modelyard/server";
import {
  event,
  type FakeWorker,
  fakeWorker,
  finish,
  STORES,
  startTestServer,
  type TestServer,
  WHOLE_RUN,
} from "@modelyard/testing";

/**
 * Each way to corrupt the store, and what the auditor must say. `:done`, `:failed`, `:queued`, `:running` are tasks in those
 * states, `:account` is their owner's account. Run inside a unit that is rolled back.
 */
const CORRUPTIONS: [sql: string, says: RegExp][] = [
  ["delete from queue_entry where task_id = :queued", /limbo: task_queue/],
  ["delete from queue_entry where task_id = :running", /limbo: task_preprocess_start/],
  ["update queue_entry set task_id = :done where task_id = :queued", /still in the queue/],
  ["update queue_entry set task_id = 999999 where task_id = :queued", /queue entry 999999: there is no such task/],
  ["update queue_entry set state = 'ready', worker = null where task_id = :running", /its queue entry ready/],
  ["update queue_entry set state = 'leased', worker = 'w' where task_id = :queued", /its queue entry leased/],
  ["update queue_entry set worker = null where task_id = :running", /leased with worker null/],
  ["update queue_entry set attempts = 4, epoch = 4 where task_id = :running", /has 4 attempts/],
  ["update queue_entry set attempts = 2, epoch = 2 where task_id = :running", /attempt 1, its queue entry says 2/],
  ["update queue_entry set lease_until = lease_until + 3600000 where task_id = :running", /its lease runs/],
  ["update task set attempts = 4 where id = :done", /attempted 4 times/],
  ["update task set status = 'task_queue' where id = :done", /in limbo/],
  [
    "update task set status = 'task_cancel' where id = :done",
    /log leads to task_postprocess_end, its row says task_cancel/,
  ],
  ["update task set status = 'task_output' where id = :running", /log leads to task_preprocess_start/],
  ["update task set last_event = last_event + 1 where id = :done", /log ends with event/],
  ["delete from task_event where task_id = :done and seq = 1", /event 2 follows event 0/],
  ["delete from task_event where task_id = :done and seq = 2", /event 3 follows event 1/],
  ["delete from task_event where task_id = :running", /log leads to nothing/],
  ["update task_event set seq = 50 where task_id = :queued", /row of its log is numbered 50/],
  [
    "update task_event set events = replace(events, 'task_queue', 'task_start') where task_id = :queued",
    /is not possible in a new task/,
  ],
  [
    "update task_event set events = replace(events, 'task_postprocess_end', 'task_accept') where task_id = :done",
    /task_accept\) is not possible/,
  ],
  [
    "insert into task_event (task_id, seq, events) select 999999, seq, events from task_event where task_id = :queued",
    /log of task 999999/,
  ],
  ["update task set cost = cost + 1 where id = :done", /ledger captured/],
  ["update task set cost = null where id = :done", /exit code "0".*cost null/],
  ["update task set cost = 0 where id = :failed", /exit code "3".*cost 0/],
  ["update task set pexit = '1' where id = :done", /exit code "1"/],
  ["update task set pexit = '0' where id = :failed", /exit code "0".*cost null/],
  ["update task set pexit = '' where id = :failed", /without an exit code/],
  ["update task set pexit = '0' where id = :running", /it runs, but has the exit code 0/],
  ["update task set hold = hold + 1 where id = :queued", /its hold is/],
  ["delete from task where id = :done", /transfer of task \d+: there is no such task/],
  ["update wallet set available = available + 1 where account_id = :account", /available is/],
  ["update wallet set held = held + 1 where account_id = :account", /held is/],
  ["update wallet set active = active + 1 where account_id = :account", /active is/],
  ["delete from wallet where account_id = :account", /wallet:\d+ belongs to no wallet/],
  [add("capture", ":done", "hold:", "revenue:test", 0, 1), /its capture of 0 goes to revenue/],
  [add("capture", ":done", "hold:", "revenue:other", 1, 1), /its cost is .*, the ledger captured/],
  [add("capture", ":failed", "hold:", "revenue:test", 5), /ledger captured 5/],
  [add("capture", ":running", "hold:", "revenue:test", 5), /it runs, but its hold was resolved/],
  [add("release", ":queued", "hold:", "wallet:", 5), /it runs, but its hold was resolved/],
  [add("release", ":failed", "hold:", "wallet:", 5, 1), /2 transfers of kind release/],
  [add("hold", ":done", "wallet:", "hold:", 5, 1), /2 transfers of kind hold/],
  [add("refund", ":done", "hold:", "wallet:", 5), /transfer of kind refund/],
  [add("capture", ":failed", "hold:", "wallet:", 0), /its capture goes from/],
  [add("topup", "null", "platform:topup", "wallet:", 5), /available is/],
];

/** SQL of a further transfer; accounts that end with a colon are the test account's. */
function add(kind: string, task: string, debit: string, credit: string, amount: number, seq = 0): string {
  const name = (account: string) => (account.endsWith(":") ? `'${account}' || :account` : `'${account}'`);
  return `insert into ledger_transfer (debit, credit, amount, kind, task_id, seq, note, created_at)
    values (${name(debit)}, ${name(credit)}, ${amount}, '${kind}', ${task}, ${seq}, '', 0)`;
}

class Undo extends Error {}

for (const store of STORES) {
  describe(`audit on ${store.kind}`, () => {
    let host: TestServer;
    let worker: FakeWorker;
    const ids: Record<string, number> = {};
    before(async () => {
      host = await startTestServer(store);
      const { client, accountId } = await host.account(50n * USD);
      worker = await fakeWorker(host.server, { slots: 1 });
      ids.account = accountId;
      const start = async () => Number((await client.run("test/echo", { prompt: "x" })).taskid);
      ids.done = await start();
      assert.ok(await worker.report(await worker.next("assign"), 1, WHOLE_RUN, finish({ elapsedMs: 1 })));
      ids.failed = await start();
      assert.ok(await worker.report(await worker.next("assign"), 1, WHOLE_RUN, finish({ exitCode: 3 })));
      ids.running = await start();
      assert.ok(await worker.report(await worker.next("assign"), 1, [event("task_preprocess_start")]));
      ids.queued = await start();
    });
    after(async () => {
      await worker.close();
      await host.close();
    });

    test("a sound store has no faults", async () => {
      assert.deepEqual(await audit(host.server.db), []);
    });

    for (const [sql, says] of CORRUPTIONS) {
      test(sql.replace(/\s+/g, " "), async () => {
        const { db } = host.server;
        const text = sql.replace(/:(\w+)/g, (_, name: string) => String(ids[name]));
        let found: string[] = [];
        const undone = db.write(async (tx) => {
          await tx.run(text, []);
          const seen = { ...db, all: tx.all, q: tx.q, now: async () => tx.now };
          found = (await audit(seen)).map(({ subject, message }) => `${subject}: ${message}`);
          throw new Undo();
        });
        await assert.rejects(undone, Undo);
        assert.ok(
          found.some((fault) => says.test(fault)),
          found.join("\n") || "nothing was found",
        );
      });
    }

    test("after every rollback the store is sound again", async () => {
      assert.deepEqual(await audit(host.server.db), []);
    });
  });
}
