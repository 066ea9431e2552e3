/** What operators do: accounts, credit, sign-ups, links that were not delivered, coupons. Each act is noted in both logs. */
import { randomBytes } from "node:crypto";
import {
  type AdminAccount,
  apiError,
  type Coupon,
  formatUsd,
  SignUpPolicy,
  type UndeliveredMail,
} from "@modelyard/contract";
import { type Actor, note, OPERATORS } from "../audit-log/service.ts";
import type { Database, Tx } from "../db/database.ts";
import type { Fields } from "../http/body.ts";
import {
  dollarsField,
  flagField,
  isSent,
  nextCursor,
  oneOf,
  pageField,
  textField,
  wholeField,
} from "../http/fields.ts";
import { couponStore, creditOnce, takeOut, topUp } from "../ledger/service-credit.ts";
import { grantUntil } from "../ledger/service-expiry.ts";
import { couponHash } from "../ledger/service-wallet.ts";
import type { Mail } from "../mail/service.ts";
import type { Projects } from "../projects/service.ts";
import { plainName } from "./policy.ts";
import { presentAccount } from "./present.ts";
import { linkAddress, makeLink, sendLink } from "./service-links.ts";
import type { Sessions } from "./service-sessions.ts";
import { chosenEmail, SIGN_UPS, signUpPolicy } from "./service-sign-in.ts";
import * as store from "./store.ts";

export interface AdminDeps {
  db: Database;
  mail: Mail;
  projects: Projects;
  sessions: Sessions;
}

export interface Asked {
  fields: Fields;
  actor: Actor;
  base: string;
}

export interface Admin {
  accounts(fields: Fields): Promise<{ accounts: AdminAccount[]; next: string }>;
  setSuspended(asked: Asked, suspended: boolean): Promise<void>;
  /** Gives or takes the right to ask for high priority. */
  setPriority(asked: Asked): Promise<void>;
  credit(asked: Asked): Promise<void>;
  settings(asked: Asked): Promise<{ signups: SignUpPolicy }>;
  invite(asked: Asked): Promise<string>;
  mail(fields: Fields): Promise<{ mail: UndeliveredMail[]; next: string }>;
  createCoupon(asked: Asked): Promise<Coupon>;
  coupons(fields: Fields): Promise<{ coupons: Coupon[]; next: string }>;
}

const seconds = (ms: number | null): string => String(Math.floor((ms ?? 0) / 1000));
/** Letters of a coupon that cannot be read wrongly. */
const LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

/** 16 letters of 31, about 79 bits: nobody guesses one. */
function couponCode(): string {
  const letters = [...randomBytes(32)]
    .filter((byte) => byte < 248)
    .slice(0, 16)
    .map((byte) => LETTERS[byte % LETTERS.length]);
  return letters.length === 16 ? letters.join("").replace(/(.{4})(?=.)/g, "$1-") : couponCode();
}

