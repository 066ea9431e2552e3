/**
 * Wallets that fill up by themselves: when less than a limit is available, the saved way to pay is charged, at most so much in a month.
 *
 * A charge is noted under a reference before it is asked for, and the reference is Stripe's idempotency key: a server that dies in
 * between, or an answer that gets lost, leads to the same question again and never to a second charge. A refusal switches it off and
 * tells the owner; nothing is tried again by itself.
 */
import { randomUUID } from "node:crypto";
import { apiError, formatUsd, type Log, type Money } from "@modelyard/contract";
import { note } from "../audit-log/service.ts";
import type { Database, Tx } from "../db/database.ts";
import type { Fields } from "../http/body.ts";
import { dollarsField, flagField, isSent } from "../http/fields.ts";
import type { Mail } from "../mail/service.ts";
import { monthStart } from "./service-caps.ts";
import { CENT, LEAST, MOST, type StripePayments } from "./service-stripe.ts";
import type { Owner } from "./service-wallet.ts";
import * as store from "./store-auto-top-up.ts";
import { ownerEmail } from "./store-caps.ts";
import { insertPayment } from "./store-wallet.ts";

/** The saved way to pay, and the rule, go; refused while a payment is under way, for its money must find its way. */
export async function forgetAutoTopUp(tx: Tx, accountId: number): Promise<void> {
  if (!(await store.forget(tx, accountId))) throw apiError("paymentUnderWay");
}

/** How often wallets are looked at, in milliseconds. */
const EVERY_MS = 2_000;
const BATCH = 50;

export interface AutoTopUp {
  /** Reads it, and changes what was sent. */
  rule(owner: Owner, fields: Fields): Promise<object>;
  /** Looks at all wallets now; runs by itself every few seconds. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

function present(row: store.AutoTopUpRow | undefined, now: number) {
  const used = row && row.month_start >= monthStart(now) ? row.month_used : 0n;
  return {
    saved: row !== undefined,
    on: row?.is_on === 1,
    below: formatUsd(row?.below ?? 0n),
    amount: formatUsd(row?.amount ?? 0n),
    most: formatUsd(row?.most ?? 0n),
    used: formatUsd(used),
    problem: row?.problem ?? "",
  };
}

function amountField(fields: Fields, name: string, before: Money): Money {
  const amount = dollarsField(fields, name);
  if (amount === undefined) return before;
  if (amount < LEAST || amount > MOST || amount % CENT !== 0n)
    throw apiError("fieldInvalid", name, "must be 5 to 10000 dollars, in whole cents");
  return amount;
}

export function createAutoTopUp(deps: { db: Database; stripe: StripePayments; mail: Mail; log: Log }): AutoTopUp {
  const { db, stripe, mail, log } = deps;

  async function fail(tx: Tx, row: store.AutoTopUpRow, reference: string, problem: string): Promise<void> {
    if (!(await stripe.settle(tx, { reference, outcome: "failed" }))) return;
    await store.release(tx, reference, { problem, refund: row.amount });
    const email = await ownerEmail(tx, row.account_id);
    if (email === undefined) return;
    await mail.post(tx, {
      accountId: row.account_id,
      to: email,
      subject: "Your wallet was not filled up",
      text: `$${formatUsd(row.amount, 2)} could not be paid with the saved way to pay: ${problem} Filling up by itself is switched off now. Pay once by hand with the way to pay saved, and switch it on again.`,
    });
  }

  /** Asks for the payment, or once more for the same one. */
  async function charge(row: store.AutoTopUpRow, reference: string): Promise<void> {
    const asked = await stripe.chargeSaved({ ...row, reference });
    if (asked.kind === "later") return;
    await db.write(async (tx) => {
      if (asked.kind === "refused") return fail(tx, row, reference, asked.reason);
      await stripe.settle(tx, { reference, outcome: "paid" });
      await store.release(tx, reference, { problem: "", refund: 0n });
    });
  }

  async function begin(row: store.AutoTopUpRow): Promise<void> {
    const reference = `auto:${randomUUID()}`;
    const claimed = await db.write(async (tx) => {
      const found = await store.claim(tx, { accountId: row.account_id, reference, month: monthStart(tx.now) });
      if (!found) return undefined;
      const { account_id: accountId, amount } = found;
      await insertPayment(tx, { provider: "stripe", reference, accountId, amount, state: "pending" });
      const actor = { name: "system", ip: "" };
      await note(tx, {
        accountId,
        actor,
        action: "wallet.topup-begun",
        target: "by itself",
        outcome: formatUsd(amount, 2),
      });
      return found;
    });
    if (claimed) await charge(claimed, reference);
  }

  async function sweep(): Promise<void> {
    if (!stripe.isOn) return;
    for (const row of await store.due(db, monthStart(Date.now()), BATCH)) {
      if (row.pending === "") await begin(row);
      else await charge(row, row.pending);
    }
  }

  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = running
      .then(sweep)
      .catch((error: unknown) => log(`filling up wallets: ${String(error)}`, { level: "error" }));
  }, EVERY_MS);
  timer.unref();

  return {
    async rule({ accountId, actor }, fields) {
      const names = ["on", "below", "amount", "most", "forget"];
      if (!names.some((name) => isSent(fields, name))) return present(await store.find(db, accountId), Date.now());
      return db.write(async (tx) => {
        const row = await store.find(tx, accountId);
        if (!row) throw apiError("noSavedPayment");
        if (flagField(fields, "forget")) {
          await forgetAutoTopUp(tx, accountId);
          await note(tx, { accountId, actor, action: "wallet.auto-topup", outcome: "forgotten" });
          return present(undefined, tx.now);
        }
        const isOn = isSent(fields, "on") ? flagField(fields, "on") : row.is_on === 1;
        const below = amountField(fields, "below", row.below);
        const amount = amountField(fields, "amount", row.amount);
        const most = amountField(fields, "most", row.most);
        if (most < amount) throw apiError("fieldInvalid", "most", "must be at least [amount]");
        await store.update(tx, accountId, { isOn, below, amount, most });
        const outcome = isOn
          ? `$${formatUsd(amount, 2)} below $${formatUsd(below, 2)}, $${formatUsd(most, 2)} a month`
          : "off";
        await note(tx, { accountId, actor, action: "wallet.auto-topup", outcome });
        return present(await store.find(tx, accountId), tx.now);
      });
    },
    sweep,
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
