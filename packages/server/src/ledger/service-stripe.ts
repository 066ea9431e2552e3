/**
 * Top-ups through Stripe Checkout: a payment is noted, the payer goes to Stripe's page, and the money is in the wallet once Stripe's
 * signed message says that it was paid. Messages come late, twice and in any order, so that the payment's row decides, once.
 *
 * Amounts are whole cents. Refunds and disputes are made good by the operator (Admin/Credit with a negative amount).
 */
import { randomUUID } from "node:crypto";
import { apiError, formatUsd, type Log, type Money, USD } from "@modelyard/contract";
import type Stripe from "stripe";
import { note } from "../audit-log/service.ts";
import type { Database, Tx } from "../db/database.ts";
import type { Fields } from "../http/body.ts";
import { dollarsField, flagField, textField } from "../http/fields.ts";
import type { Owner } from "./service-wallet.ts";
import { topUp } from "./store.ts";
import * as autoStore from "./store-auto-top-up.ts";
import * as store from "./store-wallet.ts";

export interface StripeSettings {
  secretKey: string;
  webhookSecret: string;
  /** Another address of the API than Stripe's own. */
  apiUrl: string | undefined;
}

/** How a payment of ours ended. */
export interface Settlement {
  reference: string;
  outcome: "paid" | "failed";
}

export interface StripePayments {
  isOn: boolean;
  /** Begins a payment; returns the address of the page to pay at. */
  begin(owner: Owner, fields: Fields, base: string): Promise<string>;
  /** Ends a payment inside the caller's unit; false where it had ended. */
  settle(tx: Tx, settlement: Settlement): Promise<boolean>;
  /** Charges a saved way to pay; asking again under the same reference charges nothing more. `later`: nobody knows yet. */
  chargeSaved(charge: {
    reference: string;
    customer: string;
    method: string;
    amount: Money;
  }): Promise<{ kind: "paid" } | { kind: "later" } | { kind: "refused"; reason: string }>;
  /** A message from Stripe: its raw bytes and signature. False = not from Stripe. */
  receive(body: Buffer, signature: string): Promise<boolean>;
}

export const CENT: Money = USD / 100n;
/** Least and most of one payment. */
export const LEAST: Money = 5n * USD;
export const MOST: Money = 10_000n * USD;
const TIMEOUT_MS = 20_000;

/** Loaded when it is needed: most servers have no payments. */
async function connect(settings: StripeSettings): Promise<Stripe> {
  const { default: Library } = await import("stripe");
  const api = settings.apiUrl === undefined ? undefined : new URL(settings.apiUrl);
  return new Library(settings.secretKey, {
    timeout: TIMEOUT_MS,
    maxNetworkRetries: 2,
    telemetry: false,
    ...(api === undefined
      ? {}
      : { host: api.hostname, port: api.port, protocol: api.protocol === "http:" ? "http" : "https" }),
  });
}

/** A path on this server to come back to. */
function backPath(fields: Fields): string {
  const next = textField(fields, "next") ?? "";
  return /^\/(?![/\\])[\w\-./?=&%]*$/.test(next) ? next : "/";
}

