/**
 * The transitions of a task, each inside the caller's unit of work: public status, queue entry, ledger and event log change
 * together or not at all. Subscribers hear of it once it is durable.
 *
 * Rows are always locked in the order queue entry, task, wallet, so that units on PostgreSQL never wait for each other in a circle.
 */
import {
  type Bill,
  type Finish,
  finalPrice,
  isTerminal,
  MAX_ATTEMPTS,
  nextStatus,
  type RunInputs,
  type TaskEvent,
  type TaskStatus,
} from "@modelyard/contract";
import type { Bus } from "../bus/bus.ts";
import type { Database, Tx } from "../db/database.ts";
import * as ledger from "../ledger/service.ts";
import type { Publishers } from "../ledger/service-publishers.ts";
import type { Meter } from "../metrics/meter.ts";
import { type Models, nameOf } from "../models/service.ts";
import type { ModelStats } from "../models/stats.ts";
import * as queue from "../queue/service.ts";
import { oweCallback } from "../webhooks/service.ts";
import * as store from "./store.ts";
import { stepsOf } from "./store-steps.ts";
import { readTerms, storeBill } from "./terms.ts";

/** What the bus carries on topic `task:<id>`: new entries of the task's log, complete and in order. */
export interface TaskNews {
  events: TaskEvent[];
  status: TaskStatus;
}

export const newsTopic = (taskId: number | string): string => `task:${taskId}`;
/** Topic on which kills of leased attempts go to whatever server holds the worker's connection. */
export const KILL_TOPIC = "kill";
/** Topic on which the number of an app's run goes one of whose steps has ended. */
export const APP_TOPIC = "app";
/** Topic that says: there may be something to claim. */
export const QUEUE_TOPIC = "queue";

/** Topic that says: there may be an app to take up. */
export const APP_QUEUE_TOPIC = "app-queue";

export interface KillNews {
  task: string;
  epoch: number;
  worker: string;
}

export interface LeaseRef {
  taskId: number;
  epoch: number;
  worker: string;
}

export interface LifecycleDeps {
  db: Database;
  bus: Bus;
  models: Models;
  stats: ModelStats;
  overLimit: ledger.OverLimit;
  /** How a run's price is divided. */
  publishers: Pick<Publishers, "divided">;
  /** Days for which an ended task's files are kept; 0 = for ever. */
  keepFilesDays: number;
  meter: Meter;
}

/** A worker reported something that the transition table forbids; the attempt is refused. */
export class IllegalTransitionError extends Error {
  override name = "IllegalTransitionError";
}

function announce(tx: Tx, bus: Bus, taskId: number, news: TaskNews): void {
  tx.afterCommit(() => bus.publish(newsTopic(taskId), news));
}

export function wakeQueue(tx: Tx, bus: Bus): void {
  tx.chain(() => bus.publish(QUEUE_TOPIC, null));
}

export function wakeApps(tx: Tx, bus: Bus): void {
  tx.chain(() => bus.publish(APP_QUEUE_TOPIC, null));
}

const DAY_MS = 24 * 60 * 60 * 1000;

export type NewEvent = Omit<TaskEvent, "seq">;

/** Numbers events that follow the head's last one and finds the status they lead to; nothing is written. */
function follow(head: store.TaskHead, events: readonly NewEvent[]): { status: TaskStatus; events: TaskEvent[] } {
  let status = head.status;
  const numbered = events.map((event, index) => {
    const next = nextStatus(status, event.type);
    if (next === undefined) throw new IllegalTransitionError(`${event.type} is not possible in ${status}`);
    status = next;
    return { ...event, seq: head.last_event + 1 + index };
  });
  return { status, events: numbered };
}

/** Appends events that are not the last ones of the task. */
export async function append(
  deps: LifecycleDeps,
  tx: Tx,
  head: store.TaskHead,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const next = follow(head, events);
  await store.insertEvents(tx, head.id, next.events);
  await store.advance(tx, head.id, next.status, next.events);
  announce(tx, deps.bus, head.id, next);
}

