import type { Database, Tx } from "../db/database.ts";

export interface FileRow {
  id: string;
  account_id: number;
  access_key: string;
  name: string;
  content_type: string;
  size: number;
  blob: string;
  parent: string;
  task_id: number | null;
  kind: "input" | "output" | "upload";
  position: number;
  created_at: number;
}

export async function insertFile(tx: Tx, file: Omit<FileRow, "created_at">): Promise<void> {
  await tx.run(
    "insert into file (id, account_id, access_key, name, content_type, size, blob, parent, task_id, kind, position, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [
      file.id,
      file.account_id,
      file.access_key,
      file.name,
      file.content_type,
      file.size,
      file.blob,
      file.parent,
      file.task_id,
      file.kind,
      file.position,
      tx.now,
    ],
  );
}

/** Prepared text: every download begins with it. */
export async function fileByAccessKey(db: Database, accessKey: string): Promise<FileRow | undefined> {
  const [row] = await db.all<FileRow>("select * from file where access_key = ?", [accessKey]);
  return row;
}

/** Removes a task's own inputs and outputs; returns the blobs that no other file has: an app's files are also those of its steps. */
export async function removeTaskFiles(tx: Tx, taskId: number): Promise<string[]> {
  const rows = await tx.all<{ blob: string }>("delete from file where task_id = ? returning blob", [taskId]);
  const blobs = rows.map((row) => row.blob);
  const kept = blobs.length === 0 ? new Set() : await registeredBlobs(tx, blobs);
  return blobs.filter((blob) => !kept.has(blob));
}

export function outputsOf(db: Database | Tx, taskId: number): Promise<FileRow[]> {
  return db.q
    .selectFrom("file")
    .selectAll()
    .where("task_id", "=", taskId)
    .where("kind", "=", "output")
    .orderBy("position")
    .execute();
}

/** Which of these blobs a file row names. */
export async function registeredBlobs(db: Database | Tx, keys: readonly string[]): Promise<Set<string>> {
  const rows = await db.q
    .selectFrom("file")
    .select("blob")
    .where("blob", "in", [...keys])
    .execute();
  return new Set(rows.map((row) => row.blob));
}
