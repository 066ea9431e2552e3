import type { Database, Tx } from "../db/database.ts";

export interface KeyRow {
  key_id: number;
  project_id: number;
  account_id: number;
  account_uuid: string;
  suspended: number;
  auth: "signature" | "apikey";
  nonce_policy: "compat" | "window" | "strict";
  ip_allow: string;
  secret_sealed: string | null;
  kind: "key" | "browser";
  scopes: string;
  models: string;
  key_ip_allow: string;
  expires_at: number | null;
  last_used_at: number | null;
  /** Bits of `task.caps`. */
  caps: number;
}

const KEY = `select k.id as key_id, p.id as project_id, a.id as account_id, a.uuid as account_uuid, a.suspended, p.auth, p.nonce_policy,
  p.ip_allow, k.secret_sealed, k.kind, k.scopes, k.models, k.ip_allow as key_ip_allow, k.expires_at, k.last_used_at,
  (case when exists (select 1 from spend_cap c where c.subject = 'project' and c.subject_id = p.id) then 1 else 0 end)
  + (case when exists (select 1 from spend_cap c where c.subject = 'key' and c.subject_id = k.id) then 2 else 0 end) as caps
  from project_key k join project p on p.id = k.project_id join account a on a.id = p.account_id
  where k.key_hash = ? and k.revoked_at is null and p.removed_at is null`;

export async function findKey(db: Database, keyHash: string): Promise<KeyRow | undefined> {
  return (await db.all<KeyRow>(KEY, [keyHash]))[0];
}

/** Notes a key's use, to the minute. */
export async function touchKey(tx: Tx, keyId: number, olderThan: number): Promise<void> {
  await tx.run("update project_key set last_used_at = ? where id = ? and (last_used_at is null or last_used_at < ?)", [
    tx.now,
    keyId,
    olderThan,
  ]);
}

export async function insertProject(
  tx: Tx,
  project: { accountId: number; name: string; auth: "signature" | "apikey" },
): Promise<number> {
  const row = await tx.q
    .insertInto("project")
    .values({
      account_id: project.accountId,
      name: project.name,
      auth: project.auth,
      nonce_policy: "compat",
      ip_allow: "[]",
      created_at: tx.now,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return row.id;
}

export interface NewKeyRow {
  projectId: number;
  keyHash: string;
  last4: string;
  secretSealed: string | null;
  kind?: "key" | "browser";
  name?: string;
  scopes?: string;
  models?: string;
  ipAllow?: string;
  expiresAt?: number | null;
  parentId?: number | null;
}

export async function insertKey(tx: Tx, key: NewKeyRow): Promise<number> {
  const {
    kind = "key",
    name = "",
    scopes = "run,read,files",
    models = "[]",
    ipAllow = "[]",
    expiresAt = null,
    parentId = null,
  } = key;
  const rows = await tx.all<{ id: number }>(
    `insert into project_key (project_id, key_hash, key_last4, secret_sealed, created_at, kind, name, scopes, models, ip_allow, expires_at, parent_id)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id`,
    [
      key.projectId,
      key.keyHash,
      key.last4,
      key.secretSealed,
      tx.now,
      kind,
      name,
      scopes,
      models,
      ipAllow,
      expiresAt,
      parentId,
    ],
  );
  return rows[0]?.id as number;
}

export async function updateProject(
  tx: Tx,
  projectId: number,
  change: { nonce_policy?: "compat" | "window" | "strict"; ip_allow?: string; alert_url?: string },
): Promise<void> {
  await tx.q.updateTable("project").set(change).where("id", "=", projectId).execute();
}

export interface ProjectRow {
  id: number;
  name: string;
  auth: "signature" | "apikey";
  ip_allow: string;
  created_at: number;
  key_last4: string | null;
  tasks: number;
}

/** The account's projects with the end of their newest key and how many tasks each has. */
export function listProjects(db: Database, accountId: number): Promise<ProjectRow[]> {
  return db.all<ProjectRow>(
    `select p.id, p.name, p.auth, p.ip_allow, p.created_at,
       (select k.key_last4 from project_key k where k.project_id = p.id and k.revoked_at is null and k.kind = 'key' order by k.id desc limit 1) as key_last4,
       coalesce(n.tasks, 0) as tasks
     from project p left join (select project_id, count(*) as tasks from task where account_id = ? and parent_id = 0 group by project_id) n
       on n.project_id = p.id
     where p.account_id = ? and p.removed_at is null order by p.id`,
    [accountId, accountId],
  );
}

/** A project as who pays. */
export interface Payer {
  projectId: number;
  accountId: number;
  isCapped: boolean;
}

const PAYER = `select p.id, p.account_id,
  (select count(*) from spend_cap c where c.subject = 'project' and c.subject_id = p.id) as capped from project p`;
type StoredPayer = { id: number; account_id: number; capped: number };
const payerOf = (row: StoredPayer | undefined): Payer | undefined =>
  row && { projectId: row.id, accountId: row.account_id, isCapped: row.capped > 0 };

/** The account's oldest project: what a signed-in account is billed for unless it names another. */
export async function firstProject(db: Database, accountId: number): Promise<Payer | undefined> {
  return payerOf(
    (
      await db.all<StoredPayer>(`${PAYER} where p.account_id = ? and p.removed_at is null order by p.id limit 1`, [
        accountId,
      ])
    )[0],
  );
}

export async function payer(db: Database, projectId: number): Promise<Payer | undefined> {
  return payerOf((await db.all<StoredPayer>(`${PAYER} where p.id = ? and p.removed_at is null`, [projectId]))[0]);
}

export async function revokeAll(tx: Tx, accountId: number): Promise<void> {
  await tx.run(
    `update project_key set revoked_at = ?, secret_sealed = null
     where revoked_at is null and project_id in (select id from project where account_id = ?)`,
    [tx.now, accountId],
  );
  await tx.run("delete from callback_secret where project_id in (select id from project where account_id = ?)", [
    accountId,
  ]);
}

/** False when this project has used the nonce before; forgets nonces older than `keepMs`. */
export async function useNonce(tx: Tx, projectId: number, nonce: string, keepMs: number): Promise<boolean> {
  await tx.q
    .deleteFrom("nonce")
    .where("seen_at", "<", tx.now - keepMs)
    .execute();
  const result = await tx.q
    .insertInto("nonce")
    .values({ project_id: projectId, nonce, seen_at: tx.now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}
