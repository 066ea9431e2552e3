import type { Tx } from "../db/database.ts";

export interface Identity {
  issuer: string;
  subject: string;
}

export async function accountOf(tx: Tx, { issuer, subject }: Identity): Promise<number | undefined> {
  const rows = await tx.all<{ account_id: number }>(
    "select account_id from account_identity where issuer = ? and subject = ?",
    [issuer, subject],
  );
  return rows[0]?.account_id;
}

export async function addIdentity(tx: Tx, { issuer, subject }: Identity, accountId: number): Promise<void> {
  await tx.run(
    `insert into account_identity (issuer, subject, account_id, created_at) values (?, ?, ?, ?)
     on conflict (issuer, subject) do nothing`,
    [issuer, subject, accountId, tx.now],
  );
}

/** The address is proved by somebody else than who chose the password: that password counts no more. */
export async function confirmByProvider(tx: Tx, accountId: number): Promise<void> {
  await tx.run(
    "update account set email_verified_at = ?, password_hash = 'none' where id = ? and email_verified_at is null",
    [tx.now, accountId],
  );
}

export async function forgetIdentities(tx: Tx, accountId: number): Promise<void> {
  await tx.run("delete from account_identity where account_id = ?", [accountId]);
}
