import type { Money, StatementBy } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";

/** One line of a statement; what it is not by is undefined. */
export interface ChargeRow {
  day?: number;
  at?: number;
  id?: number;
  project_id?: number;
  key_id?: number;
  model_id?: number;
  member_id?: number;
  runs: number;
  amount: string;
}

export interface ChargeFilter {
  accountId: number;
  /** Unix milliseconds, `to` not included. */
  from: number;
  to: number;
}

export const DAY_MS = 86_400_000;

/** All that a statement reads is in the index task_charges; `cost > 0` is its condition. */
const CHARGED = "from task where account_id = ? and cost > 0 and postprocess_end_at >= ? and postprocess_end_at < ?";

export async function totalCharged(db: Database, { accountId, from, to }: ChargeFilter): Promise<Money> {
  const rows = await db.all<{ total: string }>(`select cast(coalesce(sum(cost), 0) as text) as total ${CHARGED}`, [
    accountId,
    from,
    to,
  ]);
  return BigInt(rows[0]?.total ?? "0");
}

/** Charges by day, the newest day first; `before`: only days before this one (days since 1970). */
function byDay(db: Database, filter: ChargeFilter, page: { before: number; limit: number }): Promise<ChargeRow[]> {
  const to = Math.min(filter.to, page.before * DAY_MS);
  return db.all<ChargeRow>(
    `select postprocess_end_at / ${DAY_MS} as day, count(*) as runs, cast(sum(cost) as text) as amount ${CHARGED}
     group by postprocess_end_at / ${DAY_MS} order by day desc limit ?`,
    [filter.accountId, filter.from, to, page.limit],
  );
}

function bySubject(
  db: Database,
  column: "project_id" | "key_id" | "model_id" | "member_id",
  filter: ChargeFilter,
  page: { after: number; limit: number },
): Promise<ChargeRow[]> {
  return db.all<ChargeRow>(
    `select ${column}, count(*) as runs, cast(sum(cost) as text) as amount ${CHARGED} and ${column} > ?
     group by ${column} order by ${column} limit ?`,
    [filter.accountId, filter.from, filter.to, page.after, page.limit],
  );
}

function byTask(
  db: Database,
  filter: ChargeFilter,
  page: { at: number; id: number; limit: number },
): Promise<ChargeRow[]> {
  return db.all<ChargeRow>(
    `select id, postprocess_end_at as at, project_id, key_id, model_id, 1 as runs, cast(cost as text) as amount ${CHARGED}
     and (postprocess_end_at, id) < (?, ?) order by postprocess_end_at desc, id desc limit ?`,
    [filter.accountId, filter.from, filter.to, page.at, page.id, page.limit],
  );
}

/** Where the next page begins; its form depends on what the statement is by. */
export interface StatementCursor {
  first: number;
  second: number;
}

const FIRST: Record<StatementBy, StatementCursor> = {
  day: { first: Number.MAX_SAFE_INTEGER / DAY_MS, second: 0 },
  task: { first: Number.MAX_SAFE_INTEGER, second: 0 },
  project: { first: -1, second: 0 },
  key: { first: -1, second: 0 },
  model: { first: -1, second: 0 },
  member: { first: -1, second: 0 },
};

export function readCharges(
  db: Database,
  by: StatementBy,
  filter: ChargeFilter,
  page: { cursor: StatementCursor | undefined; limit: number },
): Promise<ChargeRow[]> {
  const { first, second } = page.cursor ?? FIRST[by];
  const { limit } = page;
  if (by === "day") return byDay(db, filter, { before: Math.floor(first), limit });
  if (by === "task") return byTask(db, filter, { at: first, id: second, limit });
  return bySubject(db, `${by}_id`, filter, { after: first, limit });
}

/** What names the page after `row`. */
export function cursorAfter(by: StatementBy, row: ChargeRow): StatementCursor {
  if (by === "day") return { first: row.day ?? 0, second: 0 };
  if (by === "task") return { first: row.at ?? 0, second: row.id ?? 0 };
  return { first: row[`${by}_id`] ?? 0, second: 0 };
}

/** Names of an account's projects and keys, and e-mail addresses of its members, for statements. Foreign numbers are not found. */
export async function namesOf(
  db: Database,
  accountId: number,
  ids: { projects: readonly number[]; keys: readonly number[]; members: readonly number[] },
): Promise<{ projects: Map<number, string>; keys: Map<number, string>; members: Map<number, string> }> {
  const marks = (list: readonly number[]) => list.map(() => "?").join(", ");
  const projects =
    ids.projects.length === 0
      ? []
      : await db.all<{ id: number; name: string }>(
          `select id, name from project where account_id = ? and id in (${marks(ids.projects)})`,
          [accountId, ...ids.projects],
        );
  const keys =
    ids.keys.length === 0
      ? []
      : await db.all<{ id: number; name: string }>(
          `select k.id, k.name from project_key k join project p on p.id = k.project_id where p.account_id = ? and k.id in (${marks(ids.keys)})`,
          [accountId, ...ids.keys],
        );
  const members =
    ids.members.length === 0
      ? []
      : await db.all<{ id: number; name: string }>(
          `select m.id, a.email as name from organization_member m join account a on a.id = m.account_id where m.organization_id = ? and m.id in (${marks(ids.members)})`,
          [accountId, ...ids.members],
        );
  return {
    projects: new Map(projects.map(({ id, name }) => [id, name])),
    keys: new Map(keys.map(({ id, name }) => [id, name])),
    members: new Map(members.map(({ id, name }) => [id, name])),
  };
}

