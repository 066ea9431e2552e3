import type { Database, Tx } from "../db/database.ts";

export interface AuditRow {
  id: number;
  account_id: number;
  actor: string;
  ip: string;
  action: string;
  target: string;
  outcome: string;
  at: number;
}

export async function insertEntry(tx: Tx, entry: Omit<AuditRow, "id" | "at">): Promise<void> {
  await tx.run(
    "insert into audit_entry (account_id, actor, ip, action, target, outcome, at) values (?, ?, ?, ?, ?, ?, ?)",
    [entry.account_id, entry.actor, entry.ip, entry.action, entry.target, entry.outcome, tx.now],
  );
}

/** One page, the newest first. */
export function readEntries(
  db: Database,
  page: { accountId: number; before: number; limit: number },
): Promise<AuditRow[]> {
  return db.all<AuditRow>("select * from audit_entry where account_id = ? and id < ? order by id desc limit ?", [
    page.accountId,
    page.before,
    page.limit,
  ]);
}
