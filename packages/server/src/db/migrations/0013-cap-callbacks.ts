import type { Migration } from "../migration.ts";

/** Where a project hears of its spend caps; callbacks about other things than tasks carry their own text. */
export const capCallbacks: Migration = {
  name: "0013-cap-callbacks",
  async up(q) {
    await q.schema
      .alterTable("project")
      .addColumn("alert_url", "text", (c) => c.notNull().defaultTo(""))
      .execute();
    await q.schema.alterTable("callback").addColumn("body", "text").execute();
  },
};
