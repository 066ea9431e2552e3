import type { Database, Tx } from "../db/database.ts";

export async function insertAccount(
  tx: Tx,
  account: { uuid: string; email: string; name: string; passwordHash: string; role: "operator" | "member" },
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
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return row.id;
}

export async function hasAccounts(db: Database | Tx): Promise<boolean> {
  return (await db.q.selectFrom("account").select("id").limit(1).executeTakeFirst()) !== undefined;
}
