import type { Migration } from "../migration.ts";

/** What visitors report about a model, for the operator to read. */
export const modelReports: Migration = {
  name: "0020-model-reports",
  async up(q, kind) {
    const table = q.schema.createTable("model_report");
    await (kind === "sqlite"
      ? table.addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
      : table.addColumn("id", "bigserial", (c) => c.primaryKey())
    )
      .addColumn("model_id", "bigint", (c) => c.notNull())
      .addColumn("reason", "text", (c) => c.notNull())
      .addColumn("details", "text", (c) => c.notNull())
      .addColumn("contact", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();
    await q.schema.createIndex("model_report_by_model").on("model_report").columns(["model_id", "id"]).execute();
  },
};
