/** Tables of accounts: who they are, how they sign in, what they are told, what was done to them. See schema.ts. */
import type { Generated } from "kysely";
import type { MoneyColumn } from "./money-column.ts";

export interface AccountTable {
  id: Generated<number>;
  /** An organisation has no password: its members act for it. Its `email` is `organization:<uuid>`. */
  kind: Generated<"person" | "organization">;
  uuid: string;
  email: string;
  name: string;
  password_hash: string;
  role: "operator" | "member";
  suspended: Generated<number>;
  /** 1: may ask for high priority, as operators may. */
  high_priority: Generated<number>;
  created_at: number;
  email_verified_at: number | null;
  /** Name, address, password and keys are gone since then; what was paid and charged stays, under the bare number. */
  deleted_at: number | null;
  /** Then the rest of its data was gone too (accounts/service-deletion.ts). */
  purged_at: number | null;
}

/** A signed-in browser. It ends 12 h after it was last seen and 30 days after it began (accounts/policy.ts). */
export interface AccountSessionTable {
  id: Generated<number>;
  account_id: number;
  /** SHA-256 of the cookie's value, hex. */
  token_hash: string;
  ip: string;
  user_agent: string;
  created_at: number;
  seen_at: number;
}

/** Tokens with which a session uses the API under /v1; they end with it. */
export interface AccountBearerTable {
  token_hash: string;
  session_id: number;
  /** The organisation that the session's account acts for; null = for itself. */
  organization_id: number | null;
  created_at: number;
  expires_at: number;
}

export interface OrganizationMemberTable {
  id: Generated<number>;
  organization_id: number;
  account_id: number;
  role: "owner" | "admin" | "member";
  created_at: number;
}

export interface OrganizationInvitationTable {
  id: Generated<number>;
  organization_id: number;
  token_hash: string;
  email: string;
  role: "owner" | "admin" | "member";
  created_at: number;
  expires_at: number;
}

/** An account as an identity provider names it. */
export interface AccountIdentityTable {
  issuer: string;
  /** The provider's own name for the person, which never changes. */
  subject: string;
  account_id: number;
  created_at: number;
}

/** One-time links. */
export interface AccountLinkTable {
  token_hash: string;
  kind: "welcome" | "verify" | "reset" | "email" | "invitation";
  /** Whom it is for; null for an invitation. */
  account_id: number | null;
  /** The address it was sent to, and that following it proves; "" = anybody's (an invitation without an address). */
  email: string;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

/** Mail that is owed, and what became of it. */
export interface MailTable {
  id: Generated<number>;
  account_id: number | null;
  recipient: string;
  subject: string;
  /** The text, sealed: it carries links that are as good as passwords. */
  sealed: string;
  /** `waiting`: there was no SMTP server; the operator passes it on. */
  state: "due" | "sent" | "failed" | "waiting";
  tries: number;
  next_at: number;
  claimed_until: number;
  error: string | null;
  created_at: number;
}

/** Who did what, from where (reliability.md 5.7). Append-only. */
export interface AuditEntryTable {
  id: Generated<number>;
  /** Whose log it is in; 0 = the operators'. */
  account_id: number;
  /** `account:<uuid>`, `key:<id>`, `system`, or `nobody`. */
  actor: string;
  ip: string;
  action: string;
  target: string;
  outcome: string;
  at: number;
}

/** Money that comes in from outside, so that each of it comes in once. */
export interface PaymentTable {
  id: Generated<number>;
  provider: "operator" | "stripe" | "coupon" | "payout";
  /** What names it at the provider; unique there. */
  reference: string;
  account_id: number;
  amount: MoneyColumn;
  state: "pending" | "paid" | "failed";
  created_at: number;
  settled_at: number | null;
}

/** A wallet that fills up by itself from a saved way to pay. */
export interface AutoTopUpTable {
  account_id: number;
  /** Names of the payer and of the way to pay at Stripe. */
  customer: string;
  method: string;
  is_on: number;
  /** When less than this is available, `amount` is paid in, at most `most` in a month (UTC). */
  below: MoneyColumn;
  amount: MoneyColumn;
  most: MoneyColumn;
  month_start: number;
  month_used: MoneyColumn;
  /** Reference of the payment that is under way; "" = none. */
  pending: string;
  /** Why it was switched off; "" = it was not. */
  problem: string;
}

/** Credit that expires. What of it is spent is not kept here: ledger/policy-expiry.ts derives it. */
export interface CreditGrantTable {
  id: Generated<number>;
  account_id: number;
  amount: MoneyColumn;
  created_at: number;
  expires_at: number;
  /** When what was left of it was taken. */
  expired_at: number | null;
}

/** The account that earns with an owner's models. */
export interface PublisherTable {
  /** As the ledger has it behind `revenue:`, in the models' own spelling. */
  owner: string;
  account_id: number;
  /** Parts of 10,000 of every capture that are the publisher's; the rest is `revenue:platform`. */
  share: number;
  created_at: number;
}

export interface CouponTable {
  id: Generated<number>;
  /** SHA-256 of the code, hex. */
  code_hash: string;
  last4: string;
  amount: MoneyColumn;
  uses: number;
  used: number;
  /** Null = never. */
  expires_at: number | null;
  /** Days after its use for which its credit holds; 0 = for ever. */
  credit_days: Generated<number>;
  created_at: number;
}

/** How much a project, a key or a member of an organisation may spend. Only what has one is counted here. */
export interface SpendCapTable {
  subject: "project" | "key" | "member";
  subject_id: number;
  account_id: number;
  amount: MoneyColumn;
  period: "total" | "month";
  /** Charged, or held by tasks that have not ended, since `window_start`. */
  used: MoneyColumn;
  /** Beginning of the month that `used` is of; 0 where the period is `total`. */
  window_start: number;
  /** Percentage that was last told of: 0, 50, 80 or 100. */
  alerted: number;
  created_at: number;
}

export interface NonceTable {
  project_id: number;
  nonce: string;
  seen_at: number;
}