/** Starts an attempt of a leased task. */
export async function beginAttempt(
  { bus, meter }: LifecycleDeps,
  tx: Tx,
  attempt: { taskId: number; attempts: number; version: string; model: string },
): Promise<{ inputs: string; createdAt: number; parentId: number } | undefined> {
  const task = await store.beginAttempt(tx, attempt.taskId, attempt);
  if (!task) return undefined;
  const waitMs = attempt.attempts === 1 ? tx.now - task.createdAt : undefined;
  tx.afterCommit(() => meter.claimed(attempt.model, waitMs));
  const event: TaskEvent = { seq: task.lastEvent, type: "task_accept", at: tx.now, body: null };
  await store.insertEvents(tx, attempt.taskId, [event]);
  announce(tx, bus, attempt.taskId, { events: [event], status: "task_accept" });
  return task;
}

export interface EndOptions {
  pexit: string;
  success: boolean;
  elapsed: number;
  debugoutput: string;
  debugerror: string;
  answer: string | null;
  reason: string | null;
  /** What was measured of the run. */
  usage: Finish["usage"] | undefined;
  outputs: number;
  /** The bill of an app, which is made of its steps, and what of it goes to whom. */
  app?: { bill: Bill; revenue: readonly ledger.Revenue[] };
}

/** Terminal state, money and last events in one. `events` are those that came with the end; the terminal one is added here. */
export async function end(
  deps: LifecycleDeps,
  tx: Tx,
  head: store.TaskHead,
  events: readonly NewEvent[],
  type: "task_postprocess_end" | "task_cancel",
  options: EndOptions,
): Promise<boolean> {
  const { pexit, elapsed, debugoutput, debugerror, answer, reason, usage, outputs } = options;
  const isStep = head.parent_id > 0;
  const bill = !options.success
    ? undefined
    : (options.app?.bill ?? finalPrice(readTerms(head), { ...usage, elapsedMs: elapsed / 10, outputs }));
  const cost = bill?.cost ?? 0n;
  const next = follow(head, [...events, { type, at: tx.now, body: null }]);
  const ending = {
    status: type,
    pexit,
    // What a step costs is charged with its app.
    cost: bill ? (isStep ? 0n : cost) : null,
    bill: bill ? storeBill(bill, { isStep }) : null,
    elapsed,
    debugoutput,
    debugerror,
    answer,
    reason,
    expiresAt: deps.keepFilesDays === 0 ? 0 : tx.now + deps.keepFilesDays * DAY_MS,
  };
  if (!(await store.finishTask(tx, head.id, ending, next.events))) return false;
  const model = deps.models.byId(head.model_id);
  if (isStep) {
    tx.chain(() => deps.bus.publish(APP_TOPIC, head.parent_id));
  } else {
    const revenue = options.app?.revenue ?? [{ owner: model?.owner ?? "unknown", amount: cost }];
    const parts = deps.publishers.divided(revenue);
    await ledger.settle(tx, { accountId: head.account_id, taskId: head.id, hold: head.hold, revenue: parts });
  }
  if (head.app !== null) await cancelSteps(deps, tx, head.id);
  if (head.caps !== 0) await ledger.giveBackToCaps(tx, head, head.hold - cost);
  if (head.callback_url !== "") {
    await oweCallback(tx, deps.bus, {
      id: head.id,
      accountId: head.account_id,
      projectId: head.project_id,
      url: head.callback_url,
      base: head.callback_base,
    });
  }
  announce(tx, deps.bus, head.id, next);
  if (deps.overLimit === "queue" && !isStep) {
    await releaseWaiting(tx, head.account_id);
    wakeApps(tx, deps.bus);
  }
  const outcome = type === "task_cancel" ? "cancelled" : options.success ? "success" : "failure";
  const startedAt = events.find((event) => event.type === "task_start")?.at ?? head.started_at;
  const preparedMs = startedAt === 0 ? undefined : startedAt - head.accepted_at;
  tx.afterCommit(() => deps.meter.ended(nameOf(model), { outcome, runMs: elapsed / 10, preparedMs }));
  if (type === "task_postprocess_end") {
    const { likeness } = head;
    tx.afterCommit(() =>
      deps.stats.ended(head.model_id, { success: options.success, elapsed, cost, at: tx.now, likeness }),
    );
  }
  wakeQueue(tx, deps.bus);
  return true;
}

