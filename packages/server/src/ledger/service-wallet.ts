/** The wallet as its owner sees it: what there is, what was spent, what came in. */
import { createHash } from "node:crypto";
import { apiError, formatUsd, type StatementBy, type StatementLine, type WalletTransaction } from "@modelyard/contract";
import { type BackOffRule, createBackOff, waitError } from "../accounts/back-off.ts";
import { type Actor, note } from "../audit-log/service.ts";
import type { Database } from "../db/database.ts";
import type { Fields } from "../http/body.ts";
import { nextCursor, pageField, textField } from "../http/fields.ts";
import type { Models } from "../models/service.ts";
import { dayOf, statementQuery } from "./policy-statement.ts";
import { concurrencyLimit } from "./service.ts";
import { expiringOf, grantUntil } from "./service-expiry.ts";
import { readWallet, topUp } from "./store.ts";
import * as store from "./store-wallet.ts";

export interface Owner {
  accountId: number;
  actor: Actor;
}

export interface Wallets {
  detail(accountId: number): Promise<object>;
  statement(accountId: number, fields: Fields): Promise<Statement>;
  transactions(accountId: number, fields: Fields): Promise<{ transactions: WalletTransaction[]; next: string }>;
  /** Puts a coupon's money into the wallet, once for each account; returns the amount as it is shown. */
  useCoupon(owner: Owner, fields: Fields): Promise<string>;
}

export interface Statement {
  from: string;
  to: string;
  by: StatementBy;
  total: string;
  lines: StatementLine[];
  next: string;
}

/** Codes are compared without blanks, dashes and case. */
export function couponHash(code: string): string {
  return createHash("sha256").update(code.toUpperCase().replace(/[\s-]/g, "")).digest("hex");
}

const GUESSES: BackOffRule = { free: 10, longest: 15 * 60_000 };

export function createWallets({ db, models }: { db: Database; models: Models }): Wallets {
  const guesses = createBackOff();

  async function lines(accountId: number, rows: readonly store.ChargeRow[]): Promise<StatementLine[]> {
    const numbers = (name: "project_id" | "key_id" | "member_id") => [
      ...new Set(rows.flatMap((row) => (row[name] === undefined ? [] : [row[name]]))),
    ];
    const names = await store.namesOf(db, accountId, {
      projects: numbers("project_id"),
      keys: numbers("key_id"),
      members: numbers("member_id"),
    });
    return rows.map((row) => {
      const model = row.model_id === undefined ? undefined : models.byId(row.model_id);
      return {
        ...(row.day === undefined ? {} : { day: dayOf(row.day * store.DAY_MS) }),
        ...(row.at === undefined ? {} : { time: String(Math.floor(row.at / 1000)) }),
        ...(row.id === undefined ? {} : { taskid: String(row.id) }),
        ...(row.project_id === undefined
          ? {}
          : { projectid: String(row.project_id), project: names.projects.get(row.project_id) ?? "" }),
        ...(row.key_id === undefined ? {} : { keyid: String(row.key_id), key: names.keys.get(row.key_id) ?? "" }),
        ...(row.model_id === undefined ? {} : { model: model ? `${model.owner}/${model.slug}` : "" }),
        ...(row.member_id === undefined
          ? {}
          : { memberid: String(row.member_id), member: names.members.get(row.member_id) ?? "" }),
        runs: String(row.runs),
        amount: formatUsd(BigInt(row.amount)),
      };
    });
  }

  return {
    async detail(accountId) {
      const wallet = await readWallet(db, accountId);
      if (!wallet) throw new Error(`account ${accountId} has no wallet`);
      const { available, held, active } = wallet;
      const limit = concurrencyLimit(available + held);
      return {
        balance: formatUsd(available + held),
        held: formatUsd(held),
        available: formatUsd(available),
        active: String(active),
        limit: Number.isFinite(limit) ? String(limit) : "unlimited",
        currency: "USD",
        expiring: (await expiringOf(db, accountId)).map(({ amount, expiresAt }) => ({
          amount: formatUsd(amount),
          expires: String(Math.floor(expiresAt / 1000)),
        })),
      };
    },

    async statement(accountId, fields) {
      const { by, from, to, cursor, limit } = statementQuery(fields, await db.now());
      const filter = { accountId, from, to };
      const rows = await store.readCharges(db, by, filter, { cursor, limit });
      // A statement on one page is its own total; only the others need the time to be read once more.
      const isWhole = cursor === undefined && rows.length < limit;
      const total = isWhole
        ? rows.reduce((sum, row) => sum + BigInt(row.amount), 0n)
        : await store.totalCharged(db, filter);
      const last = rows.at(-1);
      const after = last && rows.length === limit ? store.cursorAfter(by, last) : undefined;
      const next = !after ? "" : by === "task" ? `${after.first}.${after.second}` : String(after.first);
      return {
        from: dayOf(from),
        to: dayOf(to - store.DAY_MS),
        by,
        total: formatUsd(total),
        lines: await lines(accountId, rows),
        next,
      };
    },

    async transactions(accountId, fields) {
      const page = pageField(fields);
      const rows = await store.walletTransfers(db, { accountId, ...page });
      const wallet = `wallet:${accountId}`;
      const transactions = rows.map((row) => ({
        id: String(row.id),
        time: String(Math.floor(row.created_at / 1000)),
        kind: row.kind as WalletTransaction["kind"],
        amount: formatUsd(row.debit === wallet ? -BigInt(row.amount) : BigInt(row.amount)),
        note: row.note,
      }));
      return { transactions, next: nextCursor(rows, page.limit) };
    },

    async useCoupon({ accountId, actor }, fields) {
      const code = textField(fields, "code") ?? "";
      if (code === "") throw apiError("parameterRequired", "code");
      // Codes that operators choose themselves can be short.
      const guesser = `coupon ${accountId}`;
      const wait = guesses.attempt(guesser, GUESSES, Date.now());
      if (wait > 0) throw waitError(wait);
      return db.write(async (tx) => {
        const coupon = await store.useCoupon(tx, couponHash(code));
        if (!coupon) throw apiError("couponInvalid");
        const { amount } = coupon;
        const first = await store.insertPayment(tx, {
          provider: "coupon",
          reference: `${coupon.id}:${accountId}`,
          accountId,
          amount,
          state: "paid",
        });
        // The account used it before; the use that was just counted is rolled back with this unit.
        if (!first) throw apiError("couponInvalid");
        await topUp(tx, { accountId, amount, note: `Coupon …${coupon.last4}`, kind: "coupon" });
        if (coupon.credit_days > 0)
          await grantUntil(tx, { accountId, amount, expiresAt: tx.now + coupon.credit_days * store.DAY_MS });
        tx.afterCommit(() => guesses.succeeded(guesser, { forget: true }));
        await note(tx, {
          accountId,
          actor,
          action: "wallet.coupon",
          target: `coupon ${coupon.id}`,
          outcome: formatUsd(amount, 2),
        });
        return formatUsd(amount);
      });
    },
  };
}
