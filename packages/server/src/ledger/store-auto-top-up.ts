import type { Money } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";

export interface AutoTopUpRow {
  account_id: number;
  customer: string;
  method: string;
  is_on: number;
  below: Money;
  amount: Money;
  most: Money;
  month_start: number;
  month_used: Money;
  pending: string;
  problem: string;
}

type Stored = Omit<AutoTopUpRow, "below" | "amount" | "most" | "month_used"> &
  Record<"below" | "amount" | "most" | "month_used", string>;
const COLUMNS = `t.account_id, t.customer, t.method, t.is_on, cast(t.below as text) as below, cast(t.amount as text) as amount,
  cast(t.most as text) as most, t.month_start, cast(t.month_used as text) as month_used, t.pending, t.problem`;
const exact = (row: Stored): AutoTopUpRow => ({
  ...row,
  below: BigInt(row.below),
  amount: BigInt(row.amount),
  most: BigInt(row.most),
  month_used: BigInt(row.month_used),
});

export async function find(db: Database | Tx, accountId: number): Promise<AutoTopUpRow | undefined> {
  const [row] = await db.all<Stored>(`select ${COLUMNS} from auto_top_up t where t.account_id = ?`, [accountId]);
  return row && exact(row);
}

/** A way to pay was saved; what was set before stays. */
export async function saveMethod(
  tx: Tx,
  saved: { accountId: number; customer: string; method: string; amount: Money },
): Promise<void> {
  const { accountId, customer, method, amount } = saved;
  await tx.run(
    `insert into auto_top_up (account_id, customer, method, is_on, below, amount, most, month_start, month_used, pending, problem)
     values (?, ?, ?, 0, ?, ?, ?, 0, 0, '', '')
     on conflict (account_id) do update set customer = excluded.customer, method = excluded.method, problem = ''`,
    [accountId, customer, method, amount, amount, amount],
  );
}

export async function update(
  tx: Tx,
  accountId: number,
  rule: { isOn: boolean; below: Money; amount: Money; most: Money },
): Promise<void> {
  await tx.run("update auto_top_up set is_on = ?, below = ?, amount = ?, most = ?, problem = '' where account_id = ?", [
    rule.isOn ? 1 : 0,
    rule.below,
    rule.amount,
    rule.most,
    accountId,
  ]);
}

/** False where a payment is under way: nothing is forgotten then. */
export async function forget(tx: Tx, accountId: number): Promise<boolean> {
  await tx.run("delete from auto_top_up where account_id = ? and pending = ''", [accountId]);
  return (await find(tx, accountId)) === undefined;
}

/** Wallets that are to be filled up, and payments that are under way. `month`: beginning of this month. */
export async function due(db: Database, month: number, limit: number): Promise<AutoTopUpRow[]> {
  const rows = await db.all<Stored>(
    `select ${COLUMNS} from auto_top_up t join wallet w on w.account_id = t.account_id
     where t.pending <> '' or (t.is_on = 1 and w.available < t.below
       and (case when t.month_start < ? then 0 else t.month_used end) + t.amount <= t.most) limit ?`,
    [month, limit],
  );
  return rows.map(exact);
}

/** Begins a payment, counted in the month; false where one is under way, or it may not be any more. */
export async function claim(
  tx: Tx,
  which: { accountId: number; reference: string; month: number },
): Promise<AutoTopUpRow | undefined> {
  const { accountId, reference, month } = which;
  const changed = await tx.run(
    `update auto_top_up set pending = ?, month_used = (case when month_start < ? then 0 else month_used end) + amount, month_start = ?
     where account_id = ? and pending = '' and is_on = 1 and (case when month_start < ? then 0 else month_used end) + amount <= most
       and below > (select available from wallet w where w.account_id = auto_top_up.account_id)`,
    [reference, month, month, accountId, month],
  );
  return changed === 0 ? undefined : find(tx, accountId);
}

/** The payment is over. With a problem it is switched off, and the month has the amount again. */
export async function release(tx: Tx, reference: string, outcome: { problem: string; refund: Money }): Promise<void> {
  const off = outcome.problem === "" ? "" : ", is_on = 0";
  await tx.run(
    `update auto_top_up set pending = '', problem = ?, month_used = month_used - ?${off} where pending = ?`,
    [outcome.problem, outcome.refund, reference],
  );
}