/** Makes as many of the account's tasks beyond its limit ready as there is room for. */
export async function releaseWaiting(tx: Tx, accountId: number): Promise<void> {
  await queue.release(tx, accountId, (waiting) => ledger.roomFor(tx, accountId, waiting));
}

/** Ends what still runs of an app that has ended. */
async function cancelSteps(deps: LifecycleDeps, tx: Tx, parentId: number): Promise<void> {
  const active = (await stepsOf(tx, parentId)).filter(({ status }) => !isTerminal(status));
  for (const { id } of active) {
    await cancel(deps, tx, id, { onlyQueued: false, reason: "The run that it is a step of has ended." });
  }
}

/** A run that failed before or outside the model's own process: free, with the reason as its error text. */
export function failed(reason: string, pexit = "1"): EndOptions {
  return {
    pexit,
    success: false,
    elapsed: 0,
    debugoutput: "",
    debugerror: reason,
    answer: null,
    reason,
    usage: undefined,
    outputs: 0,
  };
}

/** Ends a task that can no longer run (attempts used up). The queue entry must be gone already. */
export async function fail(deps: LifecycleDeps, tx: Tx, taskId: number, reason: string): Promise<void> {
  const head = await store.lockHead(deps.db, tx, taskId);
  if (head) await end(deps, tx, head, [], "task_postprocess_end", failed(reason));
}

/** Cancel or kill: the entry leaves the queue first, which is what fences a running attempt. */
export async function cancel(
  deps: LifecycleDeps,
  tx: Tx,
  taskId: number,
  options: { onlyQueued: boolean; reason: string },
): Promise<boolean> {
  const entry = await queue.remove(tx, taskId, { onlyQueued: options.onlyQueued });
  if (!entry) return false;
  const head = await store.lockHead(deps.db, tx, taskId);
  if (!head) return false;
  const done = await end(deps, tx, head, [], "task_cancel", { ...failed(options.reason, ""), debugerror: "" });
  const { worker, epoch } = entry;
  if (worker !== null) {
    tx.afterCommit(() => deps.bus.publish(KILL_TOPIC, { task: String(taskId), epoch, worker } satisfies KillNews));
  }
  return done;
}

/** A lost, failed-by-platform or handed-back attempt: queued again, or ended when its attempts are used up. */
export async function retryOrFail(
  deps: LifecycleDeps,
  tx: Tx,
  lease: LeaseRef,
  options: { counted: boolean; reason: string },
): Promise<void> {
  const attempts = await queue.putBack(tx, lease, { counted: options.counted });
  if (attempts === undefined) return;
  const head = await store.lockHead(deps.db, tx, lease.taskId);
  if (!head) return;
  if (options.counted && attempts >= MAX_ATTEMPTS) {
    await queue.remove(tx, lease.taskId, { onlyQueued: true });
    await end(deps, tx, head, [], "task_postprocess_end", failed(`${options.reason} It was tried ${attempts} times.`));
    return;
  }
  await append(deps, tx, head, [{ type: "task_queue", at: tx.now, body: null }]);
  wakeQueue(tx, deps.bus);
}

/** The checked inputs of a task. */
export async function readInputsOf(db: Database, taskId: number): Promise<RunInputs["values"]> {
  const rows = await db.all<{ inputs: string }>("select inputs from task where id = ?", [taskId]);
  return JSON.parse(rows[0]?.inputs ?? "{}") as RunInputs["values"];
}
