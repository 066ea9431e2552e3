import { type CreateTableBuilder, type Kysely, sql } from "kysely";
import type { Migration } from "../migration.ts";
import type { Schema } from "../schema.ts";

/** Accounts, projects and keys, wallets and ledger, models, tasks with their log and queue, files, worker tokens. */
export const foundation: Migration = {
  name: "0001-foundation",
  async up(q, kind) {
    const withId = <T extends string>(table: CreateTableBuilder<T>) =>
      kind === "sqlite"
        ? table.addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
        : table.addColumn("id", "bigserial", (c) => c.primaryKey());
    const create = (name: keyof Schema) => q.schema.createTable(name);

    await withId(create("account"))
      .addColumn("uuid", "text", (c) => c.notNull().unique())
      .addColumn("email", "text", (c) => c.notNull().unique())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("password_hash", "text", (c) => c.notNull())
      .addColumn("role", "text", (c) => c.notNull())
      .addColumn("suspended", "integer", (c) => c.notNull().defaultTo(0))
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();

    await withId(create("project"))
      .addColumn("account_id", "bigint", (c) => c.notNull().references("account.id"))
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("auth", "text", (c) => c.notNull())
      .addColumn("nonce_policy", "text", (c) => c.notNull())
      .addColumn("ip_allow", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();
    await q.schema.createIndex("project_by_account").on("project").column("account_id").execute();

    await withId(create("project_key"))
      .addColumn("project_id", "bigint", (c) => c.notNull().references("project.id"))
      .addColumn("key_hash", "text", (c) => c.notNull().unique())
      .addColumn("key_last4", "text", (c) => c.notNull())
      .addColumn("secret_sealed", "text")
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("revoked_at", "bigint")
      .execute();
    await q.schema.createIndex("project_key_by_project").on("project_key").column("project_id").execute();

    await create("nonce")
      .addColumn("project_id", "bigint", (c) => c.notNull())
      .addColumn("nonce", "text", (c) => c.notNull())
      .addColumn("seen_at", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("nonce_key", ["project_id", "nonce"])
      .execute();
    await q.schema.createIndex("nonce_by_age").on("nonce").column("seen_at").execute();

    await create("wallet")
      .addColumn("account_id", "bigint", (c) => c.primaryKey().references("account.id"))
      .addColumn("available", "bigint", (c) => c.notNull().check(sql`available >= 0`))
      .addColumn("held", "bigint", (c) => c.notNull().check(sql`held >= 0`))
      .addColumn("active", "integer", (c) => c.notNull().check(sql`active >= 0`))
      .execute();

    await withId(create("ledger_transfer"))
      .addColumn("debit", "text", (c) => c.notNull())
      .addColumn("credit", "text", (c) => c.notNull())
      .addColumn("amount", "bigint", (c) => c.notNull().check(sql`amount >= 0`))
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("task_id", "bigint")
      .addColumn("seq", "integer", (c) => c.notNull().defaultTo(0))
      .addColumn("note", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();
    await q.schema
      .createIndex("ledger_transfer_once")
      .unique()
      .on("ledger_transfer")
      .columns(["task_id", "kind", "seq"])
      .where("task_id", "is not", null)
      .execute();
    await appendOnly(q, kind);

    await withId(create("model"))
      .addColumn("owner", "text", (c) => c.notNull())
      .addColumn("slug", "text", (c) => c.notNull())
      .addColumn("clean_owner", "text", (c) => c.notNull())
      .addColumn("clean_slug", "text", (c) => c.notNull())
      .addColumn("version", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addUniqueConstraint("model_name", ["clean_owner", "clean_slug"])
      .execute();

    await withId(create("task"))
      .addColumn("token", "text", (c) => c.notNull().unique())
      .addColumn("account_id", "bigint", (c) => c.notNull())
      .addColumn("project_id", "bigint", (c) => c.notNull())
      .addColumn("model_id", "bigint", (c) => c.notNull())
      .addColumn("version", "text", (c) => c.notNull())
      .addColumn("status", "text", (c) => c.notNull())
      .addColumn("inputs", "text", (c) => c.notNull())
      .addColumn("parameters", "text", (c) => c.notNull())
      .addColumn("callback_url", "text", (c) => c.notNull())
      .addColumn("price_method", "text", (c) => c.notNull())
      .addColumn("price", "bigint", (c) => c.notNull())
      .addColumn("hold", "bigint", (c) => c.notNull())
      .addColumn("cost", "bigint")
      .addColumn("debugoutput", "text", (c) => c.notNull().defaultTo(""))
      .addColumn("debugerror", "text", (c) => c.notNull().defaultTo(""))
      .addColumn("answer", "text")
      .addColumn("pexit", "text", (c) => c.notNull().defaultTo(""))
      .addColumn("elapsed", "bigint", (c) => c.notNull().defaultTo(0))
      .addColumn("end_reason", "text")
      .addColumn("last_event", "integer", (c) => c.notNull())
      .addColumn("attempts", "integer", (c) => c.notNull().defaultTo(0))
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("accepted_at", "bigint", (c) => c.notNull().defaultTo(0))
      .addColumn("preprocess_start_at", "bigint", (c) => c.notNull().defaultTo(0))
      .addColumn("preprocess_end_at", "bigint", (c) => c.notNull().defaultTo(0))
      .addColumn("assigned_at", "bigint", (c) => c.notNull().defaultTo(0))
      .addColumn("started_at", "bigint", (c) => c.notNull().defaultTo(0))
      .addColumn("ended_at", "bigint", (c) => c.notNull().defaultTo(0))
      .addColumn("postprocess_start_at", "bigint", (c) => c.notNull().defaultTo(0))
      .addColumn("postprocess_end_at", "bigint", (c) => c.notNull().defaultTo(0))
      .addColumn("cancelled_at", "bigint", (c) => c.notNull().defaultTo(0))
      .execute();
    await q.schema.createIndex("task_by_account").on("task").columns(["account_id", "id"]).execute();

    await create("task_event")
      .addColumn("task_id", "bigint", (c) => c.notNull())
      .addColumn("seq", "integer", (c) => c.notNull())
      .addColumn("events", "text", (c) => c.notNull())
      .addPrimaryKeyConstraint("task_event_key", ["task_id", "seq"])
      .$call((table) => (kind === "sqlite" ? table.modifyEnd(sql`without rowid`) : table))
      .execute();

    await create("queue_entry")
      .addColumn("task_id", kind === "sqlite" ? "integer" : "bigint", (c) => c.primaryKey())
      .addColumn("model_id", "bigint", (c) => c.notNull())
      .addColumn("priority", "integer", (c) => c.notNull())
      .addColumn("state", "text", (c) => c.notNull())
      .addColumn("epoch", "integer", (c) => c.notNull())
      .addColumn("attempts", "integer", (c) => c.notNull())
      .addColumn("worker", "text")
      .addColumn("lease_until", "bigint", (c) => c.notNull())
      .addColumn("report", "integer", (c) => c.notNull())
      .execute();
    await sql.raw("create index queue_ready on queue_entry (priority desc, task_id) where state = 'ready'").execute(q);
    await sql.raw("create index queue_leases on queue_entry (lease_until) where state = 'leased'").execute(q);

    await create("file")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("account_id", "bigint", (c) => c.notNull())
      .addColumn("access_key", "text", (c) => c.notNull().unique())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("content_type", "text", (c) => c.notNull())
      .addColumn("size", "bigint", (c) => c.notNull())
      .addColumn("blob", "text", (c) => c.notNull())
      .addColumn("parent", "text", (c) => c.notNull())
      .addColumn("task_id", "bigint")
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("position", "integer", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();
    await q.schema.createIndex("file_by_task").on("file").column("task_id").execute();

    await create("worker_token")
      .addColumn("token_hash", "text", (c) => c.primaryKey())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("revoked_at", "bigint")
      .execute();

    await create("setting")
      .addColumn("key", "text", (c) => c.primaryKey())
      .addColumn("value", "text", (c) => c.notNull())
      .execute();
  },
};

/** Ledger entries are corrected by new entries; the engine itself refuses to change or remove one. */
async function appendOnly(q: Kysely<Schema>, kind: "sqlite" | "postgres"): Promise<void> {
  if (kind === "sqlite") {
    for (const action of ["update", "delete"]) {
      await sql
        .raw(
          `create trigger ledger_transfer_no_${action} before ${action} on ledger_transfer begin select raise(abort, 'ledger entries are append-only'); end`,
        )
        .execute(q);
    }
    return;
  }
  await sql
    .raw(
      "create function ledger_append_only() returns trigger language plpgsql as $$ begin raise exception 'ledger entries are append-only'; end $$",
    )
    .execute(q);
  await sql
    .raw(
      "create trigger ledger_transfer_append_only before update or delete or truncate on ledger_transfer for each statement execute function ledger_append_only()",
    )
    .execute(q);
}
