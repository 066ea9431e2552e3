import type { Money } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";

export interface PublisherRow {
  owner: string;
  account_id: number;
  uuid: string;
  name: string;
  share: number;
  earned: string;
  paid_out: string;
}

const sum = (side: "credit" | "debit", kind: "capture" | "payout") =>
  `(select cast(coalesce(sum(amount), 0) as text) from ledger_transfer where kind = '${kind}' and ${side} = 'revenue:' || p.owner)`;
const PUBLISHER = `select p.owner, p.account_id, a.uuid, a.name, p.share, ${sum("credit", "capture")} as earned,
  ${sum("debit", "payout")} as paid_out from publisher p join account a on a.id = p.account_id`;

/** Of one account, or of all. */
export function publishers(db: Database | Tx, accountId?: number): Promise<PublisherRow[]> {
  return accountId === undefined
    ? db.all<PublisherRow>(`${PUBLISHER} order by p.owner`, [])
    : db.all<PublisherRow>(`${PUBLISHER} where p.account_id = ? order by p.owner`, [accountId]);
}

export function shares(db: Database): Promise<{ owner: string; share: number }[]> {
  return db.all("select owner, share from publisher", []);
}

export async function setPublisher(
  tx: Tx,
  publisher: { owner: string; accountId: number; share: number },
): Promise<void> {
  await tx.run(
    `insert into publisher (owner, account_id, share, created_at) values (?, ?, ?, ?)
     on conflict (owner) do update set account_id = excluded.account_id, share = excluded.share`,
    [publisher.owner, publisher.accountId, publisher.share, tx.now],
  );
}

/** Its row, kept from changing until the unit ends, with what it has earned so far. */
export async function lockPublisher(tx: Tx, owner: string): Promise<PublisherRow | undefined> {
  await tx.run("update publisher set share = share where owner = ?", [owner]);
  return (await tx.all<PublisherRow>(`${PUBLISHER} where p.owner = ?`, [owner]))[0];
}

export async function insertPayout(tx: Tx, payout: { owner: string; amount: Money; note: string }): Promise<void> {
  await tx.run(
    `insert into ledger_transfer (debit, credit, amount, kind, task_id, seq, note, created_at)
     values (?, 'platform:payout', ?, 'payout', null, 0, ?, ?)`,
    [`revenue:${payout.owner}`, payout.amount, payout.note, tx.now],
  );
}

/** What each model brought to these owners in this time (unix milliseconds, `to` not included). */
export function earnedByModel(
  db: Database,
  owners: readonly string[],
  time: { from: number; to: number },
): Promise<{ model_id: number; runs: number; amount: string }[]> {
  const marks = owners.map(() => "?").join(", ");
  return db.all(
    `select t.model_id, count(*) as runs, cast(sum(l.amount) as text) as amount from ledger_transfer l join task t on t.id = l.task_id
     where l.kind = 'capture' and l.credit in (${marks}) and l.created_at >= ? and l.created_at < ? group by t.model_id`,
    [...owners.map((owner) => `revenue:${owner}`), time.from, time.to],
  );
}

/** The last hundred payouts of these owners. */
export function payouts(
  db: Database,
  owners: readonly string[],
): Promise<{ created_at: number; debit: string; amount: string; note: string }[]> {
  const marks = owners.map(() => "?").join(", ");
  return db.all(
    `select created_at, debit, cast(amount as text) as amount, note from ledger_transfer
     where kind = 'payout' and debit in (${marks}) order by created_at desc limit 100`,
    owners.map((owner) => `revenue:${owner}`),
  );
}
