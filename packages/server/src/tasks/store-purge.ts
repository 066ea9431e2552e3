import type { Database, Tx } from "../db/database.ts";

export async function taskIds(
  db: Database,
  page: { accountId: number; after: number; limit: number },
): Promise<number[]> {
  const rows = await db.all<{ id: number }>("select id from task where account_id = ? and id > ? order by id limit ?", [
    page.accountId,
    page.after,
    page.limit,
  ]);
  return rows.map(({ id }) => id);
}

export async function blankTask(tx: Tx, id: number): Promise<void> {
  await tx.run(
    `update task set inputs = '{}', parameters = '{}', callback_url = '', debugoutput = '', debugerror = '', answer = null
     where id = ?`,
    [id],
  );
  await tx.run("delete from callback_attempt where callback_id in (select id from callback where task_id = ?)", [id]);
  await tx.run("delete from callback where task_id = ?", [id]);
}

export function eventRows(tx: Tx, taskId: number): Promise<{ seq: number; events: string }[]> {
  return tx.all("select seq, events from task_event where task_id = ?", [taskId]);
}

export async function setEvents(tx: Tx, row: { taskId: number; seq: number; events: string }): Promise<void> {
  await tx.run("update task_event set events = ? where task_id = ? and seq = ?", [row.events, row.taskId, row.seq]);
}

/** Notes that a task's files are gone, and forgets the answer of a text model with them. A second time changes nothing. */
export async function forgetOutputs(tx: Tx, taskId: number): Promise<void> {
  await tx.run("update task set answer = null, files_gone_at = ? where id = ? and files_gone_at = 0", [tx.now, taskId]);
}

/** Ended tasks whose files have been kept long enough, locked against other servers. */
export async function expiredTasks(db: Database, tx: Tx, limit: number): Promise<number[]> {
  const rows = await tx.all<{ id: number }>(
    `select id from task where expires_at > 0 and files_gone_at = 0 and expires_at <= ? order by expires_at limit ?${db.skipLocked}`,
    [tx.now, limit],
  );
  return rows.map((row) => row.id);
}
