/** Fault matrix: the process dies between two writes of a migration (T9). */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate as immediate } from "node:timers/promises";
import { audit } from "@modelyard/server";
import { openDatabase } from "@modelyard/server/parts";
import { REPOSITORY, temporaryFolder } from "@modelyard/testing";
import { choose, seeded } from "./support/mode.ts";

const OPENER = join(REPOSITORY, "packages/server/src/db/fixtures/open-and-hold.ts");
const rounds = choose(6, 200);
/** Bytes of the write-ahead log when all migrations are through, as measured: 795 KB. */
const LOG_BYTES = 780_000;

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** Opens the store in a process that is killed once its log has this many bytes. Resolves to whether that was before it was open. */
async function openAndDie(dataDir: string, bytes: number): Promise<boolean> {
  const child = spawn(process.execPath, [OPENER, dataDir], { stdio: ["ignore", "pipe", "ignore"] });
  const exited = once(child, "exit");
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const log = join(dataDir, "modelyard.sqlite-wal");
  const limit = performance.now() + 20_000;
  while (said === "" && sizeOf(log) < bytes && performance.now() < limit) await immediate();
  child.kill("SIGKILL");
  await exited;
  assert.match(said, /^(open\n)?$/);
  return said === "";
}

test(`${rounds} kills at a random byte of the migrations: the next start finishes them`, async (t) => {
  const { random } = seeded(t);
  let killed = 0;
  for (let round = 0; round < rounds; round++) {
    const dataDir = temporaryFolder("migrating");
    // Up to three deaths in a row: what the first one left is the second one's start.
    for (let death = 0; death <= random(3); death++) {
      if (await openAndDie(dataDir, random(LOG_BYTES))) killed++;
    }
    const db = await openDatabase({ url: undefined, dataDir });
    try {
      assert.deepEqual(await audit(db), []);
      const integrity = await db.all<{ integrity_check: string }>("pragma integrity_check", []);
      assert.deepEqual(
        integrity.map((row) => row.integrity_check),
        ["ok"],
      );
      const [row] = await db.all<{ n: number }>("select count(*) as n from migration", []);
      assert.ok(Number(row?.n) >= 16, `${row?.n} migrations`);
    } finally {
      await db.close();
    }
  }
  assert.ok(killed > 0, "no kill hit a migration");
  t.diagnostic(`${killed} kills in ${rounds} stores, every one finished by the next start`);
});
