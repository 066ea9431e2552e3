/** The queue as operators look at it and change it. */
import type { Database, Tx } from "../db/database.ts";

/** A model's tasks that have not ended, in one state. */
export interface Load {
  model_id: number;
  state: "waiting" | "ready" | "leased" | "steps";
  n: number;
  /** When the first of them was sent, unix milliseconds. */
  oldest: number;
}

/** Reads the whole queue: for an operator who asks, not for a path that is taken often. */
export async function loads(db: Database): Promise<Load[]> {
  const rows = await db.all<Load>(
    `select q.model_id, q.state, count(*) as n, min(t.created_at) as oldest
     from queue_entry q join task t on t.id = q.task_id group by q.model_id, q.state`,
    [],
  );
  return rows.map((row) => ({ ...row, n: Number(row.n), oldest: Number(row.oldest) }));
}

/** A task that waits. */
export interface Waiting {
  task_id: number;
  model_id: number;
  email: string;
  priority: number;
  state: "ready" | "waiting";
  created_at: number;
}

/** Tasks that wait, in the order in which they are handed out. Reads the whole queue, as `loads` does. */
export function waitingTasks(db: Database, page: { start: number; limit: number }): Promise<Waiting[]> {
  return db.all<Waiting>(
    `select q.task_id, q.model_id, a.email, q.priority, q.state, t.created_at
     from queue_entry q join task t on t.id = q.task_id join account a on a.id = q.account_id
     where q.state in ('ready', 'waiting') order by q.priority desc, q.turn, q.task_id limit ? offset ?`,
    [page.limit, page.start],
  );
}

/** Ids and projects of a task and, where it is an app's run, of its steps, as far as they wait; locked against being handed out. */
export function lockWaiting(
  db: Database,
  tx: Tx,
  taskId: number,
): Promise<{ task_id: number; project_id: number; state: string }[]> {
  return tx.all(
    `select task_id, project_id, state from queue_entry
     where state in ('ready', 'waiting', 'steps') and task_id in (select id from task where id = ? or parent_id = ?)
     order by task_id${db.lock}`,
    [taskId, taskId],
  );
}

/** For a task that was locked as waiting. */
export async function reprioritize(tx: Tx, entry: { taskId: number; priority: number; turn: number }): Promise<void> {
  const { taskId, priority, turn } = entry;
  await tx.run(
    "update queue_entry set priority = ?, turn = ? where task_id = ? and state in ('ready', 'waiting', 'steps')",
    [priority, turn, taskId],
  );
  await tx.run("update task set priority = ? where id = ?", [priority, taskId]);
}
