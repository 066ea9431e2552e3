/** `modelyard backup`, as docs/operate/backup.md has it: a copy of a server that runs becomes a server. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  caller,
  type FirstRunFile,
  type Platform,
  REPOSITORY,
  startPlatform,
  temporaryFolder,
} from "@modelyard/testing";

const MAIN = join(REPOSITORY, "packages/cli/bin/modelyard.js");
const started: Platform[] = [];
after(() => Promise.all(started.map((platform) => platform.stop())));

function modelyard(...args: string[]) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8", env });
  return { code: status, out: stdout, err: stderr };
}

const keyOf = (file: FirstRunFile) => file.projects.find(({ auth }) => auth === "apikey") as { apiKey: string };
const contentOf = async ({ outputs }: { outputs: readonly object[] }) =>
  (await fetch((outputs[0] as { url: string }).url)).text();

test("a backup of a server that runs, taken twice, is a server again with its master key, and none without", async (t) => {
  const dataDir = temporaryFolder("backup-data");
  const first = await startPlatform({ dataDir });
  started.push(first);
  if (!existsSync(join(dataDir, "modelyard.sqlite"))) return t.skip("the store is PostgreSQL: pg_dump copies it");
  const own = caller(first.url, keyOf(first.firstRun));
  const run = async (prompt: string) => own.ended((await own.run("test/echo", { prompt })).taskid);
  const kept = await run("kept");
  const deleted = await run("deleted");

  const target = join(temporaryFolder("backup"), "copy");
  const one = modelyard("backup", target, "--data", dataDir);
  assert.equal(one.code, 0, one.err);
  assert.match(one.out, /holds the database \(\d+\.\d MB\) and 2 files, 2 of them new/);
  await own.call("Task/InputOutputDelete", { taskid: deleted.id });
  const late = await run("late");
  const two = modelyard("backup", target, "--data", dataDir);
  assert.match(two.out, /and 2 files, 1 of them new/, two.err);
  await run("after the backup");
  assert.deepEqual(readdirSync(target).sort(), ["backup.json", "blobs", "modelyard.sqlite"], "no key is in it");
  await first.stop();
  assert.equal(modelyard("backup", target, "--data", dataDir).code, 0, "also of a server that does not run");

  const restored = join(temporaryFolder("backup-restored"), "data");
  cpSync(target, restored, { recursive: true });
  await assert.rejects(startPlatform({ dataDir: restored }), /the master key is not the one this store was made with/);
  for (const name of ["master.key", "first-run.json"]) copyFileSync(join(dataDir, name), join(restored, name));
  const second = await startPlatform({ dataDir: restored });
  started.push(second);
  const again = caller(second.url, keyOf(second.firstRun));
  for (const [task, text] of [
    [kept, "kept"],
    [late, "late"],
  ] as const)
    assert.equal(await contentOf(await again.detail(task.id)), text);
  assert.deepEqual((await again.detail(deleted.id)).outputs, []);
  assert.equal((await again.ended((await again.run("test/echo", { prompt: "new" })).taskid)).pexit, "0");
  const audit = modelyard("audit", "--data", restored, "--url", second.url);
  assert.equal(audit.code, 0, audit.out + audit.err);
});

test("a backup goes to no folder that holds anything else", async () => {
  const dataDir = temporaryFolder("backup-refused");
  const platform = await startPlatform({ dataDir, args: ["--no-worker"] });
  started.push(platform);
  const other = temporaryFolder("backup-other");
  writeFileSync(join(other, "letter.txt"), "mine");
  for (const [target, why] of [
    [other, /is not empty, and no backup/],
    [dataDir, /is inside of the data folder/],
    [join(dataDir, "copy"), /is inside of the data folder/],
  ] as const) {
    const { code, err } = modelyard("backup", target, "--data", dataDir);
    assert.equal(code, 1);
    assert.match(err, why);
  }
  assert.deepEqual(readdirSync(other), ["letter.txt"]);
  assert.match(modelyard("backup", join(other, "x"), "--data", other).err, /is no server's data folder/);
});
