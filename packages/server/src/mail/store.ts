import type { Database, Tx } from "../db/database.ts";

export interface MailRow {
  id: number;
  recipient: string;
  subject: string;
  sealed: string;
  state: "due" | "sent" | "failed" | "waiting";
  tries: number;
  error: string | null;
  created_at: number;
}

export async function insertMail(
  tx: Tx,
  mail: { accountId: number | null; recipient: string; subject: string; state: "due" | "waiting" },
): Promise<number> {
  const rows = await tx.all<{ id: number }>(
    `insert into mail (account_id, recipient, subject, sealed, state, tries, next_at, claimed_until, created_at)
     values (?, ?, ?, '', ?, 0, ?, 0, ?) returning id`,
    [mail.accountId, mail.recipient, mail.subject, mail.state, tx.now, tx.now],
  );
  return rows[0]?.id as number;
}

export async function setText(tx: Tx, id: number, sealed: string): Promise<void> {
  await tx.run("update mail set sealed = ? where id = ?", [sealed, id]);
}

/** Claims one mail that is due; nobody else gets it before `until`. */
export async function claimDue(db: Database, tx: Tx, until: number): Promise<MailRow | undefined> {
  const rows = await tx.all<MailRow>(
    `select id, recipient, subject, sealed, state, tries, error, created_at from mail
     where state = 'due' and next_at <= ? and claimed_until <= ? order by next_at limit 1${db.skipLocked}`,
    [tx.now, tx.now],
  );
  const row = rows[0];
  if (row) await tx.run("update mail set claimed_until = ?, tries = tries + 1 where id = ?", [until, row.id]);
  return row;
}

export async function settle(
  tx: Tx,
  id: number,
  outcome: { state: MailRow["state"]; nextAt: number; error: string | null },
): Promise<void> {
  await tx.run("update mail set state = ?, next_at = ?, error = ?, claimed_until = 0 where id = ? and state = 'due'", [
    outcome.state,
    outcome.nextAt,
    outcome.error,
    id,
  ]);
}

/** What was not delivered, the newest first; `before` is the id of the last page's end. */
export function undelivered(db: Database, page: { before: number; limit: number }): Promise<MailRow[]> {
  return db.all<MailRow>(
    `select id, recipient, subject, sealed, state, tries, error, created_at from mail
     where state <> 'sent' and id < ? order by id desc limit ?`,
    [page.before, page.limit],
  );
}

export async function forget(tx: Tx, before: number): Promise<void> {
  await tx.run("delete from mail where state <> 'due' and created_at < ?", [before]);
}
