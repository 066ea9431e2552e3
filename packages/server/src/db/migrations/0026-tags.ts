import type { Migration } from "../migration.ts";

/** Tags of tasks: in the task to be shown, in a table of their own to find it by (tasks/store-tags.ts). */
export const tags: Migration = {
  name: "0026-tags",
  async up(q) {
    await q.schema
      .alterTable("task")
      .addColumn("tags", "text", (c) => c.notNull().defaultTo(""))
      .execute();
    await q.schema
      .createTable("task_tag")
      .addColumn("account_id", "bigint", (c) => c.notNull())
      .addColumn("tag", "text", (c) => c.notNull())
      .addColumn("task_id", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("task_tag_key", ["account_id", "tag", "task_id"])
      .execute();
  },
};
