import type { Migration } from "../migration.ts";

/** What a task's price is made of: the terms beside its rate, and the lines of its bill. */
export const priceTerms: Migration = {
  name: "0006-price-terms",
  async up(q) {
    await q.schema
      .alterTable("task")
      .addColumn("price_terms", "text", (c) => c.notNull().defaultTo(""))
      .execute();
    await q.schema.alterTable("task").addColumn("bill", "text").execute();
  },
};
