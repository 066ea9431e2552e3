/** Removing a task's files before their time. */
import { apiError, isTerminal } from "@modelyard/contract";
import type { Blobs } from "../blobs/blobs.ts";
import type { Database } from "../db/database.ts";
import { removeTaskFiles } from "../files/service.ts";
import type { Fields } from "../http/body.ts";
import { taskIdentifier } from "./policy.ts";
import { readTask, type TaskRow } from "./store.ts";
import { forgetOutputs } from "./store-purge.ts";
import { stepsOf } from "./store-steps.ts";

interface FilesDeps {
  db: Database;
  blobs: Blobs;
}

/** What the task was given and what it made, those of an app's steps too; the task itself stays. Repeating it changes nothing. */
export async function deleteTaskFiles({ db, blobs }: FilesDeps, accountId: number, fields: Fields): Promise<void> {
  const by = taskIdentifier(fields);
  if (by === "missing") throw apiError("taskIdRequired");
  const row = by === "none" ? undefined : await readTask(db, by, accountId);
  if (!row) throw apiError("taskNotExist");
  if (!isTerminal(row.status) || (await isPartOfRunning(db, row))) throw apiError("taskNotEnded");
  const removed = await db.write(async (tx) => {
    const steps = row.app === null ? [] : await stepsOf(tx, row.id);
    const keys: string[] = [];
    for (const id of [row.id, ...steps.map((step) => step.id)]) {
      await forgetOutputs(tx, id);
      keys.push(...(await removeTaskFiles(tx, id)));
    }
    return keys;
  });
  for (const key of removed) await blobs.delete(key);
}

/** Whether it is a step of an app that still needs what it made. */
async function isPartOfRunning(db: Database, row: TaskRow): Promise<boolean> {
  if (row.parent_id === 0) return false;
  const parent = await readTask(db, { id: row.parent_id }, row.account_id);
  return parent !== undefined && !isTerminal(parent.status);
}
