import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { STORES, temporaryFolder } from "@modelyard/testing";
import type { Database, Tx } from "./database.ts";
import { StorageFullError } from "./database.ts";
import { migrate } from "./migrate.ts";
import { openDatabase } from "./open.ts";
import { openPostgres } from "./postgres.ts";
import { openSqlite } from "./sqlite.ts";

for (const store of STORES) {
  describe(`units of work on ${store.kind}`, () => {
    const dataDir = temporaryFolder("db");
    let place: Awaited<ReturnType<typeof store.create>>;
    let db: Database;
    before(async () => {
      place = await store.create();
      db = await openDatabase({ url: place.url, dataDir });
    });
    after(async () => {
      await db.close();
      await place.drop();
    });

    const put = (tx: Tx, key: string, value = "x") =>
      tx.run("insert into setting (key, value) values (?, ?)", [key, value]);
    const keys = async (prefix: string) =>
      (await db.all<{ key: string }>("select key from setting where key like ? order by key", [`${prefix}%`])).map(
        ({ key }) => key,
      );

    test("a column that a newer server adds breaks no statement that was prepared before", async () => {
      const read = () => db.all("select * from worker_token where name = ?", ["nobody"]);
      const write = () =>
        db.write(async (tx) => {
          await put(tx, `grown-${Math.random()}`);
          return tx.all("select * from worker_token where name = ?", ["nobody"]);
        });
      await Promise.all([read(), read(), write()]);
      for (const column of ["one", "two"]) {
        await db.write((tx) => tx.q.schema.alterTable("worker_token").addColumn(column, "text").execute());
        assert.deepEqual(await Promise.all([read(), read(), write(), write()]), [[], [], [], []]);
      }
      assert.equal((await keys("grown-")).length, 5, "each unit counts once");
    });

    test("a unit that throws leaves no trace, and its neighbours all of theirs", async () => {
      await db.write((tx) => put(tx, "taken"));
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) =>
          db.write(async (tx) => {
            await put(tx, `neighbour-${String(n).padStart(2, "0")}`);
            if (n % 3 === 1) throw new RangeError("no");
            if (n % 3 === 2) await put(tx, "taken"); // a constraint refuses it
            return n;
          }),
        ),
      );
      const kept = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      assert.deepEqual(kept, [0, 3, 6, 9, 12, 15, 18]);
      assert.ok(results[1]?.status === "rejected" && results[1].reason instanceof RangeError);
      assert.deepEqual(
        await keys("neighbour-"),
        kept.map((n) => `neighbour-${String(n).padStart(2, "0")}`),
      );
    });

    test("afterCommit runs once the unit can be seen from outside, and never for one that was rolled back", async () => {
      const outside = place.url ? openPostgres(place.url) : db;
      const seen: string[] = [];
      const looks: Promise<void>[] = [];
      const look = (key: string) => async () => {
        const rows = await outside.all("select key from setting where key = ?", [key]);
        seen.push(`${key}: ${rows.length}`);
      };
      let early: unknown[] = [1];
      await db.write(async (tx) => {
        await put(tx, "after-1");
        tx.afterCommit(() => looks.push(look("after-1")()));
        early = await outside.all("select key from setting where key = 'after-1'", []);
      });
      await assert.rejects(
        db.write(async (tx) => {
          await put(tx, "after-2");
          tx.afterCommit(() => looks.push(look("after-2")()));
          throw new Error("no");
        }),
      );
      await Promise.all(looks);
      assert.deepEqual([early, seen], [[], ["after-1: 1"]]);
      if (outside !== db) await outside.close();
    });

    test("a chained unit sees what made it possible; units nest without waiting for themselves", async () => {
      let chained: Promise<string[]> | undefined;
      await db.write(async (tx) => {
        await put(tx, "chain-1");
        tx.chain(() => {
          chained = db.write(async (next) =>
            (await next.all<{ key: string }>("select key from setting where key = 'chain-1'", [])).map(
              ({ key }) => key,
            ),
          );
        });
      });
      assert.deepEqual(await chained, ["chain-1"]);
    });

    test("increments that race are all counted", async () => {
      await db.write((tx) => put(tx, "count", "0"));
      const add = (tx: Tx) =>
        tx.run("update setting set value = cast(cast(value as integer) + 1 as text) where key = 'count'", []);
      await Promise.all(Array.from({ length: 300 }, () => db.write(add)));
      assert.deepEqual(
        await db.all("select value from setting where key = 'count'", []).then((rows) => rows.map((row) => row.value)),
        ["300"],
      );
    });

    test("ledger entries can be neither changed nor removed", async () => {
      const insert =
        "insert into ledger_transfer (debit, credit, amount, kind, task_id, note, created_at) values ('platform:topup', 'wallet:1', 5, 'topup', ?, '', 0)";
      await db.write((tx) => tx.run(insert, [null]));
      for (const text of [
        "update ledger_transfer set amount = 6",
        "update ledger_transfer set note = 'x'",
        "delete from ledger_transfer",
      ]) {
        await assert.rejects(
          db.write((tx) => tx.run(text, [])),
          /append-only/,
          text,
        );
      }
      // The same transfer of one task cannot be written twice.
      await db.write((tx) => tx.run(insert, [77]));
      await assert.rejects(
        db.write((tx) => tx.run(insert, [77])),
        /unique/i,
      );
      await assert.rejects(
        db.write((tx) => tx.run(insert.replace(" 5,", " -5,"), [78])),
        /check/i,
      );
    });

    test("time is the database's and does not run backwards", async () => {
      const times: number[] = [];
      for (let n = 0; n < 5; n++) times.push(await db.write(async (tx) => tx.now), await db.now());
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
      assert.ok(times.every(Number.isInteger));
    });

    test("no room: the unit is refused as StorageFullError, nothing of it is kept, and it works again when there is room", async () => {
      const full = store.kind === "sqlite" ? fillSqlite : raiseDiskFull;
      const free = await full(db);
      const big = "x".repeat(200_000);
      await assert.rejects(
        db.write((tx) => (free.refuse ? free.refuse(tx) : put(tx, "full-1", big))),
        StorageFullError,
      );
      assert.deepEqual(await keys("full-"), [], "reads still work");
      await free.release();
      await db.write((tx) => put(tx, "full-2", big));
      assert.deepEqual(await keys("full-"), ["full-2"]);
    });
  });

  describe(`migrations on ${store.kind}`, () => {
    const open = (url: string | undefined, dataDir: string) =>
      url ? openPostgres(url) : openSqlite(`${dataDir}/modelyard.sqlite`);

    test("one that broke off leaves nothing and runs again; a second start changes nothing", async (t) => {
      const { url, drop } = await store.create();
      t.after(drop);
      const dataDir = temporaryFolder("migrate");
      const db = open(url, dataDir);
      t.after(() => db.close());
      // A table of the same name half-way through makes the migration fail there.
      await db.write((tx) => tx.run("create table task_event (x text)", []));
      await assert.rejects(migrate(db), /task_event/);
      assert.deepEqual(await db.all("select name from migration", []), []);
      await assert.rejects(db.all("select 1 from account", []), "earlier tables of the same migration are gone, too");
      await db.write((tx) => tx.run("drop table task_event", []));
      await migrate(db);
      const applied = await db.all("select name, applied_at from migration order by name", []);
      assert.ok(applied.length > 0);
      await migrate(db);
      assert.deepEqual(await db.all("select name, applied_at from migration order by name", []), applied);
    });

    test("a store of a newer release is refused, untouched", async (t) => {
      const { url, drop } = await store.create();
      t.after(drop);
      const dataDir = temporaryFolder("migrate");
      const db = await openDatabase({ url, dataDir });
      await db.write((tx) => tx.run("insert into migration (name, applied_at) values ('9999-future', 0)", []));
      await db.close();
      await assert.rejects(openDatabase({ url, dataDir }), /newer Modelyard \(9999-future\)/);
    });

    test("starts at the same moment migrate once", {
      skip: store.kind === "sqlite" && "one process at a time",
    }, async (t) => {
      const { url, drop } = await store.create();
      t.after(drop);
      const opened = await Promise.all(
        Array.from({ length: 4 }, () => openDatabase({ url, dataDir: temporaryFolder("migrate") })),
      );
      await Promise.all(opened.map((db) => db.close()));
    });
  });
}

interface Full {
  /** What fails for want of room, where a large insert does not. */
  refuse?: (tx: Tx) => Promise<number>;
  release(): Promise<void>;
}

async function fillSqlite(db: Database): Promise<Full> {
  const pages = async (text: string) =>
    Object.values((await db.write((tx) => tx.all<Record<string, number>>(text, [])))[0] ?? {})[0] ?? 0;
  const now = await pages("pragma page_count");
  await pages(`pragma max_page_count = ${now + 8}`);
  return { release: async () => void (await pages("pragma max_page_count = 1073741823")) };
}

/** A real full disk is in e2e/faults; here the engine says what it says then. */
async function raiseDiskFull(): Promise<Full> {
  const raise = "do $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$";
  return { refuse: (tx) => tx.run(raise, []), release: async () => {} };
}
