import type { Migration } from "../migration.ts";

/** Ratings with their comments, one for each account and model; reports may be about a comment, and are closed when they are dealt with. */
export const comments: Migration = {
  name: "0023-comments",
  async up(q, kind) {
    const table = q.schema.createTable("model_comment");
    await (kind === "sqlite"
      ? table.addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
      : table.addColumn("id", "bigserial", (c) => c.primaryKey())
    )
      .addColumn("model_id", "bigint", (c) => c.notNull())
      .addColumn("account_id", "bigint", (c) => c.notNull())
      .addColumn("points", "integer", (c) => c.notNull())
      .addColumn("body", "text", (c) => c.notNull())
      .addColumn("changed_at", "bigint", (c) => c.notNull())
      .addUniqueConstraint("model_comment_one_each", ["model_id", "account_id"])
      .execute();
    await q.schema.createIndex("model_comment_by_model").on("model_comment").columns(["model_id", "id"]).execute();
    await q.schema.createIndex("model_comment_by_account").on("model_comment").column("account_id").execute();
    await q.schema.alterTable("model_report").addColumn("comment_id", "bigint").execute();
    await q.schema.alterTable("model_report").addColumn("closed_at", "bigint").execute();
  },
};
