import type { Migration } from "../migration.ts";

/** Who may ask for high priority besides the operators. */
export const highPriority: Migration = {
  name: "0024-high-priority",
  async up(q) {
    await q.schema
      .alterTable("account")
      .addColumn("high_priority", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
  },
};
