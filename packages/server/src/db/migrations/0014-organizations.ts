import type { CreateTableBuilder } from "kysely";
import type { Migration } from "../migration.ts";
import type { Schema } from "../schema.ts";

/** Organisations: accounts that people act for, who their members are, and who has been invited. */
export const organizations: Migration = {
  name: "0014-organizations",
  async up(q, kind) {
    const create = (name: keyof Schema) => q.schema.createTable(name);
    const withId = <T extends string>(table: CreateTableBuilder<T>) =>
      kind === "sqlite"
        ? table.addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
        : table.addColumn("id", "bigserial", (c) => c.primaryKey());
    await q.schema
      .alterTable("account")
      .addColumn("kind", "text", (c) => c.notNull().defaultTo("person"))
      .execute();
    await q.schema.alterTable("account_bearer").addColumn("organization_id", "bigint").execute();
    await q.schema
      .alterTable("task")
      .addColumn("member_id", "bigint", (c) => c.notNull().defaultTo(0))
      .execute();

    await withId(create("organization_member"))
      .addColumn("organization_id", "bigint", (c) => c.notNull())
      .addColumn("account_id", "bigint", (c) => c.notNull())
      .addColumn("role", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();
    await q.schema
      .createIndex("organization_member_once")
      .on("organization_member")
      .columns(["organization_id", "account_id"])
      .unique()
      .execute();
    await q.schema
      .createIndex("organization_member_by_account")
      .on("organization_member")
      .column("account_id")
      .execute();

    await withId(create("organization_invitation"))
      .addColumn("organization_id", "bigint", (c) => c.notNull())
      .addColumn("token_hash", "text", (c) => c.notNull().unique())
      .addColumn("email", "text", (c) => c.notNull())
      .addColumn("role", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("expires_at", "bigint", (c) => c.notNull())
      .execute();
    await q.schema
      .createIndex("organization_invitation_by_organization")
      .on("organization_invitation")
      .columns(["organization_id", "id"])
      .execute();
  },
};
