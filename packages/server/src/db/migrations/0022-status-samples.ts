import type { Migration } from "../migration.ts";

/** One row a minute: how the server was, for the status page. */
export const statusSamples: Migration = {
  name: "0022-status-samples",
  async up(q) {
    await q.schema
      .createTable("status_sample")
      .addColumn("at", "bigint", (c) => c.primaryKey())
      .addColumn("workers", "integer", (c) => c.notNull())
      .addColumn("ready", "integer", (c) => c.notNull())
      .addColumn("leased", "integer", (c) => c.notNull())
      .addColumn("paused", "integer", (c) => c.notNull())
      .execute();
  },
};
