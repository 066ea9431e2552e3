/**
 * The queue: one row for exactly the tasks that are not terminal. `ready` rows may be claimed, highest priority first and within
 * a priority turn by turn (turns.ts); `waiting` rows are beyond their account's concurrency limit and become ready as others end;
 * a row in `steps` is an app that waits for its steps, which have rows of their own (apps/);
 * a `leased` row belongs to one worker under one epoch until `lease_until` (the database's clock). Whoever writes about an
 * attempt first proves it here.
 */
import { LEASE_MS } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";

export interface Candidate {
  task_id: number;
  model_id: number;
  priority: number;
  turn: number;
}

export interface NewEntry {
  taskId: number;
  modelId: number;
  accountId: number;
  projectId: number;
  priority: number;
  turn: number;
  /** Unix milliseconds, 0 = none. */
  deadline: number;
  state: "ready" | "waiting";
}

export async function enqueue(tx: Tx, entry: NewEntry): Promise<void> {
  await tx.run(
    `insert into queue_entry (task_id, model_id, account_id, project_id, priority, turn, deadline, state, epoch, attempts, lease_until, report)
     values (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0)`,
    [
      entry.taskId,
      entry.modelId,
      entry.accountId,
      entry.projectId,
      entry.priority,
      entry.turn,
      entry.deadline,
      entry.state,
    ],
  );
}

/** The first tasks of these models in queue order, locked against other servers. */
export function candidates(db: Database, tx: Tx, modelIds: readonly number[], limit: number): Promise<Candidate[]> {
  const marks = modelIds.map(() => "?").join(", ");
  return tx.all<Candidate>(
    `select task_id, model_id, priority, turn from queue_entry
     where state = 'ready' and model_id in (${marks}) and (deadline = 0 or deadline > ? or attempts > 0)
     order by priority desc, turn, task_id limit ?${db.skipLocked}`,
    [...modelIds, tx.now, limit],
  );
}

/** A task's place in the queue as its owner asks for it. */
export interface Place {
  state: "waiting" | "ready" | "leased" | "steps";
  /** Ready tasks of the same model that come before it; COUNTED = that many or more. */
  ahead: number;
}

/** Tasks ahead are counted up to here: a longer wait is a long wait. */
export const COUNTED = 10_000;

export async function placeOf(db: Database, taskId: number): Promise<Place | undefined> {
  const [entry] = await db.all<{ state: Place["state"]; model_id: number; priority: number; turn: number }>(
    "select state, model_id, priority, turn from queue_entry where task_id = ?",
    [taskId],
  );
  if (!entry) return undefined;
  const { state, model_id, priority, turn } = entry;
  if (state === "leased" || state === "steps") return { state, ahead: 0 };
  const [count] = await db.all<{ n: number }>(
    `select count(*) as n from (select 1 as one from queue_entry where state = 'ready' and model_id = ?
       and (priority > ? or (priority = ? and (turn < ? or (turn = ? and task_id < ?)))) limit ${COUNTED}) as earlier`,
    [model_id, priority, priority, turn, turn, taskId],
  );
  return { state, ahead: count?.n ?? 0 };
}

/** How many of an account's tasks are beyond its limit. */
async function countWaiting(tx: Tx, accountId: number): Promise<number> {
  const [row] = await tx.all<{ n: number }>(
    "select count(*) as n from queue_entry where state = 'waiting' and account_id = ?",
    [accountId],
  );
  return row?.n ?? 0;
}

/**
 * Makes tasks that were beyond their account's limit ready, as many as `room` allows for: given how many wait, it says how many
 * may start. Returns how many did.
 */
export async function release(tx: Tx, accountId: number, room: (waiting: number) => Promise<number>): Promise<number> {
  const waiting = await countWaiting(tx, accountId);
  const count = waiting === 0 ? 0 : Math.min(waiting, await room(waiting));
  if (count <= 0) return 0;
  return tx.run(
    `update queue_entry set state = 'ready' where state = 'waiting' and task_id in
       (select task_id from queue_entry where state = 'waiting' and account_id = ? order by priority desc, turn, task_id limit ?)`,
    [accountId, count],
  );
}

