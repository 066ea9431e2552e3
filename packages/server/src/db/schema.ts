/**
 * The tables, one type each. Portable types only: ids and times (unix milliseconds) are 64-bit integers that fit a JS number,
 * money is a 64-bit integer of nano-dollars that is read as text (`money()`), structured values are JSON text, flags are 0 or 1.
 */
import type { Generated } from "kysely";
import type { MoneyColumn } from "./money-column.ts";
import type {
  AccountBearerTable,
  AccountIdentityTable,
  AccountLinkTable,
  AccountSessionTable,
  AccountTable,
  AuditEntryTable,
  AutoTopUpTable,
  CouponTable,
  CreditGrantTable,
  MailTable,
  NonceTable,
  OrganizationInvitationTable,
  OrganizationMemberTable,
  PaymentTable,
  PublisherTable,
  SpendCapTable,
} from "./schema-accounts.ts";
import type { ModelReportTable, ModelStatTable, ModelTable, ModelVersionTable } from "./schema-models.ts";
import type { ModelCommentTable, RunShareTable, StatusSampleTable } from "./schema-site.ts";
import type { QueueEntryTable, TaskEventTable, TaskTable, TaskTagTable } from "./schema-tasks.ts";

export interface ProjectTable {
  id: Generated<number>;
  account_id: number;
  name: string;
  auth: "signature" | "apikey";
  nonce_policy: "compat" | "window" | "strict";
  /** JSON list of addresses and CIDR ranges; empty = everybody. */
  ip_allow: string;
  created_at: number;
  /** Its keys are revoked since then; what was run with it stays. */
  removed_at: number | null;
  /** Address that is called when a cap of the project or its keys fills up; "" = none. */
  alert_url: Generated<string>;
}

export interface ProjectKeyTable {
  id: Generated<number>;
  project_id: number;
  /** SHA-256 of the API key, hex. */
  key_hash: string;
  key_last4: string;
  /** API secret, sealed with the master key (projects/seal.ts); null for key-only projects. */
  secret_sealed: string | null;
  created_at: number;
  revoked_at: number | null;
  /** `browser`: a short-lived token, known by the hash of `bearer:` + itself. */
  kind: Generated<"key" | "browser">;
  name: Generated<string>;
  /** Of contract's SCOPES, with commas between. */
  scopes: Generated<string>;
  /** JSON list of clean `owner/slug`; empty = all. */
  models: Generated<string>;
  /** JSON list like the project's, in addition to it. */
  ip_allow: Generated<string>;
  expires_at: number | null;
  /** Exact to a minute. */
  last_used_at: number | null;
  /** Key that a browser token was made with and ends with; null where a signed-in account made it. */
  parent_id: number | null;
}

export interface WalletTable {
  account_id: number;
  available: MoneyColumn;
  held: MoneyColumn;
  /** Tasks of this account that are not terminal. */
  active: number;
}

export interface LedgerTransferTable {
  id: Generated<number>;
  /** `wallet:<account>` · `hold:<account>` · `revenue:<model owner>` · `platform:topup` · `platform:forfeit`. */
  debit: string;
  credit: string;
  amount: MoneyColumn;
  kind: "topup" | "credit" | "coupon" | "correction" | "hold" | "capture" | "release" | "forfeit" | "payout" | "expiry";
  task_id: number | null;
  /** Counts transfers of one kind for one task; (task_id, kind, seq) is unique, so nothing happens twice. */
  seq: Generated<number>;
  note: string;
  created_at: number;
}

export interface FileTable {
  id: string;
  account_id: number;
  access_key: string;
  name: string;
  content_type: string;
  size: number;
  blob: string;
  /** Folder or task group this file belongs to, 32 hex digits. */
  parent: string;
  task_id: number | null;
  kind: "input" | "output" | "upload";
  /** Order among the files of its task. */
  position: number;
  created_at: number;
}

