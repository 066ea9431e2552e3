/** One SQLite file, one process: whoever comes second is refused, whoever comes after a dead one is not. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@modelyard/testing";
import { openDatabase } from "./open.ts";

const HOLDER = fileURLToPath(new URL("fixtures/open-and-hold.ts", import.meta.url));

/** A process that opens the store; resolves to its first line. */
async function opener(t: TestContext, dataDir: string): Promise<{ child: ChildProcess; says: string }> {
  const child = spawn(process.execPath, [HOLDER, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, says: String(line).trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

const mine = (dataDir: string) => openDatabase({ url: undefined, dataDir });

test("a second process is refused while the first lives, and let in once it is dead", async (t) => {
  const dataDir = temporaryFolder("lock");
  const first = await opener(t, dataDir);
  assert.equal(first.says, "open");
  await assert.rejects(
    mine(dataDir),
    new RegExp(`another Modelyard server \\(process ${first.child.pid}\\) already uses`),
  );
  assert.match((await opener(t, dataDir)).says, /^refused: another Modelyard server/);
  await kill(first.child);
  const db = await mine(dataDir);
  await assert.rejects(mine(dataDir), /already uses/, "not twice in one process, either");
  await db.write((tx) => tx.run("insert into setting (key, value) values ('a', 'b')", []));
  assert.match((await opener(t, dataDir)).says, /^refused/);
  await db.close();
  assert.equal((await opener(t, dataDir)).says, "open");
});

test("a stopped holder is not a dead one", async (t) => {
  const dataDir = temporaryFolder("lock");
  const { child } = await opener(t, dataDir);
  child.kill("SIGSTOP");
  await assert.rejects(mine(dataDir), /already uses/);
  child.kill("SIGCONT");
});

test("of many that start at once after a crash exactly one gets in", async (t) => {
  for (let round = 0; round < 3; round++) {
    const dataDir = temporaryFolder("lock");
    await kill((await opener(t, dataDir)).child);
    const all = await Promise.all(Array.from({ length: 6 }, () => opener(t, dataDir)));
    assert.equal(all.filter(({ says }) => says === "open").length, 1, all.map(({ says }) => says).join("\n"));
    for (const { child } of all) child.kill("SIGKILL");
  }
});
