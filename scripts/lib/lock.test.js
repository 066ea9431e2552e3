import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { withLock } from "./lock.js";

async function lockPath(t) {
  const folder = await mkdtemp(join(tmpdir(), "modelyard-lock-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "a.lock");
}

test("only one holder at a time, across processes", { timeout: 30_000 }, async (t) => {
  const path = await lockPath(t);
  const program = `
    import { withLock } from ${JSON.stringify(new URL("lock.js", import.meta.url).href)};
    import { setTimeout as sleep } from "node:timers/promises";
    await withLock(${JSON.stringify(path)}, async () => {
      process.stdout.write("in\\n");
      await sleep(100);
      process.stdout.write("out\\n");
    });`;
  let seen = "";
  const children = Array.from({ length: 4 }, () => spawn(process.execPath, ["--input-type=module", "-e", program]));
  for (const child of children) child.stdout.on("data", (chunk) => (seen += chunk));
  const codes = await Promise.all(children.map(async (child) => (await once(child, "close"))[0]));
  assert.deepEqual(codes, [0, 0, 0, 0]);
  assert.equal(seen, "in\nout\n".repeat(4));
  assert.equal(existsSync(path), false);
});

test("a dead owner's lock is taken over", async (t) => {
  const path = await lockPath(t);
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  await writeFile(path, `${child.pid} 1\n`);
  assert.equal(await withLock(path, async () => "done"), "done");
});

test("a reused pid does not keep a lock alive", { skip: process.platform !== "linux" }, async (t) => {
  const path = await lockPath(t);
  await writeFile(path, `${process.pid} 1\n`);
  assert.equal(await withLock(path, async () => "done"), "done");
});

test("the lock is released when the work fails", async (t) => {
  const path = await lockPath(t);
  await assert.rejects(
    withLock(path, async () => {
      throw new Error("no");
    }),
    /no/,
  );
  assert.equal(existsSync(path), false);
});
