/** Fault matrix: the disk fails (EIO) when data is to be made durable (T1). */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { allEnded, startLoad } from "./support/load.ts";
import { choose, seeded } from "./support/mode.ts";
import { until } from "./support/programs.ts";
import { noStrace } from "./support/root.ts";
import { Site } from "./support/site.ts";

const rounds = choose(2, 50);

/** From now on every fsync of the process answers EIO. Resolves once it holds. */
async function failFsync(pid: number): Promise<ChildProcess> {
  const child = spawn(
    "strace",
    ["-f", "-p", String(pid), "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO"],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await until("strace is attached", 10_000, () => said.includes("attached"));
  return child;
}

test(`${rounds} times the disk fails: the server ends with code 70 instead of pretending, and what it acknowledged is there`, {
  skip: noStrace("a disk that fails"),
}, async (t) => {
  const { random } = seeded(t);
  const site = await Site.start(t);
  await site.worker("w", 4);
  const acked = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    const load = startLoad(site, { callers: 4, random, ms: 200, pauseMs: 20 });
    await until("some run", 20_000, () => load.acked.size >= 5);
    await sleep(random(500));
    const server = site.server as NonNullable<Site["server"]>;
    const tracer = await failFsync(server.pid);
    await until("the server ends", 20_000, () => server.child.exitCode !== null || server.child.signalCode !== null);
    if (tracer.exitCode === null) await once(tracer, "exit");
    assert.equal(server.child.exitCode, 70, server.output().slice(-1_000));
    assert.match(server.output(), /the database file cannot be written/);
    const before = load.acked.size;
    await site.startServer();
    await until("it takes runs again", 20_000, () => load.acked.size > before);
    await load.stop();
    for (const id of load.acked) acked.add(id);
  }
  await allEnded(site, acked, 60_000);
  const tasks = await site.verdict(acked);
  t.diagnostic(`${rounds} failures: ${acked.size} acknowledged, 0 lost; ${tasks.length} tasks in the store`);
});
