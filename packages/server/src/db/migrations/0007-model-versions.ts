import type { Migration } from "../migration.ts";

/** Versions of models that operators added while the server ran; their files lie in the data folder. */
export const modelVersions: Migration = {
  name: "0007-model-versions",
  async up(q, kind) {
    const table = q.schema.createTable("model_version");
    await (kind === "sqlite"
      ? table.addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
      : table.addColumn("id", "bigserial", (c) => c.primaryKey())
    )
      .addColumn("model_id", "bigint", (c) => c.notNull())
      .addColumn("version", "text", (c) => c.notNull())
      .addColumn("manifest", "text", (c) => c.notNull())
      .addColumn("active", "integer", (c) => c.notNull())
      .addColumn("added_by", "text", (c) => c.notNull())
      .addColumn("added_at", "bigint", (c) => c.notNull())
      .addColumn("removed_at", "bigint")
      .addUniqueConstraint("model_version_once", ["model_id", "version"])
      .execute();
  },
};
