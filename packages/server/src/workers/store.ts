import type { Database, Tx } from "../db/database.ts";

export async function upsertToken(tx: Tx, token: { hash: string; name: string }): Promise<void> {
  await tx.q
    .insertInto("worker_token")
    .values({ token_hash: token.hash, name: token.name, created_at: tx.now })
    .onConflict((conflict) => conflict.column("token_hash").doNothing())
    .execute();
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
