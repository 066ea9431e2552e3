import { sql } from "kysely";
import type { Migration } from "../migration.ts";

/** Idempotency keys of runs; callbacks with their delivery log and the secrets they are signed with. */
export const callbacksAndKeys: Migration = {
  name: "0004-callbacks-and-keys",
  async up(q, kind) {
    await q.schema
      .createTable("idempotency_key")
      .addColumn("project_id", "bigint", (c) => c.notNull())
      .addColumn("key", "text", (c) => c.notNull())
      .addColumn("request_hash", "text", (c) => c.notNull())
      .addColumn("task_id", "bigint", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("idempotency_key_once", ["project_id", "key"])
      .execute();
    await q.schema.createIndex("idempotency_key_by_age").on("idempotency_key").column("created_at").execute();

    await q.schema
      .alterTable("task")
      .addColumn("callback_base", "text", (c) => c.notNull().defaultTo(""))
      .execute();

    const callback = q.schema.createTable("callback");
    await (kind === "sqlite"
      ? callback.addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
      : callback.addColumn("id", "bigserial", (c) => c.primaryKey())
    )
      .addColumn("task_id", "bigint", (c) => c.notNull().unique())
      .addColumn("account_id", "bigint", (c) => c.notNull())
      .addColumn("project_id", "bigint", (c) => c.notNull())
      .addColumn("message_id", "text", (c) => c.notNull())
      .addColumn("url", "text", (c) => c.notNull())
      .addColumn("host", "text", (c) => c.notNull())
      .addColumn("base", "text", (c) => c.notNull())
      .addColumn("state", "text", (c) => c.notNull())
      .addColumn("tries", "integer", (c) => c.notNull())
      .addColumn("claim", "integer", (c) => c.notNull())
      .addColumn("next_at", "bigint", (c) => c.notNull())
      .addColumn("claimed_until", "bigint", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();
    await sql.raw("create index callback_due on callback (next_at) where state = 'due'").execute(q);
    await q.schema.createIndex("callback_by_account").on("callback").columns(["account_id", "id"]).execute();

    await q.schema
      .createTable("callback_attempt")
      .addColumn("callback_id", "bigint", (c) => c.notNull())
      .addColumn("n", "integer", (c) => c.notNull())
      .addColumn("at", "bigint", (c) => c.notNull())
      .addColumn("ms", "integer", (c) => c.notNull())
      .addColumn("status", "integer")
      .addColumn("error", "text")
      .addColumn("response", "text", (c) => c.notNull())
      .addPrimaryKeyConstraint("callback_attempt_key", ["callback_id", "n"])
      .execute();

    await q.schema
      .createTable("callback_secret")
      .addColumn("project_id", "bigint", (c) => c.notNull())
      .addColumn("n", "integer", (c) => c.notNull())
      .addColumn("sealed", "text", (c) => c.notNull())
      .addColumn("ends_at", "bigint")
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("callback_secret_key", ["project_id", "n"])
      .execute();
  },
};
