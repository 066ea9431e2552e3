import type { Database, Tx } from "../db/database.ts";
import type { WorkerTokenTable } from "../db/schema.ts";

/** Stores the token where it is new; false where it is there and revoked. */
export async function admitToken(tx: Tx, token: { hash: string; name: string }): Promise<boolean> {
  await tx.q
    .insertInto("worker_token")
    .values({ token_hash: token.hash, name: token.name, created_at: tx.now })
    .onConflict((conflict) => conflict.column("token_hash").doNothing())
    .execute();
  const [row] = await tx.all<{ revoked_at: number | null }>(
    "select revoked_at from worker_token where token_hash = ?",
    [token.hash],
  );
  return row?.revoked_at === null;
}

/** Revokes the tokens of that name but this one; returns how many those were. */
export async function revokeOthers(tx: Tx, { hash, name }: { hash: string; name: string }): Promise<number> {
  return tx.run("update worker_token set revoked_at = ? where name = ? and token_hash <> ? and revoked_at is null", [
    tx.now,
    name,
    hash,
  ]);
}

export async function revokeToken(tx: Tx, hash: string): Promise<void> {
  await tx.run("update worker_token set revoked_at = ? where token_hash = ? and revoked_at is null", [tx.now, hash]);
}

/** All of them, those that hold first, the newest first. */
export async function tokens(db: Database): Promise<WorkerTokenTable[]> {
  return db.all<WorkerTokenTable>(
    `select token_hash, name, created_at, revoked_at from worker_token
     order by case when revoked_at is null then 0 else 1 end, created_at desc, token_hash`,
    [],
  );
}

export async function isTokenValid(db: Database, hash: string): Promise<boolean> {
  const row = await db.q
    .selectFrom("worker_token")
    .select("name")
    .where("token_hash", "=", hash)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  return row !== undefined;
}
