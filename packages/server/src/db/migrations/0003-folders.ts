import { sql } from "kysely";
import type { Migration } from "../migration.ts";

/** Folders of uploaded files, and how much of its quota each account uses. */
export const folders: Migration = {
  name: "0003-folders",
  async up(q) {
    await q.schema
      .createTable("folder")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("account_id", "bigint", (c) => c.notNull())
      .addColumn("parent", "text", (c) => c.notNull())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("depth", "integer", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addUniqueConstraint("folder_name", ["account_id", "parent", "name"])
      .execute();
    await q.schema.createIndex("folder_by_parent").on("folder").column("parent").execute();
    await q.schema
      .createTable("file_space")
      .addColumn("account_id", "bigint", (c) => c.primaryKey())
      .addColumn("bytes", "bigint", (c) => c.notNull())
      .addColumn("folders", "integer", (c) => c.notNull())
      .execute();
    await sql
      .raw("create index file_uploaded on file (account_id, parent, created_at, id) where kind = 'upload'")
      .execute(q);
  },
};
