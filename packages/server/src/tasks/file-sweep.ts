/**
 * Files that nobody will ask for any more: those of tasks whose keeping time is over, and bytes that no row speaks of, because a
 * crash came between storing and registering them.
 */
import type { Log } from "@modelyard/contract";
import type { Blobs } from "../blobs/blobs.ts";
import type { Database } from "../db/database.ts";
import { registeredBlobs, removeTaskFiles } from "../files/service.ts";
import { expiredTasks, forgetOutputs } from "./store-purge.ts";

const EXPIRE_EVERY_MS = 60_000;
const EXPIRE_BATCH = 100;
const ORPHANS_EVERY_MS = 6 * 60 * 60 * 1000;
/** Between storing and registering lie an upload's remaining bytes or a run's last report, never a day. */
const ORPHAN_AGE_MS = 24 * 60 * 60 * 1000;
const ORPHAN_BATCH = 500;

interface Deps {
  db: Database;
  blobs: Blobs;
}

/** Removes the files of tasks that were kept long enough; returns how many tasks that were. */
export async function expireFiles({ db, blobs }: Deps): Promise<number> {
  for (let count = 0; ; ) {
    const { tasks, removed } = await db.write(async (tx) => {
      const tasks = await expiredTasks(db, tx, EXPIRE_BATCH);
      const removed: string[] = [];
      for (const taskId of tasks) {
        removed.push(...(await removeTaskFiles(tx, taskId)));
        await forgetOutputs(tx, taskId);
      }
      return { tasks, removed };
    });
    for (const key of removed) await blobs.delete(key);
    count += tasks.length;
    if (tasks.length < EXPIRE_BATCH) return count;
  }
}

/** Deletes blobs that no file row names; returns how many. `now`: Unix milliseconds by the clock of the blobs' times. */
export async function removeOrphans({ db, blobs }: Deps, now: number): Promise<number> {
  let count = 0;
  let batch: string[] = [];
  const settle = async () => {
    const known = await registeredBlobs(db, batch);
    for (const key of batch) {
      if (known.has(key)) continue;
      await blobs.delete(key);
      count++;
    }
    batch = [];
  };
  for await (const key of blobs.finishedBefore(now - ORPHAN_AGE_MS)) {
    batch.push(key);
    if (batch.length === ORPHAN_BATCH) await settle();
  }
  if (batch.length > 0) await settle();
  return count;
}

export function sweepFiles(deps: Deps & { log: Log }): { stop(): Promise<void> } {
  const { log } = deps;
  let running: Promise<void> = Promise.resolve();
  const repeat = (everyMs: number, work: () => Promise<void>) => {
    const timer = setInterval(() => {
      running = running.then(work).catch((error: unknown) => log(`files: ${String(error)}`, { level: "error" }));
    }, everyMs);
    timer.unref();
    return timer;
  };
  const timers = [
    repeat(EXPIRE_EVERY_MS, async () => {
      const tasks = await expireFiles(deps);
      if (tasks > 0) log(`files: those of ${tasks} tasks were kept long enough and are removed`);
    }),
    repeat(ORPHANS_EVERY_MS, async () => {
      const count = await removeOrphans(deps, Date.now());
      if (count > 0) log(`files: ${count} that no task or upload names are removed`);
    }),
  ];
  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await running;
    },
  };
}
