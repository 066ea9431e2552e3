/**
 * Spend caps of projects, keys and members of organisations: a hard stop inside the unit that accepts a run. What a run holds counts from its acceptance, what
 * it did not cost is given back at its end. Accounts without caps pay no statement for them: callers ask only where a cap is known.
 *
 * Rows are locked behind the wallet's, the project's cap before the key's, the member's last.
 */
import { apiError, formatUsd, type Log, type Money, type SpendCap } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";
import type { Mail } from "../mail/service.ts";
import * as store from "./store-caps.ts";

export type { CapSubject } from "./store-caps.ts";

/** Bits of `task.caps` and `Principal.caps`. */
export const PROJECT_CAP = 1;
export const KEY_CAP = 2;
export const MEMBER_CAP = 4;

/** Percentages of a cap at which its owner is told. */
const ALERTS = [100, 80, 50] as const;

export interface NewCap {
  subject: store.CapSubject;
  id: number;
  accountId: number;
  amount: Money;
  period: "total" | "month";
}

export interface SpendCaps {
  /** Counts a run's hold, or throws code 97 that names the cap. */
  take(tx: Tx, run: { projectId: number; keyId: number; memberId: number; caps: number; amount: Money }): Promise<void>;
  /** Waits for mails about caps that are being owed. */
  stop(): Promise<void>;
}

