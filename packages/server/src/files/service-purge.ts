/** Removing all uploads of an account, when it is deleted. */
import type { Blobs } from "../blobs/blobs.ts";
import type { Database } from "../db/database.ts";
import { removeSomeFiles, removeSpace } from "./store-purge.ts";

const BATCH = 200;

/** In many small units, so that nobody waits for it; may be called again after a crash. */
export async function purgeFiles(db: Database, blobs: Blobs, accountId: number): Promise<void> {
  for (let removed = BATCH; removed === BATCH; ) {
    const keys = await db.write((tx) => removeSomeFiles(tx, accountId, BATCH));
    for (const key of keys) await blobs.delete(key);
    removed = keys.length;
  }
  await db.write((tx) => removeSpace(tx, accountId));
}
