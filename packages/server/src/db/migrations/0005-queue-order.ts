import { sql } from "kysely";
import type { Migration } from "../migration.ts";

/** The order of the queue (turns of projects within a priority), deadlines, and when a task's files go away. */
export const queueOrder: Migration = {
  name: "0005-queue-order",
  async up(q) {
    const add = async (table: "queue_entry" | "task", columns: readonly string[]) => {
      for (const column of columns) {
        await q.schema
          .alterTable(table)
          .addColumn(column, "bigint", (c) => c.notNull().defaultTo(0))
          .execute();
      }
    };
    await add("queue_entry", ["account_id", "project_id", "turn", "deadline"]);
    await add("task", ["priority", "deadline", "expires_at", "files_gone_at"]);
    await q
      .updateTable("queue_entry")
      .set({ project_id: sql`(select project_id from task where id = task_id)` })
      .execute();
    await q
      .updateTable("queue_entry")
      .set({ account_id: sql`(select account_id from task where id = task_id)` })
      .execute();

    // The model stands at its end so that the tasks ahead of one are counted without looking at their rows.
    await sql
      .raw("create index queue_order on queue_entry (priority desc, turn, task_id, model_id) where state = 'ready'")
      .execute(q);
    await q.schema.dropIndex("queue_ready").execute();
    await sql.raw("create index queue_waiting on queue_entry (account_id) where state = 'waiting'").execute(q);
    await sql.raw("create index queue_deadline on queue_entry (deadline) where deadline > 0").execute(q);
    await sql
      .raw("create index task_expiring on task (expires_at) where expires_at > 0 and files_gone_at = 0")
      .execute(q);
    await q.schema.createIndex("file_by_blob").on("file").column("blob").execute();
  },
};