/** Accounts with tasks beyond their limit. */
export async function accountsWaiting(tx: Tx): Promise<number[]> {
  const rows = await tx.all<{ account_id: number }>(
    "select distinct account_id from queue_entry where state = 'waiting'",
    [],
  );
  return rows.map((row) => row.account_id);
}

/** Tasks whose deadline has passed before they could start (a lost attempt was a start), locked against other servers. */
export async function overdue(db: Database, tx: Tx, limit: number): Promise<number[]> {
  const rows = await tx.all<{ task_id: number }>(
    `select task_id from queue_entry where deadline > 0 and deadline <= ? and state in ('waiting', 'ready') and attempts = 0 order by deadline limit ?${db.skipLocked}`,
    [tx.now, limit],
  );
  return rows.map((row) => row.task_id);
}

/** Tasks of one model that wait, at most `limit`, and whether any runs. Without an index: asked only of models that were removed. */
export async function ofModel(
  db: Database,
  tx: Tx,
  modelId: number,
  limit: number,
): Promise<{ waiting: number[]; running: boolean }> {
  const rows = await tx.all<{ task_id: number }>(
    `select task_id from queue_entry where model_id = ? and state in ('ready', 'waiting') limit ?${db.skipLocked}`,
    [modelId, limit],
  );
  const running = await tx.all(
    "select 1 as one from queue_entry where model_id = ? and state in ('leased', 'steps') limit 1",
    [modelId],
  );
  return { waiting: rows.map((row) => row.task_id), running: running.length > 0 };
}

/** Leases a ready task to a worker under the next epoch. The attempt counts from here, so a task that kills workers cannot loop. */
export async function lease(
  tx: Tx,
  taskId: number,
  worker: string,
): Promise<{ epoch: number; attempts: number } | undefined> {
  const rows = await tx.all<{ epoch: number; attempts: number }>(
    `update queue_entry set state = 'leased', worker = ?, epoch = epoch + 1, attempts = attempts + 1, lease_until = ?, report = 0
     where task_id = ? and state = 'ready' returning epoch, attempts`,
    [worker, tx.now + LEASE_MS, taskId],
  );
  return rows[0];
}

/** Takes up a ready app: from now on its steps are what runs. */
export async function takeUpApp(tx: Tx, taskId: number): Promise<boolean> {
  const changed = await tx.run(
    "update queue_entry set state = 'steps', epoch = 1, attempts = 1 where task_id = ? and state = 'ready'",
    [taskId],
  );
  return changed > 0;
}

/** Keeps an app whose steps run from being moved on by anybody else until the unit ends; false where it has ended. */
export async function lockApp(db: Database, tx: Tx, taskId: number): Promise<boolean> {
  const rows = await tx.all(`select task_id from queue_entry where task_id = ? and state = 'steps'${db.lock}`, [
    taskId,
  ]);
  return rows.length > 0;
}

/** Apps none of whose steps is in the queue, although they have not ended: whoever was to move them on died. */
export async function idleApps(db: Database, limit: number): Promise<number[]> {
  const rows = await db.all<{ task_id: number }>(
    `select q.task_id from queue_entry q where q.state = 'steps' and not exists
       (select 1 from task t join queue_entry s on s.task_id = t.id where t.parent_id = q.task_id) order by q.task_id limit ?`,
    [limit],
  );
  return rows.map((row) => row.task_id);
}

/** Renews the leases that are still this worker's; returns the ones that are not. */
export async function renew(
  tx: Tx,
  worker: string,
  leases: readonly { task: string; epoch: number }[],
): Promise<{ task: string; epoch: number }[]> {
  const lost: { task: string; epoch: number }[] = [];
  for (const lease of leases) {
    const changed = await tx.run(
      "update queue_entry set lease_until = ? where task_id = ? and epoch = ? and worker = ? and state = 'leased' and lease_until > ?",
      [tx.now + LEASE_MS, Number(lease.task), lease.epoch, worker, tx.now],
    );
    if (changed === 0) lost.push(lease);
  }
  return lost;
}

/**
 * Proves that report `n` of this attempt may be applied, and notes it. `duplicate`: it already was. `stale`: the attempt has
 * lost its lease (or the task is over), and nothing of the report may be written.
 */
