import type { Money, PriceMethod, TaskEvent, TaskEventType, TaskStatus } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";
import { insertTags } from "./store-tags.ts";

/** A task as stored; money already exact. */
export interface TaskRow {
  id: number;
  token: string;
  account_id: number;
  account_uuid: string;
  project_id: number;
  key_id: number;
  member_id: number;
  tags: string;
  model_id: number;
  likeness: string;
  version: string;
  status: TaskStatus;
  inputs: string;
  parameters: string;
  callback_url: string;
  callback_base: string;
  price_method: PriceMethod;
  price: Money;
  price_terms: string;
  hold: Money;
  cost: Money | null;
  bill: string | null;
  debugoutput: string;
  debugerror: string;
  answer: string | null;
  pexit: string;
  elapsed: number;
  end_reason: string | null;
  last_event: number;
  attempts: number;
  app: string | null;
  parent_id: number;
  step: string;
  priority: number;
  deadline: number;
  expires_at: number;
  files_gone_at: number;
  created_at: number;
  accepted_at: number;
  preprocess_start_at: number;
  preprocess_end_at: number;
  assigned_at: number;
  started_at: number;
  ended_at: number;
  postprocess_start_at: number;
  postprocess_end_at: number;
  cancelled_at: number;
}

export interface NewTask {
  token: string;
  accountId: number;
  projectId: number;
  keyId: number;
  memberId: number;
  caps: number;
  tags: readonly string[];
  likeness: string;
  modelId: number;
  version: string;
  inputs: string;
  parameters: string;
  callbackUrl: string;
  callbackBase: string;
  priceMethod: PriceMethod;
  price: Money;
  priceTerms: string;
  hold: Money;
  priority: number;
  /** Seconds from now; undefined = none. */
  deadlineSeconds: number | undefined;
  /** JSON of an app's steps. */
  app: string | null;
  /** The app's run and the place in it that this task has. */
  partOf: { parentId: number; step: string } | undefined;
}

const INSERT = `insert into task (token, account_id, project_id, model_id, version, status, inputs, parameters, callback_url,
  callback_base, price_method, price, price_terms, hold, key_id, member_id, caps, priority, deadline, app, parent_id, step, tags, likeness, last_event, created_at)
  values (?, ?, ?, ?, ?, 'task_queue', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?) returning id`;

/** Inserts the task together with its first event; `deadline` in Unix milliseconds, 0 = none. */
export async function insertTask(tx: Tx, task: NewTask): Promise<{ id: number; deadline: number }> {
  const deadline = task.deadlineSeconds === undefined ? 0 : tx.now + task.deadlineSeconds * 1000;
  const rows = await tx.all<{ id: number }>(INSERT, [
    task.token,
    task.accountId,
    task.projectId,
    task.modelId,
    task.version,
    task.inputs,
    task.parameters,
    task.callbackUrl,
    task.callbackBase,
    task.priceMethod,
    task.price,
    task.priceTerms,
    task.hold,
    task.keyId,
    task.memberId,
    task.caps,
    task.priority,
    deadline,
    task.app,
    task.partOf?.parentId ?? 0,
    task.partOf?.step ?? "",
    task.tags.join(","),
    task.likeness,
    tx.now,
  ]);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error("the task was not inserted");
  await insertTags(tx, { accountId: task.accountId, taskId: id }, task.tags);
  await insertEvents(tx, id, [{ seq: 1, type: "task_queue", at: tx.now, body: null }]);
  return { id, deadline };
}

/** Appends events to the task's log, in one row. */
export async function insertEvents(tx: Tx, taskId: number, events: readonly TaskEvent[]): Promise<void> {
  const last = events.at(-1);
  if (!last) return;
  await tx.run("insert into task_event (task_id, seq, events) values (?, ?, ?)", [
    taskId,
    last.seq,
    JSON.stringify(events),
  ]);
}

/** Events behind number `after`, in order: those of up to `rows` rows of the log, at least one event unless there is none. */
export async function readEvents(db: Database | Tx, taskId: number, after: number, rows: number): Promise<TaskEvent[]> {
  const found = await db.all<{ events: string }>(
    "select events from task_event where task_id = ? and seq > ? order by seq limit ?",
    [taskId, after, rows],
  );
  return found.flatMap((row) => JSON.parse(row.events) as TaskEvent[]).filter((event) => event.seq > after);
}

/** The part of a task that a transition needs; locked for the rest of the unit. */
export interface TaskHead {
  id: number;
  token: string;
  account_id: number;
  project_id: number;
  key_id: number;
  member_id: number;
  caps: number;
  created_at: number;
  model_id: number;
  likeness: string;
  callback_url: string;
  callback_base: string;
  status: TaskStatus;
  last_event: number;
  hold: Money;
  price: Money;
  price_method: PriceMethod;
  price_terms: string;
  app: string | null;
  parent_id: number;
  accepted_at: number;
  started_at: number;
}

export async function lockHead(db: Database, tx: Tx, taskId: number): Promise<TaskHead | undefined> {
  const rows = await tx.all<Omit<TaskHead, "hold" | "price"> & { hold: string; price: string }>(
    `select id, token, account_id, project_id, key_id, member_id, caps, created_at, model_id, likeness, callback_url, callback_base, status, last_event, cast(hold as text) as hold, cast(price as text) as price,
      price_method, price_terms, app, parent_id, accepted_at, started_at from task where id = ?${db.lock}`,
    [taskId],
  );
  const row = rows[0];
  return row && { ...row, hold: BigInt(row.hold), price: BigInt(row.price) };
}

