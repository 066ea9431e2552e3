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
}

export function findKey(db: Database, keyHash: string): Promise<KeyRow | undefined> {
  return db.q
    .selectFrom("project_key as k")
    .innerJoin("project as p", "p.id", "k.project_id")
    .innerJoin("account as a", "a.id", "p.account_id")
    .select([
      "k.id as key_id",
      "p.id as project_id",
      "a.id as account_id",
      "a.uuid as account_uuid",
      "a.suspended",
      "p.auth",
      "p.nonce_policy",
      "p.ip_allow",
      "k.secret_sealed",
    ])
    .where("k.key_hash", "=", keyHash)
    .where("k.revoked_at", "is", null)
    .executeTakeFirst();
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

export async function insertKey(
  tx: Tx,
  key: { projectId: number; keyHash: string; last4: string; secretSealed: string | null },
): Promise<void> {
  await tx.q
    .insertInto("project_key")
    .values({
      project_id: key.projectId,
      key_hash: key.keyHash,
      key_last4: key.last4,
      secret_sealed: key.secretSealed,
      created_at: tx.now,
    })
    .execute();
}

export async function updateProject(
  tx: Tx,
  projectId: number,
  change: { nonce_policy?: "compat" | "window" | "strict"; ip_allow?: string },
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
       (select k.key_last4 from project_key k where k.project_id = p.id and k.revoked_at is null order by k.id desc limit 1) as key_last4,
       (select count(*) from task t where t.account_id = p.account_id and t.project_id = p.id) as tasks
     from project p where p.account_id = ? order by p.id`,
    [accountId],
  );
}

export async function projectAccount(db: Database, projectId: number): Promise<number | undefined> {
  const row = await db.q.selectFrom("project").select("account_id").where("id", "=", projectId).executeTakeFirst();
  return row?.account_id;
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
