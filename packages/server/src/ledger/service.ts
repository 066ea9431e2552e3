/** Wallets: what a run may hold, and how a hold ends. Every function works inside the caller's unit of work. */
import { apiError, formatUsd, type Money } from "@modelyard/contract";
import type { Tx } from "../db/database.ts";
import * as store from "./store.ts";

export { giveBackToCaps } from "./service-caps.ts";
export type { Revenue, Wallet } from "./store.ts";
export { createWallet, forfeit, lockWallet, readWallet, recordHold, settle, takeOut, topUp } from "./store.ts";

/** What happens to a run beyond its account's concurrency limit: refused with code 96, or queued until others have ended. */
export type OverLimit = "reject" | "queue";

/**
 * Holds `amount` for one more active task; `beyond` where the task must wait for the account's other ones. Throws code 97
 * (balance) or 96 (concurrency).
 */
export async function hold(
  tx: Tx,
  options: { accountId: number; amount: Money; overLimit: OverLimit },
): Promise<"within" | "beyond"> {
  if (await store.takeHold(tx, options)) return "within";
  const wallet = await store.readWallet(tx, options.accountId);
  const needed = options.amount > store.MINIMUM_BALANCE ? options.amount : store.MINIMUM_BALANCE;
  if (!wallet || wallet.available < needed) throw apiError("insufficientBalance");
  if (options.overLimit === "queue" && (await store.takeHold(tx, { ...options, beyondLimit: true }))) return "beyond";
  const posted = wallet.available + wallet.held;
  throw apiError("concurrencyLimit", formatUsd(posted, 2), concurrencyLimit(posted));
}

/** How many tasks an account with this posted balance may have at a time (wire-contract.md 3). */
export function concurrencyLimit(posted: Money): number {
  if (posted > store.UNLIMITED_ABOVE) return Number.POSITIVE_INFINITY;
  return Math.max(1, Number(posted / store.PER_CONCURRENT_TASK));
}

/** How many of the account's waiting tasks may start now. */
export async function roomFor(tx: Tx, accountId: number, waiting: number): Promise<number> {
  const wallet = await store.readWallet(tx, accountId);
  if (!wallet) return 0;
  return concurrencyLimit(wallet.available + wallet.held) - (wallet.active - waiting);
}
