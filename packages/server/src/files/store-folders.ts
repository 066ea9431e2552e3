/** Rows of folders and of the space that an account uses. Every change begins with `lockSpace`, so that they come one after the other. */
import type { Database, Tx } from "../db/database.ts";
import type { FileRow } from "./store.ts";

export interface FolderRow {
  id: string;
  account_id: number;
  parent: string;
  name: string;
  depth: number;
  created_at: number;
}

export interface Page {
  accountId: number;
  parent: string;
  start: number;
  limit: number;
}

export async function lockSpace(tx: Tx, accountId: number): Promise<void> {
  await tx.run(
    "insert into file_space (account_id, bytes, folders) values (?, 0, 0) on conflict (account_id) do nothing",
    [accountId],
  );
  await tx.run("update file_space set bytes = bytes where account_id = ?", [accountId]);
}

/** False when the account would then use more than `quota` bytes. */
export async function takeSpace(tx: Tx, accountId: number, bytes: number, quota: number): Promise<boolean> {
  const changed = await tx.run("update file_space set bytes = bytes + ? where account_id = ? and bytes <= ?", [
    bytes,
    accountId,
    quota - bytes,
  ]);
  return changed > 0;
}

export async function giveSpace(tx: Tx, accountId: number, freed: { bytes: number; folders: number }): Promise<void> {
  await tx.run("update file_space set bytes = bytes - ?, folders = folders - ? where account_id = ?", [
    freed.bytes,
    freed.folders,
    accountId,
  ]);
}

export async function usedSpace(db: Database, accountId: number): Promise<number> {
  const row = await db.q
    .selectFrom("file_space")
    .select("bytes")
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return row?.bytes ?? 0;
}

export function folderById(
  q: Pick<Tx, "q">["q"],
  folder: { id: string; accountId: number },
): Promise<FolderRow | undefined> {
  return q
    .selectFrom("folder")
    .selectAll()
    .where("id", "=", folder.id)
    .where("account_id", "=", folder.accountId)
    .executeTakeFirst();
}

export function folderByName(
  tx: Tx,
  folder: { accountId: number; parent: string; name: string },
): Promise<FolderRow | undefined> {
  return tx.q
    .selectFrom("folder")
    .selectAll()
    .where("account_id", "=", folder.accountId)
    .where("parent", "=", folder.parent)
    .where("name", "=", folder.name)
    .executeTakeFirst();
}

/** False when the account has `limit` folders already. */
export async function insertFolder(tx: Tx, folder: FolderRow, limit: number): Promise<boolean> {
  const changed = await tx.run("update file_space set folders = folders + 1 where account_id = ? and folders < ?", [
    folder.account_id,
    limit,
  ]);
  if (changed === 0) return false;
  await tx.q.insertInto("folder").values(folder).execute();
  return true;
}

/** Removes the folder with everything below it; returns what it held. */
export async function removeFolders(
  tx: Tx,
  folder: { id: string; accountId: number },
): Promise<{ folders: number; files: { blob: string; size: number }[] }> {
  const tree =
    "with recursive tree (id) as (select id from folder where id = ? and account_id = ? " +
    "union all select f.id from folder f join tree t on f.parent = t.id)";
  const files = await tx.all<{ blob: string; size: number }>(
    `${tree} delete from file where account_id = ? and kind = 'upload' and parent in (select id from tree) returning blob, size`,
    [folder.id, folder.accountId, folder.accountId],
  );
  const folders = await tx.run(`${tree} delete from folder where id in (select id from tree)`, [
    folder.id,
    folder.accountId,
  ]);
  return { folders, files };
}

export async function removeUpload(
  tx: Tx,
  file: { id: string; accountId: number },
): Promise<{ blob: string; size: number } | undefined> {
  const rows = await tx.all<{ blob: string; size: number }>(
    "delete from file where id = ? and account_id = ? and kind = 'upload' returning blob, size",
    [file.id, file.accountId],
  );
  return rows[0];
}

export async function listUploads(db: Database, page: Page): Promise<{ total: number; rows: FileRow[] }> {
  const all = db.q
    .selectFrom("file")
    .where("account_id", "=", page.accountId)
    .where("kind", "=", "upload")
    .where("parent", "=", page.parent);
  const { n } = await all.select((e) => e.fn.countAll<number>().as("n")).executeTakeFirstOrThrow();
  const rows = await all
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("position", "desc")
    .orderBy("id", "desc")
    .limit(page.limit)
    .offset(page.start)
    .execute();
  return { total: n, rows };
}

export async function listFolders(db: Database, page: Page): Promise<{ total: number; rows: FolderRow[] }> {
  const all = db.q.selectFrom("folder").where("account_id", "=", page.accountId).where("parent", "=", page.parent);
  const { n } = await all.select((e) => e.fn.countAll<number>().as("n")).executeTakeFirstOrThrow();
  const rows = await all
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(page.limit)
    .offset(page.start)
    .execute();
  return { total: n, rows };
}