/** Beginning of the month, UTC, in unix milliseconds. */
export function monthStart(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

/** The highest percentage of `ALERTS` that is reached. */
export function reached(used: Money, amount: Money): number {
  return ALERTS.find((percent) => used * 100n >= amount * BigInt(percent)) ?? 0;
}

/** Gives back what a run did not cost. */
export async function giveBackToCaps(
  tx: Tx,
  task: { project_id: number; key_id: number; member_id: number; caps: number; created_at: number },
  amount: Money,
): Promise<void> {
  if (amount === 0n) return;
  const countedAt = task.created_at;
  if (task.caps & PROJECT_CAP) await store.giveBack(tx, { subject: "project", id: task.project_id, amount, countedAt });
  if (task.caps & KEY_CAP) await store.giveBack(tx, { subject: "key", id: task.key_id, amount, countedAt });
  if (task.caps & MEMBER_CAP) await store.giveBack(tx, { subject: "member", id: task.member_id, amount, countedAt });
}

/** Sets a cap; what was spent in its period before counts. `isNew`: the subject was just made and has spent nothing. */
export async function setCap(tx: Tx, cap: NewCap, options: { isNew: boolean }): Promise<void> {
  const { subject, id, accountId, period, amount } = cap;
  const windowStart = period === "month" ? monthStart(tx.now) : 0;
  if (options.isNew) return store.putCap(tx, { ...cap, used: 0n, windowStart, alerted: 0 });
  await store.adoptOpenTasks(tx, subject, id);
  const used = await store.spentSince(tx, { subject, id, accountId, since: windowStart });
  await store.putCap(tx, { ...cap, used, windowStart, alerted: reached(used, amount) });
}

export const removeCap = store.removeCap;

/** `month`: beginning of this month; what was used in an earlier one counts no more. */
function shown(row: store.CapRow, month: number): SpendCap {
  const over = row.period === "month" && row.window_start < month;
  return { amount: formatUsd(row.amount), period: row.period, used: formatUsd(over ? 0n : row.used) };
}

/** The caps of a project (`project`) and of its keys, by their ids, as they are shown. */
export async function readCaps(
  db: Database | Tx,
  projectId: number,
): Promise<{ project: SpendCap | null; keys: Map<number, SpendCap> }> {
  const month = monthStart(Date.now());
  const rows = await store.capsOf(db, projectId);
  const own = rows.find((row) => row.subject === "project");
  const keys = rows.filter((row) => row.subject === "key");
  return {
    project: own ? shown(own, month) : null,
    keys: new Map(keys.map((row) => [row.subject_id, shown(row, month)])),
  };
}

/** The caps of members, by their memberships' ids. */
export async function readMemberCaps(db: Database | Tx, memberIds: readonly number[]): Promise<Map<number, SpendCap>> {
  const found = new Map<number, SpendCap>();
  for (const id of memberIds) {
    const row = await store.findCap(db, "member", id);
    if (row) found.set(id, shown(row, monthStart(Date.now())));
  }
  return found;
}

/** A key's successor has its cap, and what was spent of it. */
export async function copyKeyCap(tx: Tx, from: number, to: number): Promise<void> {
  const cap = await store.findCap(tx, "key", from);
  if (!cap) return;
  const { account_id: accountId, amount, period, used, window_start: windowStart, alerted } = cap;
  await store.putCap(tx, { subject: "key", id: to, accountId, amount, period, used, windowStart, alerted });
}

/** A callback about a cap, as it is sent. */
export interface CapNotice {
  accountId: number;
  projectId: number;
  url: string;
  body: object;
}

export interface SpendCapsDeps {
  db: Database;
  mail: Mail;
  /** Owes the callback in the same unit of work. */
  call(tx: Tx, notice: CapNotice): Promise<void>;
  log: Log;
}

export function createSpendCaps({ db, mail, call, log }: SpendCapsDeps): SpendCaps {
  const telling = new Set<Promise<void>>();

  async function tell(tx: Tx, cap: store.CapRow, percent: number): Promise<void> {
    if (percent <= cap.alerted) return;
    if (!(await store.markAlerted(tx, { subject: cap.subject, id: cap.subject_id, percent }))) return;
    const owner = await store.ownerOf(tx, cap);
    if (!owner) return;
    if (owner.alert_url !== "") {
      await call(tx, {
        accountId: cap.account_id,
        projectId: owner.project_id,
        url: owner.alert_url,
        body: {
          result: true,
          errors: [],
          type: "spendcap",
          percent: String(percent),
          projectid: String(owner.project_id),
          keyid: cap.subject === "key" ? String(cap.subject_id) : "0",
          name: owner.name,
          cap: { amount: formatUsd(cap.amount), period: cap.period, used: formatUsd(cap.used) },
        },
      });
    }
    const period = cap.period === "month" ? "this month's " : "";
    const what = `${cap.subject} ${owner.name || cap.subject_id}`;
    const after = percent === 100 ? " New runs are refused until the cap is raised." : "";
    await mail.post(tx, {
      accountId: cap.account_id,
      to: owner.email,
      subject: `${percent} % of a spend cap is used`,
      text: `${percent} % of ${period}spend cap of $${formatUsd(cap.amount, 2)} of ${what} is used.${after}`,
    });
  }

  /** The refusal rolls its unit back, so that its mail is owed in another. */
  function tellLater(cap: store.CapRow): void {
    if (cap.alerted >= 100) return;
    const told: Promise<void> = db
      .write((tx) => tell(tx, cap, 100))
      .catch((error: unknown) => log(`spend cap: ${String(error)}`, { level: "error" }))
      .finally(() => telling.delete(told));
    telling.add(told);
  }

  async function takeOne(tx: Tx, subject: store.CapSubject, id: number, amount: Money): Promise<void> {
    const cap = await store.take(tx, { subject, id, amount, month: monthStart(tx.now) });
    if (cap) return tell(tx, cap, reached(cap.used, cap.amount));
    const full = await store.findCap(tx, subject, id);
    // It was taken away since the caller's key was read.
    if (!full) return;
    tellLater(full);
    const owner = await store.ownerOf(tx, full);
    const period = full.period === "month" ? " a month" : "";
    throw apiError("capReached", `${subject} ${owner?.name || id}`, formatUsd(full.amount, 2), period);
  }

  return {
    async take(tx, { projectId, keyId, memberId, caps, amount }) {
      if (caps & PROJECT_CAP) await takeOne(tx, "project", projectId, amount);
      if (caps & KEY_CAP) await takeOne(tx, "key", keyId, amount);
      if (caps & MEMBER_CAP) await takeOne(tx, "member", memberId, amount);
    },
    async stop() {
      await Promise.all(telling);
    },
  };
}
