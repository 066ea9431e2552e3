import type { Kysely } from "kysely";
import type { Database } from "./database.ts";
import type { Schema } from "./schema.ts";

/** One step forward; re-runnable after a crash, and written so that the previous release can go on working. */
export interface Migration {
  name: string;
  up(q: Kysely<Schema>, kind: Database["kind"]): Promise<void>;
}
