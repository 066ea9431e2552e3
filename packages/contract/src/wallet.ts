/** `/Wallet/*` and `/Audit/List`: what an account has, spent and did. */
import { z } from "zod";

const digits = z.string().regex(/^\d+$/);
const dollars = z.string().regex(/^-?\d+\.\d{12}$/);
const okay = { result: z.literal(true), errors: z.array(z.never()) };

export const WalletDetailResponse = z.strictObject({
  ...okay,
  balance: dollars.describe("held + available."),
  held: dollars.describe("Kept for runs that have not ended."),
  available: dollars,
  active: digits.describe("Tasks that have not ended."),
  limit: z.string().describe("Tasks at a time that this balance allows, or `unlimited`."),
  currency: z.literal("USD"),
  payments: z.boolean().describe("The wallet can be topped up by a payment: this server has a payment service."),
  expiring: z
    .array(z.strictObject({ amount: dollars, expires: digits.describe("Unix seconds.") }))
    .describe("What is left of credit that expires, the soonest first. It is spent before other money."),
});

/** Filling up by itself. */
export const AutoTopUpResponse = z.strictObject({
  ...okay,
  saved: z.boolean().describe("A way to pay is saved: by a payment with `save`."),
  on: z.boolean(),
  below: dollars.describe("When less is available …"),
  amount: dollars.describe("… this much is paid in."),
  most: dollars.describe("In a month (UTC)."),
  used: dollars.describe("Of that, this month."),
  problem: z.string().describe('Why it switched itself off; "" = it did not.'),
});

/** What lines of a statement stand for; `task`: every single charge. */
export const StatementBy = z.enum(["day", "project", "key", "model", "member", "task"]);
export type StatementBy = z.infer<typeof StatementBy>;

/** Only the fields that the statement is by are there. */
export const StatementLine = z.strictObject({
  day: z.string().optional().describe("YYYY-MM-DD, UTC."),
  time: digits.optional().describe("Unix seconds of the charge."),
  taskid: digits.optional(),
  projectid: digits.optional(),
  project: z.string().optional(),
  keyid: digits.optional().describe('"0": a signed-in account, or before keys were counted.'),
  key: z.string().optional(),
  model: z.string().optional(),
  memberid: digits.optional().describe('Of an organisation; "0": by a key, or before there were members.'),
  member: z.string().optional().describe('E-mail address; "" where the member has left.'),
  runs: digits,
  amount: dollars,
});
export type StatementLine = z.infer<typeof StatementLine>;

export const StatementResponse = z.strictObject({
  ...okay,
  from: z.string(),
  to: z.string(),
  by: StatementBy,
  total: dollars.describe("Of the whole time, not of this page."),
  lines: z.array(StatementLine),
  next: z.string().describe('Send it as `cursor` for the next page; "" = this was the last.'),
});
export type StatementResponse = z.infer<typeof StatementResponse>;

export const WalletTransaction = z.strictObject({
  id: digits,
  time: digits,
  kind: z.enum(["topup", "credit", "coupon", "correction", "forfeit", "expiry"]),
  amount: dollars,
  note: z.string(),
});
export type WalletTransaction = z.infer<typeof WalletTransaction>;
export const TransactionsResponse = z.strictObject({
  ...okay,
  transactions: z.array(WalletTransaction),
  next: z.string(),
});
export const TopUpResponse = z.strictObject({
  ...okay,
  url: z.string().describe("Where to pay; the amount is in the wallet once the payment service says so."),
});
export const CouponResponse = z.strictObject({ ...okay, amount: dollars });

export const AuditEntry = z.strictObject({
  id: digits,
  time: digits,
  actor: z.string(),
  ip: z.string(),
  action: z.string(),
  target: z.string(),
  outcome: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
export const AuditListResponse = z.strictObject({ ...okay, entries: z.array(AuditEntry), next: z.string() });