/** Column of the time at which an event happened, for the events that have one. */
const TIME_COLUMN: Partial<Record<TaskEventType, string>> = {
  task_preprocess_start: "preprocess_start_at",
  task_preprocess_end: "preprocess_end_at",
  task_assign: "assigned_at",
  task_start: "started_at",
  task_end: "ended_at",
  task_postprocess_start: "postprocess_start_at",
};

function stageTimes(events: readonly TaskEvent[]): { columns: string[]; values: number[] } {
  const columns: string[] = [];
  const values: number[] = [];
  for (const event of events) {
    const column = TIME_COLUMN[event.type];
    if (!column) continue;
    columns.push(`${column} = ?`);
    values.push(event.at);
  }
  return { columns, values };
}

/** Writes status, number of the last event, and the times of the stages among `events`. */
export async function advance(tx: Tx, taskId: number, status: TaskStatus, events: readonly TaskEvent[]): Promise<void> {
  const last = events.at(-1);
  if (!last) return;
  const { columns, values } = stageTimes(events);
  const set = ["status = ?", "last_event = ?", ...columns].join(", ");
  await tx.run(`update task set ${set} where id = ?`, [status, last.seq, ...values, taskId]);
}

/** A new attempt starts: what the last one left on the record is forgotten. */
export async function beginAttempt(
  tx: Tx,
  taskId: number,
  attempt: { attempts: number; version: string },
): Promise<{ lastEvent: number; inputs: string; createdAt: number; parentId: number } | undefined> {
  const rows = await tx.all<{ last_event: number; inputs: string; created_at: number; parent_id: number }>(
    `update task set status = 'task_accept', accepted_at = ?, attempts = ?, version = ?, last_event = last_event + 1,
       preprocess_start_at = 0, preprocess_end_at = 0, assigned_at = 0, started_at = 0, ended_at = 0, postprocess_start_at = 0
     where id = ? and status = 'task_queue' returning last_event, inputs, created_at, parent_id`,
    [tx.now, attempt.attempts, attempt.version, taskId],
  );
  const row = rows[0];
  if (!row) return undefined;
  const { last_event: lastEvent, inputs, created_at: createdAt, parent_id: parentId } = row;
  return { lastEvent, inputs, createdAt, parentId };
}

export interface Ending {
  status: "task_postprocess_end" | "task_cancel";
  pexit: string;
  cost: Money | null;
  bill: string | null;
  elapsed: number;
  debugoutput: string;
  debugerror: string;
  answer: string | null;
  reason: string | null;
  /** Unix milliseconds, 0 = never. */
  expiresAt: number;
}

/**
 * The terminal write: `events` are the task's last ones, the terminal one at their end. Refuses (returns false) where the task is
 * terminal already: terminal rows never change.
 */
export async function finishTask(
  tx: Tx,
  taskId: number,
  ending: Ending,
  events: readonly TaskEvent[],
): Promise<boolean> {
  const { columns, values } = stageTimes(events);
  const time = ending.status === "task_cancel" ? "cancelled_at = ?" : "postprocess_end_at = ?";
  const set = [...columns, time].join(", ");
  const changed = await tx.run(
    `update task set status = ?, last_event = ?, pexit = ?, cost = ?, bill = ?, elapsed = ?, debugoutput = ?, debugerror = ?, answer = ?, end_reason = ?, expires_at = ?, ${set}
     where id = ? and status not in ('task_postprocess_end', 'task_cancel')`,
    [
      ending.status,
      events.at(-1)?.seq ?? 0,
      ending.pexit,
      ending.cost,
      ending.bill,
      ending.elapsed,
      ending.debugoutput,
      ending.debugerror,
      ending.answer,
      ending.reason,
      ending.expiresAt,
      ...values,
      tx.now,
      taskId,
    ],
  );
  if (changed === 0) return false;
  await insertEvents(tx, taskId, events);
  return true;
}

export const READ = `select t.*, a.uuid as account_uuid, cast(t.price as text) as price, cast(t.hold as text) as hold,
  cast(t.cost as text) as cost from task t join account a on a.id = t.account_id`;

export type StoredTask = Omit<TaskRow, "price" | "hold" | "cost"> & {
  price: string;
  hold: string;
  cost: string | null;
};

export function exact(row: StoredTask): TaskRow {
  return {
    ...row,
    price: BigInt(row.price),
    hold: BigInt(row.hold),
    cost: row.cost === null ? null : BigInt(row.cost),
  };
}

/** A task by id or token, as long as it belongs to the account (undefined account = whoever holds the token). */
export async function readTask(
  db: Database,
  by: { id: number } | { token: string },
  accountId: number | undefined,
): Promise<TaskRow | undefined> {
  const where = "id" in by ? "t.id = ?" : "t.token = ?";
  const rows = await db.all<StoredTask>(`${READ} where ${where}`, ["id" in by ? by.id : by.token]);
  const row = rows[0];
  if (!row || (accountId !== undefined && row.account_id !== accountId)) return undefined;
  return exact(row);
}
