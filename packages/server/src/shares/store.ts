import type { Database, Tx } from "../db/database.ts";

export interface ShareRow {
  id: number;
  task_id: number;
  account_id: number;
  token_sealed: string;
  hide_inputs: number;
  created_at: number;
  /** Unix milliseconds; null = never. */
  expires_at: number | null;
}

const COLUMNS = "id, task_id, account_id, token_sealed, hide_inputs, created_at, expires_at";

export async function addShare(
  tx: Tx,
  share: Omit<ShareRow, "id" | "created_at"> & { token_hash: string },
): Promise<void> {
  await tx.run(
    "insert into run_share (task_id, account_id, token_hash, token_sealed, hide_inputs, created_at, expires_at) values (?, ?, ?, ?, ?, ?, ?)",
    [
      share.task_id,
      share.account_id,
      share.token_hash,
      share.token_sealed,
      share.hide_inputs,
      tx.now,
      share.expires_at,
    ],
  );
}

/** Links of one task that have not ended, the newest first. */
export function sharesOf(db: Database, of: { accountId: number; taskId: number; now: number }): Promise<ShareRow[]> {
  return db.all<ShareRow>(
    `select ${COLUMNS} from run_share where account_id = ? and task_id = ? and (expires_at is null or expires_at > ?) order by id desc`,
    [of.accountId, of.taskId, of.now],
  );
}

/** The link of that token, and its account's public name; undefined where it has ended. */
export async function shareByHash(
  db: Database,
  hash: string,
  now: number,
): Promise<(ShareRow & { uuid: string }) | undefined> {
  const [row] = await db.all<ShareRow & { uuid: string }>(
    `select s.id, s.task_id, s.account_id, s.token_sealed, s.hide_inputs, s.created_at, s.expires_at, a.uuid
     from run_share s join account a on a.id = s.account_id
     where s.token_hash = ? and (s.expires_at is null or s.expires_at > ?) and a.suspended = 0`,
    [hash, now],
  );
  return row;
}

/** False where the account has no such link. */
export async function removeShare(tx: Tx, share: { id: number; accountId: number }): Promise<boolean> {
  const row = await tx.q
    .selectFrom("run_share")
    .select("id")
    .where("id", "=", share.id)
    .where("account_id", "=", share.accountId)
    .executeTakeFirst();
  if (row) await tx.run("delete from run_share where id = ? and account_id = ?", [share.id, share.accountId]);
  return row !== undefined;
}

export async function removeSharesOf(tx: Tx, accountId: number): Promise<void> {
  await tx.run("delete from run_share where account_id = ?", [accountId]);
}