export function createStripePayments(deps: {
  db: Database;
  settings: StripeSettings | undefined;
  log: Log;
}): StripePayments {
  const { db, settings, log } = deps;
  let client: Promise<Stripe> | undefined;
  const stripe = (): Promise<Stripe> => {
    if (!settings) throw apiError("paymentsOff");
    client ??= connect(settings);
    return client;
  };

  /** Ends the payment that this reference names, once; paid money is in the wallet then. False where it had ended. */
  async function settle(tx: Tx, { reference, outcome }: Settlement): Promise<boolean> {
    const payment = await store.findPayment(tx, "stripe", reference);
    if (!payment || !(await store.settlePayment(tx, payment.id, outcome))) return false;
    if (outcome === "failed") return true;
    const { account_id: accountId, amount } = payment;
    await topUp(tx, { accountId, amount, note: "Stripe" });
    const actor = { name: "system", ip: "" };
    const target = `payment ${payment.id}`;
    await note(tx, { accountId, actor, action: "wallet.topup", target, outcome: formatUsd(amount, 2) });
    return true;
  }

  /** What Stripe says of a payment of ours; whatever does not fit it is logged and changes nothing. */
  async function hear(said: {
    id: string;
    reference: string;
    cents: number | null;
    currency: string | null;
    paid: boolean;
  }) {
    const { id, reference, cents, currency, paid } = said;
    await db.write(async (tx) => {
      const payment = await store.findPayment(tx, "stripe", reference);
      if (!payment) return log(`stripe: ${id} belongs to no payment of ours`, { level: "warn" });
      if (paid && (BigInt(cents ?? -1) * CENT !== payment.amount || currency !== "usd"))
        return log(`stripe: ${id} is over ${cents} ${currency}, not what was asked`, { level: "error" });
      await settle(tx, { reference, outcome: paid ? "paid" : "failed" });
      if (reference.startsWith("auto:")) {
        const refund = paid ? 0n : payment.amount;
        const problem = paid ? "" : "The payment was refused.";
        await autoStore.release(tx, reference, { problem, refund });
      }
    });
  }

  const hearSession = (session: Stripe.Checkout.Session, paid: boolean) =>
    hear({
      id: `session ${session.id}`,
      reference: session.client_reference_id ?? "",
      cents: session.amount_total,
      currency: session.currency,
      paid,
    });

  /** Keeps the way to pay of a session whose payer wanted that. An error makes Stripe send its message again. */
  async function saveMethod(session: Stripe.Checkout.Session): Promise<void> {
    if (session.metadata?.save !== "1" || session.payment_intent === null || session.customer === null) return;
    const id = (of: string | { id: string }) => (typeof of === "string" ? of : of.id);
    const api = await stripe();
    const intent = await api.paymentIntents.retrieve(id(session.payment_intent));
    const method = intent.payment_method;
    if (method === null) return log(`stripe: session ${session.id} left no way to pay`, { level: "warn" });
    await db.write(async (tx) => {
      const payment = await store.findPayment(tx, "stripe", session.client_reference_id ?? "");
      if (!payment) return;
      const customer = id(session.customer as string | { id: string });
      const { account_id: accountId, amount } = payment;
      await autoStore.saveMethod(tx, { accountId, customer, method: id(method), amount });
    });
  }

  return {
    isOn: settings !== undefined,
    async begin({ accountId, actor }, fields, base) {
      const api = await stripe();
      const amount = dollarsField(fields, "amount");
      if (amount === undefined) throw apiError("parameterRequired", "amount");
      if (amount < LEAST || amount > MOST || amount % CENT !== 0n)
        throw apiError("fieldInvalid", "amount", "must be 5 to 10000 dollars, in whole cents");
      const reference = randomUUID();
      // Noted first: the message that it was paid may come before the answer to this request.
      await db.write(async (tx) => {
        await store.insertPayment(tx, { provider: "stripe", reference, accountId, amount, state: "pending" });
        await note(tx, { accountId, actor, action: "wallet.topup-begun", outcome: formatUsd(amount, 2) });
      });
      const back = `${base}${backPath(fields)}`;
      const session = await api.checkout.sessions.create(
        {
          mode: "payment",
          client_reference_id: reference,
          line_items: [
            {
              quantity: 1,
              price_data: {
                currency: "usd",
                unit_amount: Number(amount / CENT),
                product_data: { name: "Modelyard balance" },
              },
            },
          ],
          success_url: back,
          cancel_url: back,
          ...(flagField(fields, "save")
            ? {
                customer_creation: "always" as const,
                payment_intent_data: { setup_future_usage: "off_session" as const },
                metadata: { save: "1" },
              }
            : {}),
        },
        { idempotencyKey: reference },
      );
      if (!session.url) throw new Error(`stripe made session ${session.id} without an address`);
      return session.url;
    },

    settle,

    async chargeSaved({ reference, customer, method, amount }) {
      const api = await stripe();
      try {
        const intent = await api.paymentIntents.create(
          {
            amount: Number(amount / CENT),
            currency: "usd",
            customer,
            payment_method: method,
            off_session: true,
            confirm: true,
            metadata: { reference },
          },
          { idempotencyKey: reference },
        );
        if (intent.status === "succeeded") return { kind: "paid" };
        // Some ways to pay take days; Stripe says when.
        if (intent.status === "processing") return { kind: "later" };
        return { kind: "refused", reason: "It asks for a confirmation that only you can give." };
      } catch (error) {
        const { default: Library } = await import("stripe");
        if (error instanceof Library.errors.StripeCardError) return { kind: "refused", reason: error.message };
        log(`stripe: ${error instanceof Error ? error.message : String(error)}`);
        return { kind: "later" };
      }
    },

    async receive(body, signature) {
      if (!settings) return false;
      const api = await stripe();
      let event: Stripe.Event;
      try {
        event = api.webhooks.constructEvent(body, signature, settings.webhookSecret);
      } catch (error) {
        log(`stripe: a message was refused: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`, {
          level: "warn",
        });
        return false;
      }
      switch (event.type) {
        case "checkout.session.completed":
          // Some ways to pay take days: the session is complete then, and the money is not there yet.
          if (event.data.object.payment_status === "paid") await hearSession(event.data.object, true);
          await saveMethod(event.data.object);
          break;
        case "checkout.session.async_payment_succeeded":
          await hearSession(event.data.object, true);
          break;
        case "payment_intent.succeeded":
        case "payment_intent.payment_failed": {
          const { id, amount, currency, metadata } = event.data.object;
          // Those of checkout sessions come here too, and are settled by the session's own message.
          if (metadata.reference === undefined) break;
          const paid = event.type === "payment_intent.succeeded";
          await hear({ id: `payment ${id}`, reference: metadata.reference, cents: amount, currency, paid });
          break;
        }
        case "checkout.session.async_payment_failed":
        case "checkout.session.expired":
          await hearSession(event.data.object, false);
          break;
        default:
      }
      return true;
    },
  };
}
