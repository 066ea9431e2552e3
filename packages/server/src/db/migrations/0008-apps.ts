import { sql } from "kysely";
import type { Migration } from "../migration.ts";

/** Apps: a task that is a chain of others carries its steps; the runs of its steps name it and their place in it. */
export const apps: Migration = {
  name: "0008-apps",
  async up(q) {
    await q.schema.alterTable("task").addColumn("app", "text").execute();
    await q.schema
      .alterTable("task")
      .addColumn("parent_id", "bigint", (c) => c.notNull().defaultTo(0))
      .execute();
    await q.schema
      .alterTable("task")
      .addColumn("step", "text", (c) => c.notNull().defaultTo(""))
      .execute();
    await sql.raw("create unique index task_steps on task (parent_id, step) where parent_id > 0").execute(q);
    await sql.raw("create index queue_apps on queue_entry (task_id) where state = 'steps'").execute(q);
  },
};
