import { sql } from "kysely";
import type { Migration } from "../migration.ts";

/**
 * What an account has run, in pages and counts (tasks/store-list.ts): one index has all that a list is narrowed by and that never
 * changes, in place of the one there was; two small ones have the ends that are rare.
 */
export const history: Migration = {
  name: "0018-history",
  async up(q, kind) {
    // Without it the planner takes every charge for a day of its own, and sorts what it could count.
    if (kind === "postgres")
      await sql.raw("create statistics task_charged_day on (postprocess_end_at / 86400000) from task").execute(q);
    const columns = "account_id, id, parent_id, project_id, model_id, created_at";
    await sql.raw(`create index task_history on task (${columns})`).execute(q);
    await q.schema.dropIndex("task_by_account").execute();
    const failed = "status = 'task_postprocess_end' and pexit <> '0'";
    for (const [name, where] of [
      ["failed", failed],
      ["cancelled", "status = 'task_cancel'"],
    ])
      await sql.raw(`create index task_${name} on task (${columns}) where parent_id = 0 and ${where}`).execute(q);
  },
};
