/** The audit log (reliability.md 5.7): what was done to an account, its keys and its money, by whom and from where. */
import type { Database, Tx } from "../db/database.ts";
import * as store from "./store.ts";

export type { AuditRow } from "./store.ts";

/** Who acts, and from which address. */
export interface Actor {
  /** `account:<uuid>`, `key:<id>`, `command line` (the operator's token), `system` or `nobody`. */
  name: string;
  ip: string;
}

export const NOBODY = (ip: string): Actor => ({ name: "nobody", ip });
/** Account number of the operators' own log. */
export const OPERATORS = 0;

/** What is noted is short, and one line: line ends in names would forge entries in an export. */
const clean = (text: string): string => text.replace(/\p{C}/gu, "\ufffd").slice(0, 300);

/** Writes one entry in the caller's unit of work. Secrets never belong in it: name keys by their number. */
export async function note(
  tx: Tx,
  entry: { accountId: number; actor: Actor; action: string; target?: string; outcome?: string },
): Promise<void> {
  await store.insertEntry(tx, {
    account_id: entry.accountId,
    actor: clean(entry.actor.name),
    ip: clean(entry.actor.ip),
    action: entry.action,
    target: clean(entry.target ?? ""),
    outcome: clean(entry.outcome ?? "ok"),
  });
}

export function readAuditLog(
  db: Database,
  page: { accountId: number; before: number; limit: number },
): Promise<store.AuditRow[]> {
  return store.readEntries(db, page);
}
