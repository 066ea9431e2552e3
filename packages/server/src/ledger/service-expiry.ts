/** Credit that expires: given with an end, spent first, and taken at its end as far as it is left and not held by runs. */
import { formatUsd, type Log, type Money } from "@modelyard/contract";
import { note } from "../audit-log/service.ts";
import type { Database, Tx } from "../db/database.ts";
import { leftOf } from "./policy-expiry.ts";
import { lockWallet } from "./store.ts";
import * as store from "./store-expiry.ts";

const SWEEP_MS = 60_000;
const BATCH = 100;

/** The credit that was just put into the wallet holds until then (unix milliseconds). */
export const grantUntil = store.insertGrant;

/** What is left of the account's open grants, the soonest end first. */
export async function expiringOf(
  db: Database | Tx,
  accountId: number,
): Promise<{ id: number; amount: Money; expiresAt: number }[]> {
  const grants = await store.grantsOf(db, accountId);
  const open = grants.filter(({ expiredAt }) => expiredAt === null);
  if (open.length === 0) return [];
  const since = Math.min(...open.map(({ createdAt }) => createdAt));
  const left = leftOf(grants, await store.chargesSince(db, accountId, since));
  return open
    .map(({ id, expiresAt }) => ({ id, expiresAt, amount: left.get(id) ?? 0n }))
    .toSorted((a, b) => a.expiresAt - b.expiresAt);
}

async function expire(tx: Tx, accountId: number): Promise<void> {
  const wallet = await lockWallet(tx, accountId);
  let { available } = wallet;
  for (const { id, amount, expiresAt } of await expiringOf(tx, accountId)) {
    if (expiresAt > tx.now || !(await store.markExpired(tx, id))) continue;
    // What runs hold is theirs to spend; what of it comes back stays.
    const taken = amount < available ? amount : available;
    if (taken === 0n) continue;
    available -= taken;
    await store.insertExpiry(tx, { accountId, amount: taken });
    const actor = { name: "system", ip: "" };
    await note(tx, { accountId, actor, action: "wallet.expiry", outcome: formatUsd(taken, 2) });
  }
}

/** Takes what has expired of all accounts; returns how many they were. */
export async function expireCredit(db: Database): Promise<number> {
  const accounts = await store.accountsDue(db, await db.now(), BATCH);
  for (const accountId of accounts) await db.write((tx) => expire(tx, accountId));
  return accounts.length;
}

export function sweepCredit(db: Database, log: Log): { stop(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    running = running
      .then(() => expireCredit(db))
      .catch((error: unknown) => log(`credit: ${String(error)}`, { level: "error" }));
  }, SWEEP_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
