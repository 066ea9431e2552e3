import { sql } from "kysely";
import type { Migration } from "../migration.ts";

/** Wallets that fill up by themselves, and credit that expires. */
export const topUps: Migration = {
  name: "0017-top-ups",
  async up(q, kind) {
    await q.schema
      .createTable("auto_top_up")
      .addColumn("account_id", "bigint", (c) => c.primaryKey())
      .addColumn("customer", "text", (c) => c.notNull())
      .addColumn("method", "text", (c) => c.notNull())
      .addColumn("is_on", "integer", (c) => c.notNull())
      .addColumn("below", "bigint", (c) => c.notNull())
      .addColumn("amount", "bigint", (c) => c.notNull())
      .addColumn("most", "bigint", (c) => c.notNull())
      .addColumn("month_start", "bigint", (c) => c.notNull())
      .addColumn("month_used", "bigint", (c) => c.notNull())
      .addColumn("pending", "text", (c) => c.notNull())
      .addColumn("problem", "text", (c) => c.notNull())
      .execute();
    const grant = q.schema.createTable("credit_grant");
    await (kind === "sqlite"
      ? grant.addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
      : grant.addColumn("id", "bigserial", (c) => c.primaryKey())
    )
      .addColumn("account_id", "bigint", (c) => c.notNull())
      .addColumn("amount", "bigint", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("expires_at", "bigint", (c) => c.notNull())
      .addColumn("expired_at", "bigint")
      .execute();
    await q.schema
      .createIndex("credit_grant_by_account")
      .on("credit_grant")
      .columns(["account_id", "expires_at"])
      .execute();
    await sql.raw("create index credit_grant_due on credit_grant (expires_at) where expired_at is null").execute(q);
    await q.schema
      .alterTable("coupon")
      .addColumn("credit_days", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
  },
};
