/** Tags are written twice: in their task, which shows them, and in `task_tag`, by which tasks are found. Both in one unit of work. */
import type { Database, Tx } from "../db/database.ts";

interface Tagged {
  accountId: number;
  taskId: number;
}

/** For a task that has none. */
export async function insertTags(tx: Tx, { accountId, taskId }: Tagged, tags: readonly string[]): Promise<void> {
  if (tags.length === 0) return;
  const rows = tags.map(() => "(?, ?, ?)").join(", ");
  const params = tags.flatMap((tag) => [accountId, tag, taskId]);
  await tx.run(`insert into task_tag (account_id, tag, task_id) values ${rows}`, params);
}

/** Nothing happens where the account has no such task. */
export async function replaceTags(db: Database, tx: Tx, task: Tagged, tags: readonly string[]): Promise<void> {
  const { accountId, taskId } = task;
  const [row] = await tx.all<{ tags: string }>(`select tags from task where id = ? and account_id = ?${db.lock}`, [
    taskId,
    accountId,
  ]);
  if (!row) return;
  const old = row.tags === "" ? [] : row.tags.split(",");
  for (const tag of old)
    await tx.run("delete from task_tag where account_id = ? and tag = ? and task_id = ?", [accountId, tag, taskId]);
  await insertTags(tx, task, tags);
  await tx.run("update task set tags = ? where id = ? and account_id = ?", [tags.join(","), taskId, accountId]);
}

/** Tags told of at most. */
const LISTED = 1000;

/** An account's tags by their names, with their numbers of tasks. */
export async function countTags(db: Database, accountId: number): Promise<{ tag: string; runs: number }[]> {
  const rows = await db.all<{ tag: string; runs: number }>(
    `select tag, count(*) as runs from task_tag where account_id = ? group by tag order by tag limit ${LISTED}`,
    [accountId],
  );
  return rows.map(({ tag, runs }) => ({ tag, runs: Number(runs) }));
}
