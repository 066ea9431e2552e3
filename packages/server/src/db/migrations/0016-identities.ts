import type { Migration } from "../migration.ts";

/** Accounts as an identity provider names them (OpenID Connect). */
export const identities: Migration = {
  name: "0016-identities",
  async up(q) {
    await q.schema
      .createTable("account_identity")
      .addColumn("issuer", "text", (c) => c.notNull())
      .addColumn("subject", "text", (c) => c.notNull())
      .addColumn("account_id", "bigint", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("account_identity_key", ["issuer", "subject"])
      .execute();
    await q.schema.createIndex("account_identity_by_account").on("account_identity").column("account_id").execute();
  },
};
