import { sql } from "kysely";
import type { Migration } from "../migration.ts";

/** Whom the runs of a model owner's models pay, and by which share; projects that were removed. */
export const publishers: Migration = {
  name: "0015-publishers",
  async up(q) {
    await q.schema
      .createTable("publisher")
      .addColumn("owner", "text", (c) => c.primaryKey())
      .addColumn("account_id", "bigint", (c) => c.notNull())
      .addColumn("share", "integer", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();
    await q.schema.createIndex("publisher_by_account").on("publisher").column("account_id").execute();
    await q.schema.alterTable("project").addColumn("removed_at", "bigint").execute();
    // What an owner has earned is read by day and model.
    await sql
      .raw("create index ledger_earned on ledger_transfer (credit, created_at) where kind = 'capture'")
      .execute(q);
    await sql
      .raw("create index ledger_paid_out on ledger_transfer (debit, created_at) where kind = 'payout'")
      .execute(q);
  },
};