export interface TransferRow {
  id: number;
  debit: string;
  credit: string;
  amount: string;
  kind: string;
  note: string;
  created_at: number;
}

/** A wallet's transfers without a task, the newest first. */
export async function walletTransfers(
  db: Database,
  page: { accountId: number; before: number; limit: number },
): Promise<TransferRow[]> {
  const wallet = `wallet:${page.accountId}`;
  const side = (column: string) =>
    `select * from (select id, debit, credit, cast(amount as text) as amount, kind, note, created_at from ledger_transfer
       where task_id is null and ${column} = ? and id < ? order by id desc limit ?) as ${column}s`;
  return db.all<TransferRow>(`${side("credit")} union all ${side("debit")} order by id desc limit ?`, [
    wallet,
    page.before,
    page.limit,
    wallet,
    page.before,
    page.limit,
    page.limit,
  ]);
}

export type PaymentProvider = "operator" | "stripe" | "coupon" | "payout";

/** A payment that is or will be; false where this reference is known already. */
export async function insertPayment(
  tx: Tx,
  payment: {
    provider: PaymentProvider;
    reference: string;
    accountId: number;
    amount: Money;
    state: "pending" | "paid";
  },
): Promise<boolean> {
  const { provider, reference, accountId, amount, state } = payment;
  const added = await tx.run(
    `insert into payment (provider, reference, account_id, amount, state, created_at, settled_at) values (?, ?, ?, ?, ?, ?, ?)
     on conflict (provider, reference) do nothing`,
    [provider, reference, accountId, amount, state, tx.now, state === "paid" ? tx.now : null],
  );
  return added > 0;
}

export interface PaymentRow {
  id: number;
  account_id: number;
  amount: Money;
  state: "pending" | "paid" | "failed";
}

export async function findPayment(
  db: Database | Tx,
  provider: PaymentProvider,
  reference: string,
): Promise<PaymentRow | undefined> {
  const rows = await db.all<Omit<PaymentRow, "amount"> & { amount: string }>(
    "select id, account_id, cast(amount as text) as amount, state from payment where provider = ? and reference = ?",
    [provider, reference],
  );
  const row = rows[0];
  return row && { ...row, amount: BigInt(row.amount) };
}

/** Ends a pending payment; false where it has ended already. */
export async function settlePayment(tx: Tx, id: number, state: "paid" | "failed"): Promise<boolean> {
  const changed = await tx.run("update payment set state = ?, settled_at = ? where id = ? and state = 'pending'", [
    state,
    tx.now,
    id,
  ]);
  return changed > 0;
}

export interface CouponRow {
  id: number;
  last4: string;
  amount: Money;
  uses: number;
  used: number;
  expires_at: number | null;
  credit_days: number;
  created_at: number;
}

type StoredCoupon = Omit<CouponRow, "amount"> & { amount: string };
const COUPON = "id, last4, cast(amount as text) as amount, uses, used, expires_at, credit_days, created_at";
const coupon = (row: StoredCoupon): CouponRow => ({ ...row, amount: BigInt(row.amount) });

export async function insertCoupon(
  tx: Tx,
  row: {
    codeHash: string;
    last4: string;
    amount: Money;
    uses: number;
    expiresAt: number | null;
    creditDays: number;
  },
): Promise<CouponRow | undefined> {
  const rows = await tx.all<StoredCoupon>(
    `insert into coupon (code_hash, last4, amount, uses, used, expires_at, credit_days, created_at) values (?, ?, ?, ?, 0, ?, ?, ?)
     on conflict (code_hash) do nothing returning ${COUPON}`,
    [row.codeHash, row.last4, row.amount, row.uses, row.expiresAt, row.creditDays, tx.now],
  );
  return rows[0] && coupon(rows[0]);
}

/** Counts one use; undefined where the coupon is used up, over, or not there. */
export async function useCoupon(tx: Tx, codeHash: string): Promise<CouponRow | undefined> {
  const rows = await tx.all<StoredCoupon>(
    `update coupon set used = used + 1 where code_hash = ? and used < uses and (expires_at is null or expires_at > ?)
     returning ${COUPON}`,
    [codeHash, tx.now],
  );
  return rows[0] && coupon(rows[0]);
}

export async function listCoupons(db: Database, page: { before: number; limit: number }): Promise<CouponRow[]> {
  const rows = await db.all<StoredCoupon>(`select ${COUPON} from coupon where id < ? order by id desc limit ?`, [
    page.before,
    page.limit,
  ]);
  return rows.map(coupon);
}
