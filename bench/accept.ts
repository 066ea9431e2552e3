import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRedis } from "../scripts/lib/services.js";
import { type AcceptTarget, ours } from "./ours.ts";
import { runProgram, startProgram } from "./program.ts";
import type { Result } from "./result.ts";
import { type Bench, type Found, runRounds, toResult } from "./rounds.ts";
import { signedHeaders } from "./signed-headers.ts";

const CONNECTIONS = 64;
const account = { apiKey: "bench-key-0123456789abcdef", apiSecret: "bench-secret-0123456789abcdef" };
const body = JSON.stringify({
  prompt: "a lighthouse in a storm, oil on canvas, wide, muted colours, 4k…".padEnd(64, "."),
});

/** Tasks accepted per second over HTTP by 64 connections, each safe on disk before its reply. */
export async function accept(bench: Bench): Promise<Result[]> {
  const targets: Record<string, () => Promise<AcceptTarget>> = {
    "Fastify + SQLite insert": startSqlite,
    "Fastify + BullMQ, fsync always": startBullmq,
    ...(ours.startAccepting && { ours: ours.startAccepting }),
  };
  const programs = Object.fromEntries(
    Object.entries(targets).map(([who, start]) => [who, () => measure(start, bench.seconds)]),
  );
  const runs = await runRounds(bench, "accept", programs);
  return [
    toResult(runs, { name: "accept", field: "perSecond", unit: "tasks/s", better: "more" }),
    toResult(runs, { name: "accept, reply p99", field: "p99", unit: "ms", better: "less" }),
  ];
}

async function measure(start: () => Promise<AcceptTarget>, seconds: number) {
  const target = await start();
  const { url, headers } = target;
  const load = { url, headers, body: target.body, seconds, warmUpSeconds: 2, connections: CONNECTIONS };
  const found = (await runProgram("load.js", load)) as Found;
  const { stored } = await target.stop();
  if (found.refused) throw new Error(`${url} refused ${found.refused} requests.`);
  if (stored < found.accepted!) throw new Error(`${url} accepted ${found.accepted} tasks and holds ${stored}.`);
  return { ...found, stored };
}

async function startSqlite(): Promise<AcceptTarget> {
  const folder = await mkdtemp(join(tmpdir(), "modelyard-bench-"));
  return startRival("rivals/accept-sqlite.js", { folder }, () => rm(folder, { recursive: true, force: true }));
}

async function startBullmq(): Promise<AcceptTarget> {
  const redis = await startRedis({ fsync: "always" });
  return startRival("rivals/accept-bullmq.js", { redis: redis.url }, redis.stop);
}

async function startRival(file: string, settings: Record<string, unknown>, cleanUp: () => Promise<void>) {
  const program = startProgram(file, { ...settings, ...account });
  const { url } = await program.next();
  const stop = async () => {
    const [last] = await program.stop();
    await cleanUp();
    return { stored: Number(last?.stored) };
  };
  return { url: String(url), headers: signedHeaders(account), body, stop };
}
