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
