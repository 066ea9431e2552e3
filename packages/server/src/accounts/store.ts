import type { Database, Tx } from "../db/database.ts";

export interface AccountRow {
  id: number;
  uuid: string;
  email: string;
  name: string;
  password_hash: string;
  role: "operator" | "member";
  suspended: number;
  high_priority: number;
  created_at: number;
  email_verified_at: number | null;
  deleted_at: number | null;
}

const COLUMNS =
  "a.id, a.uuid, a.email, a.name, a.password_hash, a.role, a.suspended, a.high_priority, a.created_at, a.email_verified_at, a.deleted_at";

export async function insertAccount(
  tx: Tx,
  account: {
    uuid: string;
    email: string;
    name: string;
    passwordHash: string;
    role: "operator" | "member";
    verified: boolean;
  },
): Promise<number> {
  const row = await tx.q
    .insertInto("account")
    .values({
      uuid: account.uuid,
      email: account.email.toLowerCase(),
      name: account.name,
      password_hash: account.passwordHash,
      role: account.role,
      created_at: tx.now,
      email_verified_at: account.verified ? tx.now : null,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return row.id;
}

export async function hasAccounts(db: Database | Tx): Promise<boolean> {
  return (await db.q.selectFrom("account").select("id").limit(1).executeTakeFirst()) !== undefined;
}

export async function byEmail(db: Database | Tx, email: string): Promise<AccountRow | undefined> {
  return (await db.all<AccountRow>(`select ${COLUMNS} from account a where a.email = ?`, [email]))[0];
}

export async function byId(db: Database | Tx, id: number): Promise<AccountRow | undefined> {
  return (await db.all<AccountRow>(`select ${COLUMNS} from account a where a.id = ?`, [id]))[0];
}

export async function byUuid(db: Database | Tx, uuid: string): Promise<AccountRow | undefined> {
  return (await db.all<AccountRow>(`select ${COLUMNS} from account a where a.uuid = ?`, [uuid]))[0];
}

export async function setPassword(tx: Tx, id: number, passwordHash: string): Promise<void> {
  await tx.run("update account set password_hash = ? where id = ? and deleted_at is null", [passwordHash, id]);
}

export async function setName(tx: Tx, id: number, name: string): Promise<void> {
  await tx.run("update account set name = ? where id = ? and deleted_at is null", [name, id]);
}

/** A confirmed address. False where another account has it by now. */
export async function setEmail(tx: Tx, id: number, email: string): Promise<boolean> {
  const taken = await tx.all<{ id: number }>("select id from account where email = ?", [email]);
  if (taken[0] && taken[0].id !== id) return false;
  await tx.run("update account set email = ?, email_verified_at = ? where id = ? and deleted_at is null", [
    email,
    tx.now,
    id,
  ]);
  return true;
}

export async function setSuspended(tx: Tx, id: number, suspended: boolean): Promise<void> {
  await tx.run("update account set suspended = ? where id = ? and deleted_at is null", [suspended ? 1 : 0, id]);
}

export async function setHighPriority(tx: Tx, id: number, allowed: boolean): Promise<void> {
  await tx.run("update account set high_priority = ? where id = ? and deleted_at is null", [allowed ? 1 : 0, id]);
}

export async function mayAskForHighPriority(tx: Tx, id: number): Promise<boolean> {
  const rows = await tx.all("select 1 from account where id = ? and (high_priority = 1 or role = 'operator')", [id]);
  return rows.length > 0;
}

/** Operators that can sign in. */
export async function countOperators(tx: Tx): Promise<number> {
  const rows = await tx.all<{ n: number }>(
    "select count(*) as n from account where role = 'operator' and suspended = 0 and deleted_at is null",
    [],
  );
  return rows[0]?.n ?? 0;
}

/** What names the person goes; the number stays, because the ledger and ended tasks point to it. */
export async function blank(tx: Tx, id: number, uuid: string): Promise<void> {
  await tx.run(
    "update account set email = ?, name = '', password_hash = 'none', suspended = 1, role = 'member', deleted_at = ? where id = ?",
    [`deleted:${uuid}`, tx.now, id],
  );
}

/** One page of accounts, the newest first; `search` in address and name. */
export function listAccounts(
  db: Database,
  filter: { search: string; before: number; limit: number },
): Promise<(AccountRow & { available: string; held: string })[]> {
  const like = `%${filter.search.toLowerCase().replace(/[\\%_]/g, (c) => `\\${c}`)}%`;
  return db.all(
    `select ${COLUMNS}, cast(w.available as text) as available, cast(w.held as text) as held
     from account a join wallet w on w.account_id = a.id
     where a.id < ? and a.deleted_at is null and (lower(a.email) like ? escape '\\' or lower(a.name) like ? escape '\\')
     order by a.id desc limit ?`,
    [filter.before, like, like, filter.limit],
  );
}

export async function readSetting(db: Database | Tx, key: string): Promise<string | undefined> {
  return (await db.all<{ value: string }>("select value from setting where key = ?", [key]))[0]?.value;
}

export async function writeSetting(tx: Tx, key: string, value: string): Promise<void> {
  await tx.run(
    "insert into setting (key, value) values (?, ?) on conflict (key) do update set value = excluded.value",
    [key, value],
  );
}