export async function admitReport(
  tx: Tx,
  report: { taskId: number; epoch: number; worker: string; n: number },
): Promise<"admitted" | "duplicate" | "stale"> {
  const { taskId, epoch, worker, n } = report;
  const changed = await tx.run(
    "update queue_entry set report = ? where task_id = ? and epoch = ? and worker = ? and state = 'leased' and lease_until > ? and report = ?",
    [n, taskId, epoch, worker, tx.now, n - 1],
  );
  if (changed > 0) return "admitted";
  const rows = await tx.all<{ report: number }>(
    "select report from queue_entry where task_id = ? and epoch = ? and worker = ? and state = 'leased' and lease_until > ?",
    [taskId, epoch, worker, tx.now],
  );
  return rows[0] && rows[0].report >= n ? "duplicate" : "stale";
}

/** As `admitReport` for the report that ends the attempt: proves the lease and takes the task out of the queue in one statement. */
export async function admitLastReport(
  tx: Tx,
  report: { taskId: number; epoch: number; worker: string; n: number },
): Promise<boolean> {
  const { taskId, epoch, worker, n } = report;
  const changed = await tx.run(
    "delete from queue_entry where task_id = ? and epoch = ? and worker = ? and state = 'leased' and lease_until > ? and report = ?",
    [taskId, epoch, worker, tx.now, n - 1],
  );
  return changed > 0;
}

/** Takes the task out of the queue whatever its state (kill) or only while it waits (cancel). Returns the entry that was there. */
export async function remove(
  tx: Tx,
  taskId: number,
  options: { onlyQueued: boolean },
): Promise<{ epoch: number; worker: string | null } | undefined> {
  const rows = await tx.all<{ epoch: number; worker: string | null }>(
    `delete from queue_entry where task_id = ?${options.onlyQueued ? " and state in ('waiting', 'ready')" : ""} returning epoch, worker`,
    [taskId],
  );
  return rows[0];
}

export interface ExpiredLease {
  task_id: number;
  epoch: number;
  attempts: number;
  worker: string;
}

/** Leases that ended without a renewal, locked against other servers. */
export function expired(db: Database, tx: Tx, limit: number): Promise<ExpiredLease[]> {
  return tx.all<ExpiredLease>(
    `select task_id, epoch, attempts, worker from queue_entry where state = 'leased' and lease_until <= ? order by lease_until limit ?${db.skipLocked}`,
    [tx.now, limit],
  );
}

/** Back to the queue; returns how many attempts count now. `counted: false` gives the attempt back (a drain is nobody's fault). */
export async function putBack(
  tx: Tx,
  lease: { taskId: number; epoch: number; worker: string },
  options: { counted: boolean },
): Promise<number | undefined> {
  const rows = await tx.all<{ attempts: number }>(
    `update queue_entry set state = 'ready', worker = null, attempts = attempts - ?
     where task_id = ? and epoch = ? and worker = ? and state = 'leased' returning attempts`,
    [options.counted ? 0 : 1, lease.taskId, lease.epoch, lease.worker],
  );
  return rows[0]?.attempts;
}

/** All leases the store knows of this worker. */
export function leasesOf(tx: Tx, worker: string): Promise<{ task_id: number; epoch: number; attempts: number }[]> {
  return tx.all("select task_id, epoch, attempts from queue_entry where worker = ? and state = 'leased'", [worker]);
}

/** A single server that starts again owns all clocks: no lease may outlive LEASE_MS from now, wherever the wall clock jumped. */
export async function clampLeases(tx: Tx): Promise<void> {
  await tx.run("update queue_entry set lease_until = ? where state = 'leased' and lease_until > ?", [
    tx.now + LEASE_MS,
    tx.now + LEASE_MS,
  ]);
}

/** Which model each of these tasks is for. */
export async function modelsOf(tx: Tx, taskIds: readonly number[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const id of taskIds) {
    const rows = await tx.all<{ model_id: number }>("select model_id from queue_entry where task_id = ?", [id]);
    if (rows[0]) found.set(String(id), rows[0].model_id);
  }
  return found;
}

/** Whether this worker holds this attempt right now. */
export async function holds(db: Database, lease: { taskId: number; epoch: number; now: number }): Promise<boolean> {
  const rows = await db.all(
    "select 1 as one from queue_entry where task_id = ? and epoch = ? and state = 'leased' and lease_until > ?",
    [lease.taskId, lease.epoch, lease.now],
  );
  return rows.length > 0;
}
