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
import type { Database } from "../db/database.ts";
import type { Fields } from "../http/body.ts";
import { dollarsField, textField } from "../http/fields.ts";
import type { Owner } from "./service-wallet.ts";
import { topUp } from "./store.ts";
import * as store from "./store-wallet.ts";

export interface StripeSettings {
  secretKey: string;
  webhookSecret: string;
  /** Another address of the API than Stripe's own. */
  apiUrl: string | undefined;
}

export interface StripePayments {
  isOn: boolean;
  /** Begins a payment; returns the address of the page to pay at. */
  begin(owner: Owner, fields: Fields, base: string): Promise<string>;
  /** A message from Stripe: its raw bytes and signature. False = not from Stripe. */
  receive(body: Buffer, signature: string): Promise<boolean>;
}

const CENT: Money = USD / 100n;
const LEAST: Money = 5n * USD;
const MOST: Money = 10_000n * USD;
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

  /** Settles the payment that a checkout session was made for; whatever does not fit it is logged and changes nothing. */
  async function settle(session: Stripe.Checkout.Session, paid: boolean): Promise<void> {
    const reference = session.client_reference_id ?? "";
    await db.write(async (tx) => {
      const payment = await store.findPayment(tx, "stripe", reference);
      if (!payment) return log(`stripe: session ${session.id} belongs to no payment of ours`, { level: "warn" });
      const cents = BigInt(session.amount_total ?? -1);
      if (paid && (cents * CENT !== payment.amount || session.currency !== "usd")) {
        return log(
          `stripe: session ${session.id} is over ${session.amount_total} ${session.currency}, not what was asked`,
          { level: "error" },
        );
      }
      if (!(await store.settlePayment(tx, payment.id, paid ? "paid" : "failed")) || !paid) return;
      const { account_id: accountId, amount } = payment;
      await topUp(tx, { accountId, amount, note: "Stripe" });
      const actor = { name: "system", ip: "" };
      await note(tx, {
        accountId,
        actor,
        action: "wallet.topup",
        target: `payment ${payment.id}`,
        outcome: formatUsd(amount, 2),
      });
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
        },
        { idempotencyKey: reference },
      );
      if (!session.url) throw new Error(`stripe made session ${session.id} without an address`);
      return session.url;
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
          if (event.data.object.payment_status === "paid") await settle(event.data.object, true);
          break;
        case "checkout.session.async_payment_succeeded":
          await settle(event.data.object, true);
          break;
        case "checkout.session.async_payment_failed":
        case "checkout.session.expired":
          await settle(event.data.object, false);
          break;
        default:
      }
      return true;
    },
  };
}
