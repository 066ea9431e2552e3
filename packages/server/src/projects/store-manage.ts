import type { Database, Tx } from "../db/database.ts";

export interface OwnProjectRow {
  id: number;
  account_id: number;
  name: string;
  auth: "signature" | "apikey";
  nonce_policy: "compat" | "window" | "strict";
  ip_allow: string;
  created_at: number;
  alert_url: string;
}

/** The account's own project; undefined for anybody else's, exactly as for one that does not exist. */
export async function ownProject(
  db: Database | Tx,
  which: { id: number; accountId: number },
): Promise<OwnProjectRow | undefined> {
  const rows = await db.all<OwnProjectRow>(
    "select id, account_id, name, auth, nonce_policy, ip_allow, created_at, alert_url from project where id = ? and account_id = ? and removed_at is null",
    [which.id, which.accountId],
  );
  return rows[0];
}

/** Its keys and tokens end, their secrets and caps go; the project stays as a name in statements. */
export async function removeProject(tx: Tx, projectId: number): Promise<void> {
  await tx.run("update project set removed_at = ?, alert_url = '' where id = ?", [tx.now, projectId]);
  await tx.run(
    "update project_key set revoked_at = ?, secret_sealed = null where project_id = ? and revoked_at is null",
    [tx.now, projectId],
  );
  await tx.run("delete from callback_secret where project_id = ?", [projectId]);
}

/** Ends a browser's token; false where it is none of the account's, or is over. */
export async function revokeToken(tx: Tx, which: { id: number; accountId: number }): Promise<boolean> {
  const changed = await tx.run(
    `update project_key set revoked_at = ? where id = ? and kind = 'browser' and revoked_at is null
     and project_id in (select id from project where account_id = ?)`,
    [tx.now, which.id, which.accountId],
  );
  return changed > 0;
}

export async function countProjects(tx: Tx, accountId: number): Promise<number> {
  const rows = await tx.all<{ n: number }>(
    "select count(*) as n from project where account_id = ? and removed_at is null",
    [accountId],
  );
  return rows[0]?.n ?? 0;
}

export async function renameProject(tx: Tx, project: { id: number; accountId: number; name: string }): Promise<void> {
  await tx.run("update project set name = ? where id = ? and account_id = ?", [
    project.name,
    project.id,
    project.accountId,
  ]);
}

export interface OwnKeyRow {
  id: number;
  project_id: number;
  name: string;
  key_last4: string;
  scopes: string;
  models: string;
  ip_allow: string;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
  revoked_at: number | null;
}

const KEY =
  "k.id, k.project_id, k.name, k.key_last4, k.scopes, k.models, k.ip_allow, k.created_at, k.expires_at, k.last_used_at, k.revoked_at";

/** Keys of a project, the newest first, with those that ended a while ago at the end. */
export function keysOf(db: Database | Tx, projectId: number): Promise<OwnKeyRow[]> {
  return db.all<OwnKeyRow>(
    `select ${KEY} from project_key k where k.project_id = ? and k.kind = 'key'
     order by case when k.revoked_at is null then 0 else 1 end, k.id desc limit 200`,
    [projectId],
  );
}

export async function ownKey(
  db: Database | Tx,
  which: { id: number; accountId: number },
): Promise<(OwnKeyRow & { auth: "signature" | "apikey" }) | undefined> {
  const rows = await db.all<OwnKeyRow & { auth: "signature" | "apikey" }>(
    `select ${KEY}, p.auth from project_key k join project p on p.id = k.project_id
     where k.id = ? and p.account_id = ? and p.removed_at is null and k.kind = 'key'`,
    [which.id, which.accountId],
  );
  return rows[0];
}

export async function countKeys(tx: Tx, projectId: number): Promise<number> {
  const rows = await tx.all<{ n: number }>(
    "select count(*) as n from project_key where project_id = ? and kind = 'key' and revoked_at is null",
    [projectId],
  );
  return rows[0]?.n ?? 0;
}

export async function countBrowserTokens(tx: Tx, projectId: number): Promise<number> {
  const rows = await tx.all<{ n: number }>(
    "select count(*) as n from project_key where project_id = ? and kind = 'browser' and revoked_at is null and expires_at > ?",
    [projectId, tx.now],
  );
  return rows[0]?.n ?? 0;
}

/** Writes a key's rules. The caller has read the key as its owner's, in this unit. */
export async function updateKey(
  tx: Tx,
  key: Pick<OwnKeyRow, "id" | "project_id" | "name" | "scopes" | "models" | "ip_allow" | "expires_at">,
): Promise<void> {
  await tx.run(
    "update project_key set name = ?, scopes = ?, models = ?, ip_allow = ?, expires_at = ? where id = ? and project_id = ? and revoked_at is null",
    [key.name, key.scopes, key.models, key.ip_allow, key.expires_at, key.id, key.project_id],
  );
}

/** Its secret goes at once, and the browser tokens made with it end. Returns whether it was there. */
export async function revokeKey(tx: Tx, key: { id: number; project_id: number }): Promise<boolean> {
  const changed = await tx.run(
    "update project_key set revoked_at = ?, secret_sealed = null where id = ? and project_id = ? and revoked_at is null",
    [tx.now, key.id, key.project_id],
  );
  await tx.run(
    "update project_key set revoked_at = ? where parent_id = ? and kind = 'browser' and revoked_at is null",
    [tx.now, key.id],
  );
  return changed > 0;
}

/** Forgets browser tokens that ended before then, with their caps. */
export async function forgetBrowserTokens(tx: Tx, before: number): Promise<void> {
  const old = await tx.all<{ id: number }>(
    "select id from project_key where kind = 'browser' and expires_at < ? limit 1000",
    [before],
  );
  for (const { id } of old) {
    await tx.run("delete from spend_cap where subject = 'key' and subject_id = ?", [id]);
    await tx.run("delete from project_key where id = ?", [id]);
  }
}

export async function keyEnd(tx: Tx, id: number): Promise<{ id: number; expires_at: number | null } | undefined> {
  const rows = await tx.all<{ id: number; expires_at: number | null }>(
    "select id, expires_at from project_key where id = ?",
    [id],
  );
  return rows[0];
}
