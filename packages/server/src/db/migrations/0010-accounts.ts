import { type CreateTableBuilder, sql } from "kysely";
import type { Migration } from "../migration.ts";
import type { Schema } from "../schema.ts";

/** Sessions, bearer tokens, one-time links, mail that is owed, the audit log. */
export const accounts: Migration = {
  name: "0010-accounts",
  async up(q, kind) {
    const create = (name: keyof Schema) => q.schema.createTable(name);
    const withId = <T extends string>(table: CreateTableBuilder<T>) =>
      kind === "sqlite"
        ? table.addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
        : table.addColumn("id", "bigserial", (c) => c.primaryKey());

    await q.schema.alterTable("account").addColumn("email_verified_at", "bigint").execute();
    await q.schema.alterTable("account").addColumn("deleted_at", "bigint").execute();
    await q.schema.alterTable("account").addColumn("purged_at", "bigint").execute();
    // Whoever was there before had nothing to confirm.
    await sql.raw("update account set email_verified_at = created_at").execute(q);

    await withId(create("account_session"))
      .addColumn("account_id", "bigint", (c) => c.notNull())
      .addColumn("token_hash", "text", (c) => c.notNull().unique())
      .addColumn("ip", "text", (c) => c.notNull())
      .addColumn("user_agent", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("seen_at", "bigint", (c) => c.notNull())
      .execute();
    await q.schema.createIndex("account_session_by_account").on("account_session").column("account_id").execute();

    await create("account_bearer")
      .addColumn("token_hash", "text", (c) => c.primaryKey())
      .addColumn("session_id", "bigint", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("expires_at", "bigint", (c) => c.notNull())
      .execute();
    await q.schema.createIndex("account_bearer_by_age").on("account_bearer").column("expires_at").execute();

    await create("account_link")
      .addColumn("token_hash", "text", (c) => c.primaryKey())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("account_id", "bigint")
      .addColumn("email", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("expires_at", "bigint", (c) => c.notNull())
      .addColumn("used_at", "bigint")
      .execute();
    await sql
      .raw("create index account_unpurged on account (id) where deleted_at is not null and purged_at is null")
      .execute(q);
    await q.schema.createIndex("account_link_by_account").on("account_link").column("account_id").execute();

    await withId(create("mail"))
      .addColumn("account_id", "bigint")
      .addColumn("recipient", "text", (c) => c.notNull())
      .addColumn("subject", "text", (c) => c.notNull())
      .addColumn("sealed", "text", (c) => c.notNull())
      .addColumn("state", "text", (c) => c.notNull())
      .addColumn("tries", "integer", (c) => c.notNull())
      .addColumn("next_at", "bigint", (c) => c.notNull())
      .addColumn("claimed_until", "bigint", (c) => c.notNull())
      .addColumn("error", "text")
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();
    await q.schema.createIndex("mail_by_account").on("mail").column("account_id").execute();
    await sql.raw("create index mail_due on mail (next_at) where state = 'due'").execute(q);

    await withId(create("audit_entry"))
      .addColumn("account_id", "bigint", (c) => c.notNull())
      .addColumn("actor", "text", (c) => c.notNull())
      .addColumn("ip", "text", (c) => c.notNull())
      .addColumn("action", "text", (c) => c.notNull())
      .addColumn("target", "text", (c) => c.notNull())
      .addColumn("outcome", "text", (c) => c.notNull())
      .addColumn("at", "bigint", (c) => c.notNull())
      .execute();
    await q.schema.createIndex("audit_entry_by_account").on("audit_entry").columns(["account_id", "id"]).execute();
    if (kind === "sqlite") {
      for (const action of ["update", "delete"]) {
        await sql
          .raw(
            `create trigger audit_entry_no_${action} before ${action} on audit_entry begin select raise(abort, 'the audit log is append-only'); end`,
          )
          .execute(q);
      }
    } else {
      await sql
        .raw(
          "create function audit_append_only() returns trigger language plpgsql as $$ begin raise exception 'the audit log is append-only'; end $$",
        )
        .execute(q);
      await sql
        .raw(
          "create trigger audit_entry_append_only before update or delete or truncate on audit_entry for each statement execute function audit_append_only()",
        )
        .execute(q);
    }
  },
};
