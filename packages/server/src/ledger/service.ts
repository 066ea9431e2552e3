/** Wallets: what a run may hold, and how a hold ends. Every function works inside the caller's unit of work. */
import { apiError, formatUsd, type Money } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";
import * as store from "./store.ts";

export type { Wallet } from "./store.ts";
export { createWallet, readWallet, recordHold, settle, topUp } from "./store.ts";

/** Holds `amount` for one more active task, or throws code 97 (balance) or 96 (concurrency). */
export async function hold(tx: Tx, options: { accountId: number; amount: Money }): Promise<void> {
  if (await store.takeHold(tx, options)) return;
  const wallet = await store.readWallet(tx, options.accountId);
  const needed = options.amount > store.MINIMUM_BALANCE ? options.amount : store.MINIMUM_BALANCE;
  if (!wallet || wallet.available < needed) throw apiError("insufficientBalance");
  const posted = wallet.available + wallet.held;
  throw apiError("concurrencyLimit", formatUsd(posted, 2), concurrencyLimit(posted));
}

/** How many tasks an account with this posted balance may have at a time (wire-contract.md 3). */
export function concurrencyLimit(posted: Money): number {
  if (posted > store.UNLIMITED_ABOVE) return Number.POSITIVE_INFINITY;
  return Math.max(1, Number(posted / store.PER_CONCURRENT_TASK));
}

export interface LedgerFault {
  accountId: number;
  message: string;
}

/** Re-derives every wallet from its transfers and compares (promises L1 and L4). */
export async function auditLedger(db: Database): Promise<LedgerFault[]> {
  const faults: LedgerFault[] = [];
  const folded = await db.all<{ account: string; balance: string }>(
    `select account, cast(sum(amount) as text) as balance from (
       select credit as account, amount from ledger_transfer
       union all select debit as account, -amount from ledger_transfer) as entries group by account`,
    [],
  );
  const balances = new Map(folded.map((row) => [row.account, BigInt(row.balance)]));
  const total = [...balances.values()].reduce((sum, value) => sum + value, 0n);
  if (total !== 0n) faults.push({ accountId: 0, message: `the sum over all accounts is ${total}, not 0` });
  const wallets = await db.all<{ account_id: number; available: string; held: string; active: number; open: number }>(
    `select account_id, cast(available as text) as available, cast(held as text) as held, active,
       (select count(*) from task t where t.account_id = w.account_id and t.status not in ('task_postprocess_end', 'task_cancel')) as open
     from wallet w`,
    [],
  );
  for (const wallet of wallets) {
    const check = (name: string, cached: bigint, derived: bigint) => {
      if (cached !== derived)
        faults.push({ accountId: wallet.account_id, message: `${name} is ${cached}, its entries say ${derived}` });
      if (cached < 0n) faults.push({ accountId: wallet.account_id, message: `${name} is negative: ${cached}` });
    };
    check("available", BigInt(wallet.available), balances.get(`wallet:${wallet.account_id}`) ?? 0n);
    check("held", BigInt(wallet.held), balances.get(`hold:${wallet.account_id}`) ?? 0n);
    check("active", BigInt(wallet.active), BigInt(wallet.open));
  }
  return faults;
}
