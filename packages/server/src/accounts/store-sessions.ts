import type { OrganizationRole } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";
import type { AccountRow } from "./store.ts";

export interface SessionRow {
  id: number;
  account_id: number;
  ip: string;
  user_agent: string;
  created_at: number;
  seen_at: number;
}

const SESSION = "s.id as session_id, s.created_at as session_created_at, s.seen_at, s.ip, s.user_agent";
const ACCOUNT =
  "a.id, a.uuid, a.email, a.name, a.password_hash, a.role, a.suspended, a.created_at, a.email_verified_at, a.deleted_at";

export type SignedInRow = AccountRow & { session_id: number; session_created_at: number; seen_at: number };

export async function insertSession(
  tx: Tx,
  session: { accountId: number; tokenHash: string; ip: string; userAgent: string },
): Promise<void> {
  await tx.run(
    "insert into account_session (account_id, token_hash, ip, user_agent, created_at, seen_at) values (?, ?, ?, ?, ?, ?)",
    [session.accountId, session.tokenHash, session.ip, session.userAgent, tx.now, tx.now],
  );
}

export async function bySessionHash(db: Database, tokenHash: string): Promise<SignedInRow | undefined> {
  const rows = await db.all<SignedInRow>(
    `select ${SESSION}, ${ACCOUNT} from account_session s join account a on a.id = s.account_id where s.token_hash = ?`,
    [tokenHash],
  );
  return rows[0];
}

/** A member acting for an organisation. */
export interface Acting {
  memberId: number;
  role: OrganizationRole;
  isCapped: boolean;
  organization: { id: number; uuid: string; suspended: number };
}

export type BearerRow = SignedInRow & { expires_at: number; organization_id: number | null };

/** What somebody may do for an organisation now; undefined where they are no member of it, or it is gone. */
export async function actingFor(db: Database, organizationId: number, accountId: number): Promise<Acting | undefined> {
  const rows = await db.all<{
    member_id: number;
    role: Acting["role"];
    capped: number;
    id: number;
    uuid: string;
    suspended: number;
  }>(
    `select m.id as member_id, m.role, o.id, o.uuid, o.suspended,
       case when exists (select 1 from spend_cap c where c.subject = 'member' and c.subject_id = m.id) then 1 else 0 end as capped
     from organization_member m join account o on o.id = m.organization_id
     where m.organization_id = ? and m.account_id = ? and o.deleted_at is null`,
    [organizationId, accountId],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { member_id: memberId, role, capped, id, uuid, suspended } = row;
  return { memberId, role, isCapped: capped === 1, organization: { id, uuid, suspended } };
}

export async function byBearerHash(db: Database, tokenHash: string): Promise<BearerRow | undefined> {
  const rows = await db.all<BearerRow>(
    `select b.expires_at, b.organization_id, ${SESSION}, ${ACCOUNT} from account_bearer b join account_session s on s.id = b.session_id
     join account a on a.id = s.account_id where b.token_hash = ?`,
    [tokenHash],
  );
  return rows[0];
}

export async function insertBearer(
  tx: Tx,
  bearer: { tokenHash: string; sessionId: number; organizationId: number | undefined; expiresAt: number },
): Promise<boolean> {
  // The session may have ended since it was read.
  const added = await tx.run(
    `insert into account_bearer (token_hash, session_id, organization_id, created_at, expires_at)
     select cast(? as text), id, cast(? as bigint), cast(? as bigint), cast(? as bigint) from account_session where id = ?`,
    [bearer.tokenHash, bearer.organizationId ?? null, tx.now, bearer.expiresAt, bearer.sessionId],
  );
  return added > 0;
}

export async function touch(tx: Tx, sessionId: number): Promise<void> {
  await tx.run("update account_session set seen_at = ? where id = ?", [tx.now, sessionId]);
}

export function listSessions(db: Database, accountId: number): Promise<SessionRow[]> {
  return db.all<SessionRow>(
    "select id, account_id, ip, user_agent, created_at, seen_at from account_session where account_id = ? order by seen_at desc limit 200",
    [accountId],
  );
}

/** Ends sessions, their bearer tokens with them. Returns how many. */
export async function endSessions(
  tx: Tx,
  which: { accountId: number; only?: number; except?: number },
): Promise<number> {
  const ids = (
    await tx.all<{ id: number }>("select id from account_session where account_id = ?", [which.accountId])
  ).filter(({ id }) => (which.only === undefined || id === which.only) && id !== which.except);
  for (const { id } of ids) {
    await tx.run("delete from account_bearer where session_id = ?", [id]);
    await tx.run("delete from account_session where id = ?", [id]);
  }
  return ids.length;
}

/** Forgets what ended by itself before these times (unix milliseconds). */
export async function forget(tx: Tx, before: { seen: number; created: number; bearer: number }): Promise<void> {
  await tx.run("delete from account_bearer where expires_at < ?", [before.bearer]);
  await tx.run("delete from account_session where seen_at < ? or created_at < ?", [before.seen, before.created]);
  await tx.run("delete from account_bearer where session_id not in (select id from account_session)", []);
}

export interface LinkRow {
  kind: "welcome" | "verify" | "reset" | "email" | "invitation";
  account_id: number | null;
  email: string;
  expires_at: number;
  used_at: number | null;
}

export async function insertLink(
  tx: Tx,
  link: { tokenHash: string; kind: LinkRow["kind"]; accountId: number | null; email: string; expiresAt: number },
): Promise<void> {
  await tx.run(
    "insert into account_link (token_hash, kind, account_id, email, created_at, expires_at) values (?, ?, ?, ?, ?, ?)",
    [link.tokenHash, link.kind, link.accountId, link.email, tx.now, link.expiresAt],
  );
}

/** Uses a link up: of any number of attempts one gets it. */
export async function useLink(tx: Tx, tokenHash: string, kind: LinkRow["kind"]): Promise<LinkRow | undefined> {
  const rows = await tx.all<LinkRow>(
    `update account_link set used_at = ? where token_hash = ? and kind = ? and used_at is null and expires_at > ?
     returning kind, account_id, email, expires_at, used_at`,
    [tx.now, tokenHash, kind, tx.now],
  );
  return rows[0];
}

/** A link that could be used now; it stays so. */
export async function findLink(db: Database, tokenHash: string): Promise<LinkRow | undefined> {
  const rows = await db.all<LinkRow>(
    "select kind, account_id, email, expires_at, used_at from account_link where token_hash = ? and used_at is null and expires_at > ?",
    [tokenHash, await db.now()],
  );
  return rows[0];
}

/** The account's other links of a kind are void from now on. */
export async function voidLinks(tx: Tx, accountId: number, kinds: readonly LinkRow["kind"][]): Promise<void> {
  for (const kind of kinds) {
    await tx.run("update account_link set used_at = ? where account_id = ? and kind = ? and used_at is null", [
      tx.now,
      accountId,
      kind,
    ]);
  }
}

/** How many links of a kind the account was sent since then. */
export async function countLinks(tx: Tx, accountId: number, kind: LinkRow["kind"], since: number): Promise<number> {
  const rows = await tx.all<{ n: number }>(
    "select count(*) as n from account_link where account_id = ? and kind = ? and created_at > ?",
    [accountId, kind, since],
  );
  return rows[0]?.n ?? 0;
}

export async function forgetLinks(tx: Tx, before: number): Promise<void> {
  await tx.run("delete from account_link where expires_at < ?", [before]);
}
