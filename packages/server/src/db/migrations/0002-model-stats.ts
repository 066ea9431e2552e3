import type { Migration } from "../migration.ts";

/** Run counts of models, kept apart from the models' rows: they change all the time. */
export const modelStats: Migration = {
  name: "0002-model-stats",
  async up(q) {
    await q.schema
      .createTable("model_stat")
      .addColumn("model_id", "bigint", (c) => c.primaryKey())
      .addColumn("runs", "bigint", (c) => c.notNull())
      .addColumn("successes", "bigint", (c) => c.notNull())
      .addColumn("errors", "bigint", (c) => c.notNull())
      .addColumn("elapsed", "bigint", (c) => c.notNull())
      .addColumn("cost", "bigint", (c) => c.notNull())
      .addColumn("last_run_at", "bigint", (c) => c.notNull())
      .execute();
  },
};
