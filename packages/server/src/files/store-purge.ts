import type { Tx } from "../db/database.ts";

/** Removes up to `limit` of the account's uploads; returns their blobs. Files of tasks go with their tasks. */
export async function removeSomeFiles(tx: Tx, accountId: number, limit: number): Promise<string[]> {
  const rows = await tx.all<{ blob: string }>(
    "delete from file where id in (select id from file where account_id = ? and kind = 'upload' limit ?) returning blob",
    [accountId, limit],
  );
  return rows.map((row) => row.blob);
}

export async function removeSpace(tx: Tx, accountId: number): Promise<void> {
  await tx.run("delete from folder where account_id = ?", [accountId]);
  await tx.run("delete from file_space where account_id = ?", [accountId]);
}
