import type { Database, Tx } from "../db/database.ts";

/** Links and mail of the account, also those from before it was one (its invitation). */
export async function forgetPerson(tx: Tx, account: { id: number; email: string }): Promise<void> {
  await tx.run("delete from account_link where account_id = ? or email = ?", [account.id, account.email]);
  await tx.run("delete from mail where account_id = ? or recipient = ?", [account.id, account.email]);
}

/** Accounts that were deleted and have data left. */
export async function unpurged(db: Database): Promise<number[]> {
  const rows = await db.all<{ id: number }>(
    "select id from account where deleted_at is not null and purged_at is null order by id",
    [],
  );
  return rows.map(({ id }) => id);
}

export async function purged(tx: Tx, accountId: number): Promise<void> {
  // Callbacks about tasks went with the tasks.
  await tx.run("delete from callback_attempt where callback_id in (select id from callback where account_id = ?)", [
    accountId,
  ]);
  await tx.run("delete from callback where account_id = ?", [accountId]);
  await tx.run("update account set purged_at = ? where id = ?", [tx.now, accountId]);
}
