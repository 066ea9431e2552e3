import { sql } from "kysely";
import type { Migration } from "../migration.ts";

/** Statements by member are read from the index of charges alone, as those by day, project, key and model are. */
export const chargesByMember: Migration = {
  name: "0025-charges-by-member",
  async up(q) {
    const columns = "account_id, postprocess_end_at, id, project_id, key_id, model_id, member_id, cost";
    await sql.raw(`create index task_charges on task (${columns}) where cost > 0`).execute(q);
    await q.schema.dropIndex("task_charged").execute();
  },
};
