import type { Money } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";
import type { Charge, Grant } from "./policy-expiry.ts";

export async function insertGrant(
  tx: Tx,
  grant: { accountId: number; amount: Money; expiresAt: number },
): Promise<void> {
  await tx.run("insert into credit_grant (account_id, amount, created_at, expires_at) values (?, ?, ?, ?)", [
    grant.accountId,
    grant.amount,
    tx.now,
    grant.expiresAt,
  ]);
}

/** Accounts with credit that has expired and was not taken yet. */
export async function accountsDue(db: Database, now: number, limit: number): Promise<number[]> {
  const rows = await db.all<{ account_id: number }>(
    "select distinct account_id from credit_grant where expired_at is null and expires_at <= ? limit ?",
    [now, limit],
  );
  return rows.map(({ account_id }) => account_id);
}

export interface StoredGrant extends Grant {
  expiredAt: number | null;
}

/** The account's grants that were alive since the oldest open one was made: what spending can have been taken from. */
export async function grantsOf(db: Database | Tx, accountId: number): Promise<StoredGrant[]> {
  const rows = await db.all<{
    id: number;
    amount: string;
    created_at: number;
    expires_at: number;
    expired_at: number | null;
  }>(
    `select id, cast(amount as text) as amount, created_at, expires_at, expired_at from credit_grant where account_id = ? and expires_at >=
       (select coalesce(min(created_at), 0) from credit_grant where account_id = ? and expired_at is null) order by id`,
    [accountId, accountId],
  );
  return rows.map(({ id, amount, created_at, expires_at, expired_at }) => ({
    id,
    amount: BigInt(amount),
    createdAt: created_at,
    expiresAt: expires_at,
    expiredAt: expired_at,
  }));
}

/** What the account was charged since then, in that order. */
export async function chargesSince(db: Database | Tx, accountId: number, since: number): Promise<Charge[]> {
  const rows = await db.all<{ at: number; amount: string }>(
    `select postprocess_end_at as at, cast(cost as text) as amount from task
     where account_id = ? and cost > 0 and postprocess_end_at >= ? order by postprocess_end_at, id`,
    [accountId, since],
  );
  return rows.map(({ at, amount }) => ({ at, amount: BigInt(amount) }));
}

/** False where another server took it. */
export async function markExpired(tx: Tx, id: number): Promise<boolean> {
  return (await tx.run("update credit_grant set expired_at = ? where id = ? and expired_at is null", [tx.now, id])) > 0;
}

export async function insertExpiry(tx: Tx, expiry: { accountId: number; amount: Money }): Promise<void> {
  await tx.run(
    `insert into ledger_transfer (debit, credit, amount, kind, task_id, seq, note, created_at)
     values (?, 'platform:expiry', ?, 'expiry', null, 0, 'Credit that expired', ?)`,
    [`wallet:${expiry.accountId}`, expiry.amount, tx.now],
  );
  await tx.run("update wallet set available = available - ? where account_id = ?", [expiry.amount, expiry.accountId]);
}
