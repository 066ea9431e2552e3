import type { CallbackState } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";

export interface CallbackRow {
  id: number;
  task_id: number;
  account_id: number;
  project_id: number;
  message_id: string;
  url: string;
  host: string;
  base: string;
  state: CallbackState;
  tries: number;
  claim: number;
  next_at: number;
  claimed_until: number;
  created_at: number;
  body: string | null;
}

export interface AttemptRow {
  callback_id: number;
  n: number;
  at: number;
  ms: number;
  status: number | null;
  error: string | null;
  response: string;
}

export type NewCallback = Pick<
  CallbackRow,
  "task_id" | "account_id" | "project_id" | "message_id" | "url" | "host" | "base"
>;

export async function insertCallback(tx: Tx, row: NewCallback): Promise<void> {
  await tx.run(
    `insert into callback (task_id, account_id, project_id, message_id, url, host, base, state, tries, claim, next_at, claimed_until, created_at)
     values (?, ?, ?, ?, ?, ?, ?, 'due', 0, 0, ?, 0, ?)`,
    [row.task_id, row.account_id, row.project_id, row.message_id, row.url, row.host, row.base, tx.now, tx.now],
  );
}

/** A callback about no task, with what it says. */
export async function insertNotice(tx: Tx, row: NewCallback & { body: string }): Promise<void> {
  await insertCallback(tx, row);
  await tx.run("update callback set body = ? where task_id = ?", [row.body, row.task_id]);
}

/** A list of hosts as one parameter, so that the statement's text stays the same. */
const notIn = (db: Database): string =>
  db.kind === "sqlite"
    ? "host not in (select value from json_each(?))"
    : "host not in (select json_array_elements_text(?::json))";

/** When the next attempt that nobody is at is due (unix milliseconds), at any other host, if there is one. */
export async function nextDue(db: Database, busy: readonly string[], now: number): Promise<number | undefined> {
  const rows = await db.all<{ next_at: number }>(
    `select next_at from callback where state = 'due' and claimed_until <= ? and ${notIn(db)} order by next_at limit 1`,
    [now, JSON.stringify(busy)],
  );
  return rows[0]?.next_at;
}

/** Due callbacks that nobody is at, oldest first, locked against other servers; none of the busy hosts. */
export function dueRows(db: Database, tx: Tx, busy: readonly string[], limit: number): Promise<CallbackRow[]> {
  return tx.all<CallbackRow>(
    `select * from callback where state = 'due' and next_at <= ? and claimed_until <= ? and ${notIn(db)}
     order by next_at limit ?${db.skipLocked}`,
    [tx.now, tx.now, JSON.stringify(busy), limit],
  );
}

/** Returns the number of the claim. */
export async function claim(tx: Tx, id: number, until: number): Promise<number> {
  const rows = await tx.all<{ claim: number }>(
    "update callback set claim = claim + 1, claimed_until = ? where id = ? returning claim",
    [until, id],
  );
  return rows[0]?.claim ?? 0;
}

/** Gives a claim back: nothing came of it. */
export async function release(tx: Tx, row: Pick<CallbackRow, "id" | "claim">): Promise<void> {
  await tx.run("update callback set claimed_until = 0 where id = ? and claim = ?", [row.id, row.claim]);
}

/** What an attempt came to; false where the claim has gone to somebody else, and nothing is written. */
export async function recordAttempt(
  tx: Tx,
  row: Pick<CallbackRow, "id" | "claim">,
  outcome: { state: CallbackState; tries: number; nextAt: number; attempt: Omit<AttemptRow, "callback_id" | "n"> },
): Promise<boolean> {
  const changed = await tx.run(
    "update callback set state = ?, tries = ?, next_at = ?, claimed_until = 0 where id = ? and claim = ? and state = 'due'",
    [outcome.state, outcome.tries, outcome.nextAt, row.id, row.claim],
  );
  if (changed === 0) return false;
  const { at, ms, status, error, response } = outcome.attempt;
  await tx.run(
    `insert into callback_attempt (callback_id, n, at, ms, status, error, response)
     select ?, coalesce(max(n), 0) + 1, ?, ?, ?, ?, ? from callback_attempt where callback_id = ?`,
    [row.id, at, ms, status, error, response, row.id],
  );
  return true;
}

/** The only server starts: whoever was at a callback is gone. */
export async function dropClaims(tx: Tx): Promise<void> {
  await tx.run("update callback set claimed_until = 0 where state = 'due' and claimed_until > 0", []);
}

/** Begins the schedule anew, unless an attempt is under way. */
export async function replay(tx: Tx, by: { taskId: number; accountId: number }): Promise<boolean> {
  const changed = await tx.run(
    "update callback set state = 'due', tries = 0, next_at = ? where task_id = ? and account_id = ? and claimed_until <= ?",
    [tx.now, by.taskId, by.accountId, tx.now],
  );
  return changed > 0;
}

/** One page of an account's callbacks, the newest first, and how many there are. */
export async function listCallbacks(
  db: Database,
  filter: { accountId: number; taskId: number | undefined; start: number; limit: number },
): Promise<{ total: number; rows: CallbackRow[]; attempts: AttemptRow[] }> {
  const one = filter.taskId === undefined ? "" : " and task_id = ?";
  const params = filter.taskId === undefined ? [filter.accountId] : [filter.accountId, filter.taskId];
  const [count] = await db.all<{ n: number }>(`select count(*) as n from callback where account_id = ?${one}`, params);
  const page = `select id from callback where account_id = ?${one} order by id desc limit ? offset ?`;
  const paged = [...params, filter.limit, filter.start];
  const rows = await db.all<CallbackRow>(`select * from callback where id in (${page}) order by id desc`, paged);
  const attempts = await db.all<AttemptRow>(
    `select * from callback_attempt where callback_id in (${page}) order by callback_id, n`,
    paged,
  );
  return { total: count?.n ?? 0, rows, attempts };
}

/** Sealed secrets that sign now, the current one first; two at most, so that the header stays short. */
export function secretsOf(db: Database, projectId: number, now: number): Promise<{ n: number; sealed: string }[]> {
  return db.all(
    "select n, sealed from callback_secret where project_id = ? and (ends_at is null or ends_at > ?) order by n desc limit 2",
    [projectId, now],
  );
}

/** Adds secret number `n`, unless somebody else just did; the ones before it end at `endsAt`. */
export async function addSecret(
  tx: Tx,
  secret: { projectId: number; n: number; sealed: string; endsAt: number },
): Promise<void> {
  const { projectId, n, sealed, endsAt } = secret;
  const added = await tx.run(
    "insert into callback_secret (project_id, n, sealed, created_at) values (?, ?, ?, ?) on conflict do nothing",
    [projectId, n, sealed, tx.now],
  );
  if (added === 0) return;
  await tx.run("update callback_secret set ends_at = ? where project_id = ? and n < ? and ends_at is null", [
    endsAt,
    projectId,
    n,
  ]);
}

/** Forgets callbacks of before `before` that are settled, with their log; at most a thousand at a time. */
export async function forgetCallbacks(tx: Tx, before: number): Promise<void> {
  const old = await tx.all<{ id: number }>(
    "select id from callback where state <> 'due' and created_at < ? order by id limit 1000",
    [before],
  );
  for (const { id } of old) {
    await tx.run("delete from callback_attempt where callback_id = ?", [id]);
    await tx.run("delete from callback where id = ?", [id]);
  }
}
