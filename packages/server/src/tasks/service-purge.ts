/** What is removed of an account's tasks when it is deleted: all that was sent and made. What was charged stays, as bare numbers. */
import type { TaskEvent } from "@modelyard/contract";
import type { Blobs } from "../blobs/blobs.ts";
import type { Database } from "../db/database.ts";
import { removeTaskFiles } from "../files/service.ts";
import * as store from "./store-purge.ts";
import { replaceTags } from "./store-tags.ts";

const BATCH = 50;

/** In many small units, so that nobody waits for it; may be called again after a crash. The tasks must have ended. */
export async function purgeTasks(db: Database, blobs: Blobs, accountId: number): Promise<void> {
  for (let after = 0; ; ) {
    const ids = await store.taskIds(db, { accountId, after, limit: BATCH });
    const last = ids.at(-1);
    if (last === undefined) return;
    const removed = await db.write(async (tx) => {
      const keys: string[] = [];
      for (const id of ids) {
        keys.push(...(await removeTaskFiles(tx, id)));
        await store.blankTask(tx, id);
        await replaceTags(db, tx, { accountId, taskId: id }, []);
        for (const row of await store.eventRows(tx, id)) {
          const events = (JSON.parse(row.events) as TaskEvent[]).map((event) => ({ ...event, body: null }));
          await store.setEvents(tx, { taskId: id, seq: row.seq, events: JSON.stringify(events) });
        }
      }
      return keys;
    });
    for (const key of removed) await blobs.delete(key);
    after = last;
  }
}
