/** What workers report about their attempts, applied inside the caller's unit of work. */
import type { Finish, Report } from "@modelyard/contract";
import type { Tx } from "../db/database.ts";
import { addFile, newId, safeName, typeByName } from "../files/service.ts";
import * as queue from "../queue/service.ts";
import { append, end, type LeaseRef, type LifecycleDeps, type NewEvent, retryOrFail } from "./lifecycle.ts";
import * as store from "./store.ts";

/** Applies a worker's report. `stale`: the attempt is no longer the worker's, nothing was written. */
export async function applyReport(
  deps: LifecycleDeps,
  tx: Tx,
  worker: string,
  report: Report,
): Promise<"ok" | "stale"> {
  const lease: LeaseRef = { taskId: Number(report.task), epoch: report.epoch, worker };
  const numbered = { ...lease, n: report.n };
  const last = report.finish !== undefined && !report.finish.retry;
  if (!last || !(await queue.admitLastReport(tx, numbered))) {
    const admitted = await queue.admitReport(tx, numbered);
    if (admitted === "duplicate") return "ok";
    if (admitted === "stale" || last) return "stale";
  }
  const head = await store.lockHead(deps.db, tx, lease.taskId);
  if (!head) return "stale";
  const events = report.events.map(({ type, ms, body }) => ({
    type,
    at: Math.min(tx.now, head.accepted_at + Math.round(ms)),
    body,
  }));
  if (last) {
    await finishAttempt(deps, tx, head, events, report.finish as Finish);
    return "ok";
  }
  await append(deps, tx, head, events);
  if (report.finish?.retry) {
    await retryOrFail(deps, tx, lease, {
      counted: true,
      reason: report.finish.reason ?? "The worker could not run it.",
    });
  }
  return "ok";
}

async function finishAttempt(
  deps: LifecycleDeps,
  tx: Tx,
  head: store.TaskHead,
  events: readonly NewEvent[],
  finish: Finish,
): Promise<void> {
  const success = finish.exitCode === 0;
  // The worker measures how long the model ran; it cannot have run longer than the attempt lasts.
  const longest = Math.max(0, tx.now - head.accepted_at) * 10;
  const elapsed = Math.min(Math.round(finish.elapsedMs * 10), longest);
  const done = await end(deps, tx, head, events, "task_postprocess_end", {
    pexit: String(finish.exitCode),
    success,
    elapsed,
    debugoutput: finish.debugoutput,
    debugerror: finish.debugerror,
    answer: success && finish.answer ? JSON.stringify(finish.answer) : null,
    reason: success ? null : finish.reason,
    usage: finish.usage,
    outputs: finish.outputs.length,
  });
  if (!done || !success || finish.outputs.length === 0) return;
  const parent = newId();
  for (const [position, output] of finish.outputs.entries()) {
    await addFile(
      tx,
      {
        accountId: head.account_id,
        name: safeName(output.name),
        contentType: typeByName(output.name),
        size: output.size,
        blob: output.blob,
        taskId: head.id,
        kind: "output",
        position,
      },
      parent,
    );
  }
}