export function createAdmin({ db, mail, projects, sessions }: AdminDeps): Admin {
  async function named(tx: Tx, fields: Fields): Promise<store.AccountRow> {
    const uuid = textField(fields, "uuid") ?? "";
    const account = uuid === "" ? undefined : await store.byUuid(tx, uuid);
    if (!account || account.deleted_at !== null) throw apiError("accountNotExist");
    return account;
  }

  /** In the operators' log, and in the log of the account it happened to. */
  async function noteBoth(
    tx: Tx,
    entry: { actor: Actor; action: string; account: store.AccountRow; outcome?: string },
  ): Promise<void> {
    const { actor, action, account, outcome } = entry;
    for (const accountId of [OPERATORS, account.id])
      await note(tx, { accountId, actor, action, target: `account:${account.uuid}`, outcome });
  }

  function coupon(row: Awaited<ReturnType<typeof couponStore.list>>[number], code: string): Coupon {
    return {
      id: String(row.id),
      code,
      amount: formatUsd(row.amount),
      uses: String(row.uses),
      used: String(row.used),
      expires: seconds(row.expires_at),
      creditdays: String(row.credit_days),
      createtime: seconds(row.created_at),
    };
  }

  return {
    async accounts(fields) {
      const page = pageField(fields);
      const rows = await store.listAccounts(db, { search: textField(fields, "search") ?? "", ...page });
      const accounts = rows.map((row) => ({
        ...presentAccount(row),
        id: String(row.id),
        suspended: row.suspended !== 0,
        highpriority: row.role === "operator" || row.high_priority !== 0,
        available: formatUsd(BigInt(row.available)),
        held: formatUsd(BigInt(row.held)),
      }));
      return { accounts, next: nextCursor(rows, page.limit) };
    },

    async setSuspended({ fields, actor }, suspended) {
      await db.write(async (tx) => {
        const account = await named(tx, fields);
        if (suspended && account.role === "operator" && (await store.countOperators(tx)) <= 1)
          throw apiError("lastOperator");
        await store.setSuspended(tx, account.id, suspended);
        if (suspended) await sessions.end(tx, { accountId: account.id });
        await noteBoth(tx, { actor, action: suspended ? "admin.suspend" : "admin.restore", account });
        tx.afterCommit(projects.forgetKeys);
      });
    },

    async setPriority({ fields, actor }) {
      if (!isSent(fields, "high")) throw apiError("parameterRequired", "high");
      const allowed = flagField(fields, "high");
      await db.write(async (tx) => {
        const account = await named(tx, fields);
        await store.setHighPriority(tx, account.id, allowed);
        await noteBoth(tx, { actor, action: "admin.priority", account, outcome: allowed ? "high" : "normal" });
      });
    },

    async credit({ fields, actor }) {
      const amount = dollarsField(fields, "amount", { signed: true });
      if (amount === undefined) throw apiError("parameterRequired", "amount");
      const reason = plainName(fields.note);
      if (reason === undefined) throw apiError("fieldInvalid", "note", "must be one line of 1 to 100 characters");
      const expires = wholeField(fields, "expires", { min: 0, max: 253_402_300_799 }) ?? 0;
      const reference = textField(fields, "reference") ?? "";
      if (!/^[\x21-\x7e]{1,100}$/.test(reference))
        throw apiError("fieldInvalid", "reference", "must be 1 to 100 characters without blanks");
      await db.write(async (tx) => {
        const account = await named(tx, fields);
        const isFirst = await creditOnce(tx, { accountId: account.id, amount, reference });
        if (isFirst === "other") throw apiError("fieldInvalid", "reference", "was used for something else");
        if (isFirst === "again") return;
        if (amount > 0n) {
          await topUp(tx, { accountId: account.id, amount, note: reason, kind: "credit" });
          if (expires > 0) {
            if (expires * 1000 <= tx.now) throw apiError("fieldInvalid", "expires", "must be in the future");
            await grantUntil(tx, { accountId: account.id, amount, expiresAt: expires * 1000 });
          }
        } else if (!(await takeOut(tx, { accountId: account.id, amount: -amount, note: reason })))
          throw apiError("creditTooLow");
        await noteBoth(tx, { actor, action: "admin.credit", account, outcome: `${formatUsd(amount, 2)} ${reference}` });
      });
    },

    async settings({ fields, actor }) {
      const signups = oneOf(fields, "signups", SignUpPolicy.options);
      if (signups !== undefined) {
        await db.write(async (tx) => {
          await store.writeSetting(tx, SIGN_UPS, signups);
          await note(tx, { accountId: OPERATORS, actor, action: "admin.settings", target: SIGN_UPS, outcome: signups });
        });
      }
      return { signups: await signUpPolicy(db) };
    },

    async invite({ fields, actor, base }) {
      const raw = textField(fields, "email") ?? "";
      const email = raw === "" ? "" : chosenEmail(raw);
      return db.write(async (tx) => {
        const link = { kind: "invitation", accountId: null, email } as const;
        await note(tx, { accountId: OPERATORS, actor, action: "admin.invite", target: email });
        if (email === "") return linkAddress(base, "invitation", await makeLink(tx, link));
        return linkAddress(base, "invitation", await sendLink(tx, mail, { ...link, base }));
      });
    },

    async mail(fields) {
      const page = pageField(fields);
      const rows = await mail.undelivered(page);
      const list = rows.map((row) => ({
        id: String(row.id),
        to: row.to,
        subject: row.subject,
        text: row.text,
        status: row.state,
        error: row.error ?? "",
        createtime: seconds(row.createdAt),
      }));
      return { mail: list, next: nextCursor(rows, page.limit) };
    },

    async createCoupon({ fields, actor }) {
      const amount = dollarsField(fields, "amount");
      if (amount === undefined) throw apiError("parameterRequired", "amount");
      const uses = wholeField(fields, "uses", { min: 1, max: 1_000_000 }) ?? 1;
      const expires = wholeField(fields, "expires", { min: 0, max: 253_402_300_799 }) ?? 0;
      const creditDays = wholeField(fields, "creditdays", { min: 0, max: 3650 }) ?? 0;
      const chosen = textField(fields, "code") ?? "";
      if (chosen !== "" && !/^[A-Za-z0-9-]{6,40}$/.test(chosen))
        throw apiError("fieldInvalid", "code", "must be 6 to 40 letters, digits and -");
      const code = (chosen === "" ? couponCode() : chosen).toUpperCase();
      return db.write(async (tx) => {
        const row = await couponStore.insert(tx, {
          codeHash: couponHash(code),
          last4: code.slice(-4),
          amount,
          uses,
          expiresAt: expires === 0 ? null : expires * 1000,
          creditDays,
        });
        if (!row) throw apiError("fieldInvalid", "code", "is taken");
        await note(tx, {
          accountId: OPERATORS,
          actor,
          action: "admin.coupon",
          target: `coupon ${row.id}`,
          outcome: `${formatUsd(amount, 2)} × ${uses}`,
        });
        return coupon(row, code);
      });
    },

    async coupons(fields) {
      const page = pageField(fields);
      const rows = await couponStore.list(db, page);
      return { coupons: rows.map((row) => coupon(row, `…${row.last4}`)), next: nextCursor(rows, page.limit) };
    },
  };
}
