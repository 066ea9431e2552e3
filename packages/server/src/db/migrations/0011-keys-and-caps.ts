import { sql } from "kysely";
import type { Migration } from "../migration.ts";

/** Keys with names, limits and ends; spend caps; which key a task was made with. The defaults are what keys were before. */
export const keysAndCaps: Migration = {
  name: "0011-keys-and-caps",
  async up(q) {
    const key = (column: string, type: "text" | "bigint") => q.schema.alterTable("project_key").addColumn(column, type);
    const keyText = (column: string, value: string) =>
      q.schema.alterTable("project_key").addColumn(column, "text", (c) => c.notNull().defaultTo(value));
    await keyText("kind", "key").execute();
    await keyText("name", "").execute();
    await keyText("scopes", "run,read,files").execute();
    await keyText("models", "[]").execute();
    await keyText("ip_allow", "[]").execute();
    await key("expires_at", "bigint").execute();
    await key("last_used_at", "bigint").execute();
    await key("parent_id", "bigint").execute();
    await sql.raw("create index browser_token_by_parent on project_key (parent_id) where kind = 'browser'").execute(q);
    await sql.raw("create index browser_token_by_end on project_key (expires_at) where kind = 'browser'").execute(q);

    await q.schema
      .alterTable("task")
      .addColumn("key_id", "bigint", (c) => c.notNull().defaultTo(0))
      .execute();
    await q.schema
      .alterTable("task")
      .addColumn("caps", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    // Statements read from this index alone; it holds charged tasks only, so that accepting one costs nothing.
    await sql
      .raw(
        "create index task_charged on task (account_id, postprocess_end_at, id, project_id, key_id, model_id, cost) where cost > 0",
      )
      .execute(q);

    await q.schema
      .createTable("spend_cap")
      .addColumn("subject", "text", (c) => c.notNull())
      .addColumn("subject_id", "bigint", (c) => c.notNull())
      .addColumn("account_id", "bigint", (c) => c.notNull())
      .addColumn("amount", "bigint", (c) => c.notNull())
      .addColumn("period", "text", (c) => c.notNull())
      .addColumn("used", "bigint", (c) => c.notNull())
      .addColumn("window_start", "bigint", (c) => c.notNull())
      .addColumn("alerted", "integer", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("spend_cap_key", ["subject", "subject_id"])
      .execute();
  },
};
