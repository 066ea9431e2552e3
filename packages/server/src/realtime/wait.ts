/** Waiting for a task's end: the bus says so, the store is asked once before and, should a message be lost, now and then. */
import { isTerminal } from "@modelyard/contract";
import type { Bus } from "../bus/bus.ts";
import type { Database } from "../db/database.ts";
import { newsTopic, type TaskNews } from "../tasks/lifecycle.ts";
import { readTask } from "../tasks/service.ts";

/** The bus is best effort (bus/bus.ts). Milliseconds. */
const ASK_AGAIN_MS = 30_000;

export interface WaitOptions {
  /** Milliseconds. */
  limitMs: number;
  /** The waiting is over for another reason: whoever waited is gone. */
  signal: AbortSignal;
}

/** `true` once the task has ended, `false` when the time is up or the signal came first. */
export async function waitForEnd(
  { db, bus }: { db: Database; bus: Bus },
  taskId: number,
  { limitMs, signal }: WaitOptions,
): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const look = () =>
    void readTask(db, { id: taskId }, undefined).then((row) => {
      if (row && isTerminal(row.status)) resolve(true);
    }, reject);
  const giveUp = () => resolve(false);
  const unsubscribe = bus.subscribe(newsTopic(taskId), (message) => {
    if (isTerminal((message as TaskNews).status)) resolve(true);
  });
  const limit = setTimeout(giveUp, limitMs);
  const again = setInterval(look, ASK_AGAIN_MS);
  signal.addEventListener("abort", giveUp);
  if (signal.aborted) giveUp();
  look();
  try {
    return await promise;
  } finally {
    unsubscribe();
    clearTimeout(limit);
    clearInterval(again);
    signal.removeEventListener("abort", giveUp);
  }
}
