/** Wallets: what a run may hold, and how a hold ends. Every function works inside the caller's unit of work. */
import { apiError, formatUsd, type Money } from "@modelyard/contract";
import type { Tx } from "../db/database.ts";
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
