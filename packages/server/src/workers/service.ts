import type { Database } from "../db/database.ts";
import { upsertToken } from "./store.ts";

/** Lets workers in that present the token with this hash. */
export async function registerToken(db: Database, token: { hash: string; name: string }): Promise<void> {
  await db.write((tx) => upsertToken(tx, token));
}
