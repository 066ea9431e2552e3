import type { Migration } from "../migration.ts";

/** Which runs take about as long, so that estimates are for what was chosen (contract's alike.ts). */
export const likeness: Migration = {
  name: "0027-likeness",
  async up(q) {
    await q.schema
      .alterTable("task")
      .addColumn("likeness", "text", (c) => c.notNull().defaultTo(""))
      .execute();
  },
};
