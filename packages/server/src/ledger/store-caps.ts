import type { Money } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";

export type CapSubject = "project" | "key" | "member";

export interface CapRow {
  subject: CapSubject;
  subject_id: number;
  account_id: number;
  amount: Money;
  period: "total" | "month";
  used: Money;
  window_start: number;
  alerted: number;
}

type Stored = Omit<CapRow, "amount" | "used"> & { amount: string; used: string };
const exact = (row: Stored): CapRow => ({ ...row, amount: BigInt(row.amount), used: BigInt(row.used) });

const COLUMNS =
  "subject, subject_id, account_id, cast(amount as text) as amount, period, cast(used as text) as used, window_start, alerted";
/** The month in the row is over: what was used and told of in it counts no more. */
const OVER = "period = 'month' and window_start < ?";

/** Counts `amount` where it fits, one statement deciding; undefined where it does not, or there is no such cap. */
export async function take(
  tx: Tx,
  cap: { subject: CapSubject; id: number; amount: Money; month: number },
): Promise<CapRow | undefined> {
  const { subject, id, amount, month } = cap;
  const rows = await tx.all<Stored>(
    `update spend_cap set
       used = (case when ${OVER} then 0 else used end) + ?,
       alerted = case when ${OVER} then 0 else alerted end,
       window_start = case when ${OVER} then ? else window_start end
     where subject = ? and subject_id = ? and (case when ${OVER} then 0 else used end) + ? <= amount
     returning ${COLUMNS}`,
    [month, amount, month, month, month, subject, id, month, amount],
  );
  return rows[0] && exact(rows[0]);
}

/** A task that was counted in the present window ended for less. */
export async function giveBack(
  tx: Tx,
  cap: { subject: CapSubject; id: number; amount: Money; countedAt: number },
): Promise<void> {
  await tx.run(
    `update spend_cap set used = case when used >= ? then used - ? else 0 end
     where subject = ? and subject_id = ? and window_start <= ?`,
    [cap.amount, cap.amount, cap.subject, cap.id, cap.countedAt],
  );
}

export async function findCap(db: Database | Tx, subject: CapSubject, id: number): Promise<CapRow | undefined> {
  const rows = await db.all<Stored>(`select ${COLUMNS} from spend_cap where subject = ? and subject_id = ?`, [
    subject,
    id,
  ]);
  return rows[0] && exact(rows[0]);
}

/** Caps of a project and of its keys. */
export async function capsOf(db: Database | Tx, projectId: number): Promise<CapRow[]> {
  const rows = await db.all<Stored>(
    `select ${COLUMNS} from spend_cap where (subject = 'project' and subject_id = ?)
     or (subject = 'key' and subject_id in (select id from project_key where project_id = ? and kind = 'key'))`,
    [projectId, projectId],
  );
  return rows.map(exact);
}

/** Notes that the owner was told; false where somebody else just did. */
export async function markAlerted(tx: Tx, cap: { subject: CapSubject; id: number; percent: number }): Promise<boolean> {
  const changed = await tx.run(
    "update spend_cap set alerted = ? where subject = ? and subject_id = ? and alerted < ?",
    [cap.percent, cap.subject, cap.id, cap.percent],
  );
  return changed > 0;
}

const COLUMN: Record<CapSubject, string> = { project: "project_id", key: "key_id", member: "member_id" };
const BIT: Record<CapSubject, number> = { project: 1, key: 2, member: 4 };

/** From now on the tasks that have not ended count in this cap, and give back to it. They are locked until the unit ends. */
export async function adoptOpenTasks(tx: Tx, subject: CapSubject, id: number): Promise<void> {
  await tx.run(
    `update task set caps = caps | ?
     where id in (select task_id from queue_entry) and ${COLUMN[subject]} = ?
     and status not in ('task_postprocess_end', 'task_cancel')`,
    [BIT[subject], id],
  );
}

/** What a subject spent since then: charged, or held by tasks that have not ended. Reads the account's tasks; done once, when a cap is set. */
export async function spentSince(
  tx: Tx,
  which: { subject: CapSubject; id: number; accountId: number; since: number },
): Promise<Money> {
  const rows = await tx.all<{ spent: string }>(
    `select cast(coalesce(sum(case when status in ('task_postprocess_end', 'task_cancel') then coalesce(cost, 0) else hold end), 0) as text) as spent
     from task where account_id = ? and ${COLUMN[which.subject]} = ? and created_at >= ?`,
    [which.accountId, which.id, which.since],
  );
  return BigInt(rows[0]?.spent ?? "0");
}

export async function putCap(
  tx: Tx,
  cap: {
    subject: CapSubject;
    id: number;
    accountId: number;
    amount: Money;
    period: "total" | "month";
    used: Money;
    windowStart: number;
    alerted: number;
  },
): Promise<void> {
  await tx.run(
    `insert into spend_cap (subject, subject_id, account_id, amount, period, used, window_start, alerted, created_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (subject, subject_id) do update set amount = excluded.amount, period = excluded.period, used = excluded.used,
       window_start = excluded.window_start, alerted = excluded.alerted`,
    [cap.subject, cap.id, cap.accountId, cap.amount, cap.period, cap.used, cap.windowStart, cap.alerted, tx.now],
  );
}

export async function removeCap(tx: Tx, subject: CapSubject, id: number): Promise<void> {
  await tx.run("delete from spend_cap where subject = ? and subject_id = ?", [subject, id]);
}

export interface CapOwner {
  email: string;
  /** Of the project, key or person. */
  name: string;
  project_id: number;
  alert_url: string;
}

/** An organisation has no address: its first owner is told. */
const TOLD = `coalesce((select o.email from organization_member m join account o on o.id = m.account_id
  where m.organization_id = a.id and m.role = 'owner' order by m.id limit 1), a.email) as email`;
const OF: Record<CapSubject, string> = {
  project:
    "p.name, p.id as project_id, p.alert_url from project p join account a on a.id = p.account_id where p.id = ?",
  key: "k.name, p.id as project_id, p.alert_url from project_key k join project p on p.id = k.project_id join account a on a.id = p.account_id where k.id = ?",
  member:
    "who.name, 0 as project_id, '' as alert_url from organization_member n join account who on who.id = n.account_id join account a on a.id = n.organization_id where n.id = ?",
};

/** Where an account's owner is told something; undefined for one that is gone. */
export async function ownerEmail(tx: Tx, accountId: number): Promise<string | undefined> {
  const [row] = await tx.all<{ email: string }>(
    `select ${TOLD} from account a where a.id = ? and a.deleted_at is null`,
    [accountId],
  );
  return row?.email;
}

/** Whom to tell, and the name of what the cap is of. */
export async function ownerOf(
  db: Database | Tx,
  cap: Pick<CapRow, "subject" | "subject_id" | "account_id">,
): Promise<CapOwner | undefined> {
  const rows = await db.all<CapOwner>(`select ${TOLD}, ${OF[cap.subject]} and a.id = ?`, [
    cap.subject_id,
    cap.account_id,
  ]);
  return rows[0];
}
