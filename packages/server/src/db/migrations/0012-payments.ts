import { type CreateTableBuilder, sql } from "kysely";
import type { Migration } from "../migration.ts";
import type { Schema } from "../schema.ts";

/** Payments, coupons, and the way to a wallet's transfers that belong to no task. */
export const payments: Migration = {
  name: "0012-payments",
  async up(q, kind) {
    const withId = <T extends string>(table: CreateTableBuilder<T>) =>
      kind === "sqlite"
        ? table.addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
        : table.addColumn("id", "bigserial", (c) => c.primaryKey());
    const create = (name: keyof Schema) => q.schema.createTable(name);

    await withId(create("payment"))
      .addColumn("provider", "text", (c) => c.notNull())
      .addColumn("reference", "text", (c) => c.notNull())
      .addColumn("account_id", "bigint", (c) => c.notNull())
      .addColumn("amount", "bigint", (c) => c.notNull())
      .addColumn("state", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("settled_at", "bigint")
      .addUniqueConstraint("payment_once", ["provider", "reference"])
      .execute();

    await withId(create("coupon"))
      .addColumn("code_hash", "text", (c) => c.notNull().unique())
      .addColumn("last4", "text", (c) => c.notNull())
      .addColumn("amount", "bigint", (c) => c.notNull().check(sql`amount > 0`))
      .addColumn("uses", "integer", (c) => c.notNull())
      .addColumn("used", "integer", (c) => c.notNull().check(sql`used >= 0`))
      .addColumn("expires_at", "bigint")
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();

    // Without tasks' transfers: those are many, and are found by their tasks.
    for (const side of ["debit", "credit"]) {
      await sql
        .raw(`create index ledger_transfer_by_${side} on ledger_transfer (${side}, id) where task_id is null`)
        .execute(q);
    }
  },
};
