/**
 * Double entry: a transfer moves one amount from a debit account to a credit account, so the sum over all accounts is zero by
 * construction. Transfers are append-only. The wallet row caches two balances that are the fold of the transfers:
 * `available` (account `wallet:<id>`) and `held` (account `hold:<id>`); posted balance = available + held.
 */
import { type Money, USD } from "@modelyard/contract";
import { type Database, money, type Tx } from "../db/database.ts";
import type { LedgerTransferTable } from "../db/schema.ts";

export interface Wallet {
  available: Money;
  held: Money;
  active: number;
}

const INSERT_TRANSFER =
  "insert into ledger_transfer (debit, credit, amount, kind, task_id, seq, note, created_at) values (?, ?, ?, ?, ?, ?, ?, ?)";

interface Transfer {
  debit: string;
  credit: string;
  amount: Money;
  kind: LedgerTransferTable["kind"];
  taskId: number | null;
  /** Counts transfers of one kind for one task; 0 where it is left out. */
  seq?: number;
  note: string;
}

async function insertTransfer(tx: Tx, transfer: Transfer): Promise<void> {
  const { debit, credit, amount, kind, taskId, seq = 0, note } = transfer;
  await tx.run(INSERT_TRANSFER, [debit, credit, amount, kind, taskId, seq, note, tx.now]);
}

export async function createWallet(tx: Tx, accountId: number): Promise<void> {
  await tx.q.insertInto("wallet").values({ account_id: accountId, available: 0n, held: 0n, active: 0 }).execute();
}

/** Where money from outside comes from: kinds of transfers and the account that they are taken from. */
export type TopUpKind = "topup" | "credit" | "coupon";

export async function topUp(
  tx: Tx,
  options: { accountId: number; amount: Money; note: string; kind?: TopUpKind },
): Promise<void> {
  const { accountId, amount, note, kind = "topup" } = options;
  await insertTransfer(tx, {
    debit: `platform:${kind}`,
    credit: `wallet:${accountId}`,
    amount,
    kind,
    taskId: null,
    note,
  });
  await tx.run("update wallet set available = available + ? where account_id = ?", [amount, accountId]);
}

/** Takes money back out; false, and nothing done, where so much is not available. */
export async function takeOut(tx: Tx, options: { accountId: number; amount: Money; note: string }): Promise<boolean> {
  const { accountId, amount, note } = options;
  const changed = await tx.run("update wallet set available = available - ? where account_id = ? and available >= ?", [
    amount,
    accountId,
    amount,
  ]);
  if (changed === 0) return false;
  await insertTransfer(tx, {
    debit: `wallet:${accountId}`,
    credit: "platform:credit",
    amount,
    kind: "correction",
    taskId: null,
    note,
  });
  return true;
}

/** Takes what is left of a wallet that nobody can use any more. */
export async function forfeit(tx: Tx, options: { accountId: number; amount: Money }): Promise<void> {
  const { accountId, amount } = options;
  const debit = `wallet:${accountId}`;
  const transfer = {
    debit,
    credit: "platform:forfeit",
    amount,
    kind: "forfeit",
    taskId: null,
    note: "Account deleted",
  } as const;
  await insertTransfer(tx, transfer);
  const changed = await tx.run("update wallet set available = available - ? where account_id = ?", [amount, accountId]);
  if (changed !== 1) throw new Error(`account ${accountId} has no wallet`);
}

/** The wallet, kept from changing until the unit ends. */
export async function lockWallet(tx: Tx, accountId: number): Promise<Wallet> {
  await tx.run("update wallet set active = active where account_id = ?", [accountId]);
  const wallet = await readWallet(tx, accountId);
  if (!wallet) throw new Error(`account ${accountId} has no wallet`);
  return wallet;
}

/** A run needs at least this much available (code 97), whatever it costs. */
export const MINIMUM_BALANCE: Money = USD / 2n;
/** Above this posted balance the number of concurrent tasks is not limited; below, one per ten dollars, at least one (code 96). */
export const UNLIMITED_ABOVE: Money = 250n * USD;
export const PER_CONCURRENT_TASK: Money = 10n * USD;

const TAKE_HOLD_BEYOND = `update wallet set available = available - ?, held = held + ?, active = active + 1
  where account_id = ? and available >= ?`;
const TAKE_HOLD = `${TAKE_HOLD_BEYOND}
  and (available + held > ${UNLIMITED_ABOVE}
       or active < case when available + held < ${PER_CONCURRENT_TASK} then 1 else (available + held) / ${PER_CONCURRENT_TASK} end)`;

/**
 * Moves `amount` from available to held and counts the task as active, unless balance or (without `beyondLimit`) concurrency
 * forbid it: one statement decides.
 */
export async function takeHold(
  tx: Tx,
  options: { accountId: number; amount: Money; beyondLimit?: boolean },
): Promise<boolean> {
  const { accountId, amount, beyondLimit = false } = options;
  const needed = amount > MINIMUM_BALANCE ? amount : MINIMUM_BALANCE;
  return (await tx.run(beyondLimit ? TAKE_HOLD_BEYOND : TAKE_HOLD, [amount, amount, accountId, needed])) > 0;
}

export async function recordHold(tx: Tx, options: { accountId: number; taskId: number; amount: Money }): Promise<void> {
  const { accountId, taskId, amount } = options;
  if (amount === 0n) return;
  await insertTransfer(tx, {
    debit: `wallet:${accountId}`,
    credit: `hold:${accountId}`,
    amount,
    kind: "hold",
    taskId,
    note: "",
  });
}

/** What of a charge goes to whom. */
export interface Revenue {
  /** Owner of a model. */
  owner: string;
  amount: Money;
}

/**
 * Resolves a task's hold for good: what it costs goes to the owners of the models that ran, the rest back to the wallet. The
 * unique index on (task, kind, seq) makes a second resolution impossible.
 */
export async function settle(
  tx: Tx,
  options: { accountId: number; taskId: number; hold: Money; revenue: readonly Revenue[] },
): Promise<void> {
  const { accountId, taskId, hold, revenue } = options;
  const cost = revenue.reduce((sum, { amount }) => sum + amount, 0n);
  if (cost < 0n || cost > hold) throw new RangeError(`task ${taskId}: cost ${cost} is outside its hold ${hold}`);
  const rest = hold - cost;
  const holdAccount = `hold:${accountId}`;
  for (const [seq, { owner, amount }] of revenue.filter((one) => one.amount > 0n).entries()) {
    await insertTransfer(tx, {
      debit: holdAccount,
      credit: `revenue:${owner}`,
      amount,
      kind: "capture",
      taskId,
      seq,
      note: "",
    });
  }
  if (rest > 0n) {
    await insertTransfer(tx, {
      debit: holdAccount,
      credit: `wallet:${accountId}`,
      amount: rest,
      kind: "release",
      taskId,
      note: "",
    });
  }
  const changed = await tx.run(
    "update wallet set available = available + ?, held = held - ?, active = active - 1 where account_id = ?",
    [rest, hold, accountId],
  );
  if (changed !== 1) throw new Error(`account ${accountId} has no wallet`);
}

export async function readWallet(db: Database | Tx, accountId: number): Promise<Wallet | undefined> {
  const row = await db.q
    .selectFrom("wallet")
    .select([money("available").as("available"), money("held").as("held"), "active"])
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return row && { available: BigInt(row.available), held: BigInt(row.held), active: row.active };
}
