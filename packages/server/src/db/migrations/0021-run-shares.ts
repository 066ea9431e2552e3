import type { Migration } from "../migration.ts";

/** Links to runs. The token is known by its hash; sealed, so that its owner can be shown the link again. */
export const runShares: Migration = {
  name: "0021-run-shares",
  async up(q, kind) {
    const table = q.schema.createTable("run_share");
    await (kind === "sqlite"
      ? table.addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
      : table.addColumn("id", "bigserial", (c) => c.primaryKey())
    )
      .addColumn("task_id", "bigint", (c) => c.notNull())
      .addColumn("account_id", "bigint", (c) => c.notNull())
      .addColumn("token_hash", "text", (c) => c.notNull().unique())
      .addColumn("token_sealed", "text", (c) => c.notNull())
      .addColumn("hide_inputs", "integer", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("expires_at", "bigint")
      .execute();
    await q.schema.createIndex("run_share_by_task").on("run_share").columns(["account_id", "task_id"]).execute();
  },
};