export interface FolderTable {
  id: string;
  account_id: number;
  /** Folder it is in; the account's root (files/policy.ts) on the top level. */
  parent: string;
  name: string;
  /** 1 on the top level. */
  depth: number;
  created_at: number;
}

/** One row for each account that has uploaded; every change of its folders and uploads locks it. */
export interface FileSpaceTable {
  account_id: number;
  /** Sum of `charge(size)` over the account's uploads. */
  bytes: number;
  folders: number;
}

export interface WorkerTokenTable {
  token_hash: string;
  name: string;
  created_at: number;
  revoked_at: number | null;
}

export interface IdempotencyKeyTable {
  project_id: number;
  key: string;
  /** SHA-256 of what was asked for, hex. */
  request_hash: string;
  task_id: number;
  created_at: number;
}

/** Callbacks that are owed for ended tasks (the outbox), kept afterwards for lists and replays. */
export interface CallbackTable {
  id: Generated<number>;
  /** Negative and random where the callback is about no task. */
  task_id: number;
  account_id: number;
  project_id: number;
  /** The `webhook-id`, the same for every attempt. */
  message_id: string;
  url: string;
  /** Host and port of the address: what at most a few attempts go to at a time. */
  host: string;
  base: string;
  /** `failed`: given up, by the schedule or by the receiver. */
  state: "due" | "delivered" | "failed";
  /** Attempts of the current schedule; a replay begins at 0 again. */
  tries: number;
  /** Counts claims; who records an outcome names the one it has. */
  claim: number;
  next_at: number;
  /** What is sent, where it is about no task; null where the task is shown as it is then. */
  body: string | null;
  /** A server is at it until then; 0 = none. */
  claimed_until: number;
  created_at: number;
}

/** The delivery log. */
export interface CallbackAttemptTable {
  callback_id: number;
  n: number;
  at: number;
  /** Duration, milliseconds. */
  ms: number;
  /** HTTP status; null where there was no answer. */
  status: number | null;
  error: string | null;
  /** The beginning of the answer's body. */
  response: string;
}

export interface CallbackSecretTable {
  project_id: number;
  n: number;
  /** `whsec_…`, sealed (projects/seal.ts). */
  sealed: string;
  /** Null for the current one; a replaced one goes on signing until then. */
  ends_at: number | null;
  created_at: number;
}

export interface SettingTable {
  key: string;
  value: string;
}

export interface MigrationTable {
  name: string;
  applied_at: number;
}

export interface Schema {
  account: AccountTable;
  account_session: AccountSessionTable;
  account_bearer: AccountBearerTable;
  account_identity: AccountIdentityTable;
  account_link: AccountLinkTable;
  organization_member: OrganizationMemberTable;
  organization_invitation: OrganizationInvitationTable;
  mail: MailTable;
  payment: PaymentTable;
  auto_top_up: AutoTopUpTable;
  credit_grant: CreditGrantTable;
  publisher: PublisherTable;
  coupon: CouponTable;
  audit_entry: AuditEntryTable;
  project: ProjectTable;
  project_key: ProjectKeyTable;
  spend_cap: SpendCapTable;
  nonce: NonceTable;
  wallet: WalletTable;
  ledger_transfer: LedgerTransferTable;
  model: ModelTable;
  task: TaskTable;
  task_event: TaskEventTable;
  task_tag: TaskTagTable;
  queue_entry: QueueEntryTable;
  file: FileTable;
  folder: FolderTable;
  file_space: FileSpaceTable;
  worker_token: WorkerTokenTable;
  model_report: ModelReportTable;
  status_sample: StatusSampleTable;
  model_comment: ModelCommentTable;
  run_share: RunShareTable;
  model_version: ModelVersionTable;
  model_stat: ModelStatTable;
  idempotency_key: IdempotencyKeyTable;
  callback: CallbackTable;
  callback_attempt: CallbackAttemptTable;
  callback_secret: CallbackSecretTable;
  setting: SettingTable;
  migration: MigrationTable;
}
