/** Fault matrix: file descriptors run out on the server; the worker hardly gets a processor (T9, T11). */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { allEnded, startLoad } from "./support/load.ts";
import { choose, seeded } from "./support/mode.ts";
import { processesOf, until } from "./support/programs.ts";
import { Site } from "./support/site.ts";

const DESCRIPTORS = 128;
const rounds = choose(1, 20);

const descriptorsOf = (site: Site): number => readdirSync(`/proc/${site.server?.pid}/fd`).length;

test(`${rounds} times the server runs out of file descriptors: it lives, says no, and recovers`, async (t) => {
  const { random } = seeded(t);
  const site = await Site.start(t, { server: { under: ["prlimit", `--nofile=${DESCRIPTORS}:${DESCRIPTORS}`, "--"] } });
  await site.worker("w", 4);
  const acked = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    const load = startLoad(site, { callers: 3, random, ms: 100, pauseMs: 30 });
    await until("some run", 20_000, () => load.acked.size >= 5);
    const { port } = new URL(site.url);
    const held: Socket[] = [];
    for (let n = 0; n < DESCRIPTORS * 2; n++) {
      const socket = connect(Number(port), "127.0.0.1");
      socket.on("error", () => {});
      // Half a request each, so that nothing of it is over before its time.
      socket.write("POST /v1/Task/Stat HTTP/1.1\r\nhost: x\r\n");
      held.push(socket);
    }
    await until("all descriptors are taken", 10_000, () => descriptorsOf(site) >= DESCRIPTORS - 2);
    await sleep(2_000);
    assert.equal(site.server?.child.exitCode, null, site.server?.output().slice(-2_000));
    for (const socket of held) socket.destroy();
    const before = load.acked.size;
    await until("it takes runs again", 30_000, () => load.acked.size > before + 3);
    await load.stop();
    for (const id of load.acked) acked.add(id);
  }
  await allEnded(site, acked, 60_000);
  const tasks = await site.verdict(acked);
  assert.deepEqual(
    tasks.filter(({ pexit }) => pexit !== "0").map(({ id }) => id),
    [],
  );
  t.diagnostic(`${rounds} times full: ${acked.size} acknowledged, 0 lost, 0 failed`);
});

/** Where the processor can be given out in shares: cgroup v1. */
const CPU = "/sys/fs/cgroup/cpu";
const noShares =
  (process.getuid?.() !== 0 || !existsSync(join(CPU, "cpu.cfs_quota_us"))) &&
  "cgroup v1's cpu controller is not writable here";
if (noShares) process.stderr.write(`SKIPPED: a starved worker: ${noShares}\n`);

test("a worker with a tenth of a processor renews its leases in time", { skip: noShares }, async (t) => {
  const { random } = seeded(t);
  const site = await Site.start(t);
  const worker = await site.worker("slow", 4);
  const group = join(CPU, `modelyard-test-${process.pid}`);
  mkdirSync(group);
  t.after(async () => {
    await site.close();
    rmdirSync(group);
  });
  writeFileSync(join(group, "cpu.cfs_period_us"), "100000");
  writeFileSync(join(group, "cpu.cfs_quota_us"), "10000");
  for (const { pid } of processesOf(worker.dir)) writeFileSync(join(group, "cgroup.procs"), String(pid));
  const load = startLoad(site, { callers: 4, random, ms: 8_000, pauseMs: 200, runs: choose(12, 200) });
  await sleep(choose(25_000, 300_000));
  await load.stop();
  await allEnded(site, load.acked, 120_000);
  const tasks = await site.verdict(load.acked);
  assert.deepEqual(
    tasks.filter(({ attempts, pexit }) => attempts > 1 || pexit !== "0").map(({ id }) => id),
    [],
    "lost its lease or failed",
  );
  t.diagnostic(`${tasks.length} tasks on a tenth of a processor, no lease lost`);
});
