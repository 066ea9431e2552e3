// Measures a queue of no-op jobs through two programs, a client (this one) and a worker (a child), as one would run it.
import { fork } from "node:child_process";
import { once } from "node:events";
import { print, settings } from "./program.js";

/** CLOCK_MONOTONIC, the same in both processes, in milliseconds. */
export const now = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * The worker's side: tells the client when it is ready, and each job's wait or the end of them all.
 * @param {(onJob: (payload: { sentAt: number }) => void) => Promise<unknown>} start
 */
export async function runWorker(start) {
  process.on("disconnect", () => process.exit(0));
  let left = settings.mode === "drain" ? settings.tasks : 0;
  await start(({ sentAt }) => {
    if (settings.mode === "latency") process.send({ waited: now() - sentAt });
    else if (--left === 0) process.send({ handled: settings.tasks });
  });
  process.send({ ready: true });
}

/**
 * The client's side.
 * @param {{ file: string, enqueue: (payload: { sentAt: number }) => Promise<unknown>, isEmpty: () => Promise<boolean> }} queue
 *   isEmpty: no job is waiting or running any more, as the store has it
 */
export async function runClient({ file, enqueue, isEmpty }) {
  const worker = fork(file, [JSON.stringify({ ...settings, role: "worker" })]);
  await once(worker, "message");
  const measure = settings.mode === "latency" ? measureLatency : measureDrain;
  print(await measure({ worker, enqueue, isEmpty }));
  worker.kill("SIGKILL");
}

async function measureDrain({ worker, enqueue, isEmpty }) {
  const { tasks, concurrency } = settings;
  const handled = once(worker, "message");
  const start = now();
  let next = 0;
  const lane = async () => {
    while (next++ < tasks) await enqueue({ sentAt: 0 });
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  const enqueuedMs = now() - start;
  await handled;
  while (!(await isEmpty())) await new Promise((resolve) => setTimeout(resolve, 5));
  const doneMs = now() - start;
  return { tasks, perSecond: (tasks / doneMs) * 1000, enqueuedPerSecond: (tasks / enqueuedMs) * 1000 };
}

async function measureLatency({ worker, enqueue }) {
  const waits = [];
  for (let sample = 0; sample < settings.samples + WARM_UP; sample++) {
    const handled = once(worker, "message");
    await enqueue({ sentAt: now() });
    const [{ waited }] = await handled;
    if (sample >= WARM_UP) waits.push(waited);
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  }
  waits.sort((a, b) => a - b);
  const at = (share) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))];
  return { samples: waits.length, p50: at(0.5), p99: at(0.99) };
}

const WARM_UP = 20;
/** Between samples the system comes to rest. */
const IDLE_MS = 10;
