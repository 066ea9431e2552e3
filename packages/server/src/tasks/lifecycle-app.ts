/** The transitions of an app's run, whose work is done by its steps: each inside the caller's unit of work, as in lifecycle.ts. */
import type { Bill, EventBody } from "@modelyard/contract";
import type { Tx } from "../db/database.ts";
import { addFile, newId } from "../files/service.ts";
import type { Revenue } from "../ledger/service.ts";
import type { KnownModel } from "../models/service.ts";
import { nameOf } from "../models/service.ts";
import * as queue from "../queue/service.ts";
import { append, beginAttempt, end, failed, type LifecycleDeps, type NewEvent } from "./lifecycle.ts";
import type { ReceivedFile } from "./parameters.ts";
import * as store from "./store.ts";
import { readApp } from "./store-steps.ts";

/** Takes a ready app out of the queue's hands; false where it is gone. */
export async function beginApp(deps: LifecycleDeps, tx: Tx, taskId: number, model: KnownModel): Promise<boolean> {
  if (!(await queue.takeUpApp(tx, taskId))) return false;
  // Its steps were laid down when it was accepted, whatever version is active now.
  const { version } = await readApp(tx, taskId);
  const attempt = { taskId, attempts: 1, version, model: nameOf(model) };
  if (!(await beginAttempt(deps, tx, attempt)))
    throw new Error(`app ${taskId} is ready in the queue but not in its status`);
  const at = tx.now;
  await say(deps, tx, taskId, [
    { type: "task_preprocess_start", at, body: null },
    { type: "task_preprocess_end", at, body: null },
    { type: "task_assign", at, body: null },
    { type: "task_start", at, body: null },
  ]);
  return true;
}

async function say(deps: LifecycleDeps, tx: Tx, taskId: number, events: readonly NewEvent[]): Promise<void> {
  const head = await store.lockHead(deps.db, tx, taskId);
  if (head) await append(deps, tx, head, events);
}

/** Says how far the steps are. */
export function reportApp(
  deps: LifecycleDeps,
  tx: Tx,
  taskId: number,
  progress: Extract<EventBody, { kind: "progress" }>,
): Promise<void> {
  return say(deps, tx, taskId, [{ type: "task_output", at: tx.now, body: progress }]);
}

/** Ends the app as failed: free, and what still runs of it is ended. */
export async function failApp(deps: LifecycleDeps, tx: Tx, taskId: number, reason: string): Promise<void> {
  if (!(await queue.remove(tx, taskId, { onlyQueued: false }))) return;
  const head = await store.lockHead(deps.db, tx, taskId);
  if (!head) return;
  await end(deps, tx, head, closing(tx, ""), "task_postprocess_end", {
    ...failed(reason),
    elapsed: elapsedOf(tx, head),
  });
}

/** Tenths of milliseconds since its first step could start. */
function elapsedOf(tx: Tx, head: store.TaskHead): number {
  return head.started_at === 0 ? 0 : Math.max(0, tx.now - head.started_at) * 10;
}

function closing(tx: Tx, text: string): NewEvent[] {
  const at = tx.now;
  const answer = text === "" ? {} : { thinking: [], answer: [text] };
  return [
    { type: "task_output_full", at, body: { kind: "full", raw: text, ...answer } },
    { type: "task_end", at, body: null },
    { type: "task_postprocess_start", at, body: null },
  ];
}

/** Runs of one step name their files alike; together they need names of their own: `cut.png`, `cut-2.png`. */
function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const dot = name.lastIndexOf(".");
    const [stem, suffix] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
    let distinct = name;
    for (let n = 2; taken.has(distinct); n++) distinct = `${stem}-${n}${suffix}`;
    taken.add(distinct);
    return distinct;
  });
}

export interface AppAnswer {
  files: readonly ReceivedFile[];
  text: string;
  /** Charged to the app's run. */
  bill: Bill;
  revenue: readonly Revenue[];
}

/** Ends the app well: its outputs are files of its steps, its price is theirs. */
export async function finishApp(deps: LifecycleDeps, tx: Tx, taskId: number, answer: AppAnswer): Promise<void> {
  if (!(await queue.remove(tx, taskId, { onlyQueued: false }))) return;
  const head = await store.lockHead(deps.db, tx, taskId);
  if (!head) return;
  const { files, text, bill, revenue } = answer;
  const done = await end(deps, tx, head, closing(tx, text), "task_postprocess_end", {
    pexit: "0",
    success: true,
    elapsed: elapsedOf(tx, head),
    debugoutput: "",
    debugerror: "",
    answer: text === "" ? null : JSON.stringify({ raw: text, thinking: [], answer: [text] }),
    reason: null,
    usage: undefined,
    outputs: files.length,
    app: { bill, revenue },
  });
  if (!done) return;
  const parent = newId();
  const names = distinctNames(files.map(({ name }) => name));
  for (const [position, { contentType, size, ref }] of files.entries()) {
    const name = names[position] ?? "file";
    const file = { accountId: head.account_id, name, contentType, size, blob: ref, taskId, position };
    await addFile(tx, { ...file, kind: "output" }, parent);
  }
}
