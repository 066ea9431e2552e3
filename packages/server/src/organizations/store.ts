import type { OrganizationRole } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";

/** An organisation as one of its members sees it. */
export interface OrganizationRow {
  id: number;
  uuid: string;
  name: string;
  created_at: number;
  /** The member's. */
  role: OrganizationRole;
  member_id: number;
}

const ORGANIZATION = "o.id, o.uuid, o.name, o.created_at, m.role, m.id as member_id";
const OF_MEMBER = "from organization_member m join account o on o.id = m.organization_id where o.deleted_at is null";

export function organizationsOf(db: Database | Tx, accountId: number): Promise<OrganizationRow[]> {
  return db.all<OrganizationRow>(`select ${ORGANIZATION} ${OF_MEMBER} and m.account_id = ? order by o.name, o.id`, [
    accountId,
  ]);
}

/** Undefined where the account is no member of it. */
export async function organizationOf(
  db: Database | Tx,
  which: { uuid: string; accountId: number },
): Promise<OrganizationRow | undefined> {
  const rows = await db.all<OrganizationRow>(
    `select ${ORGANIZATION} ${OF_MEMBER} and o.uuid = ? and m.account_id = ?`,
    [which.uuid, which.accountId],
  );
  return rows[0];
}

/** Keeps the organisation's members from being changed by anybody else until the unit ends. */
export async function lock(tx: Tx, id: number): Promise<void> {
  await tx.run("update account set name = name where id = ?", [id]);
}

export async function setKind(tx: Tx, id: number): Promise<void> {
  await tx.run("update account set kind = 'organization' where id = ?", [id]);
}

export interface MemberRow {
  id: number;
  account_id: number;
  uuid: string;
  name: string;
  email: string;
  role: OrganizationRole;
  created_at: number;
}

const MEMBER = `select m.id, m.account_id, a.uuid, a.name, a.email, m.role, m.created_at
  from organization_member m join account a on a.id = m.account_id where m.organization_id = ?`;

export function members(db: Database | Tx, organizationId: number): Promise<MemberRow[]> {
  return db.all<MemberRow>(`${MEMBER} order by m.id`, [organizationId]);
}

export async function memberByUuid(tx: Tx, organizationId: number, uuid: string): Promise<MemberRow | undefined> {
  return (await tx.all<MemberRow>(`${MEMBER} and a.uuid = ?`, [organizationId, uuid]))[0];
}

/** False where the account is a member already. */
export async function addMember(
  tx: Tx,
  member: { organizationId: number; accountId: number; role: OrganizationRole },
): Promise<boolean> {
  const added = await tx.run(
    `insert into organization_member (organization_id, account_id, role, created_at) values (?, ?, ?, ?)
     on conflict (organization_id, account_id) do nothing`,
    [member.organizationId, member.accountId, member.role, tx.now],
  );
  return added > 0;
}

export async function setRole(tx: Tx, memberId: number, role: OrganizationRole): Promise<void> {
  await tx.run("update organization_member set role = ? where id = ?", [role, memberId]);
}

export async function removeMember(tx: Tx, memberId: number): Promise<void> {
  await tx.run("delete from organization_member where id = ?", [memberId]);
}

export async function countOwners(tx: Tx, organizationId: number): Promise<number> {
  const rows = await tx.all<{ n: number }>(
    "select count(*) as n from organization_member where organization_id = ? and role = 'owner'",
    [organizationId],
  );
  return rows[0]?.n ?? 0;
}

/** Names of the organisations of which this account is the only owner. */
export async function soleOwnerOf(tx: Tx, accountId: number): Promise<string[]> {
  const rows = await tx.all<{ name: string }>(
    `select o.name ${OF_MEMBER} and m.account_id = ? and m.role = 'owner' and not exists
       (select 1 from organization_member other where other.organization_id = o.id and other.role = 'owner' and other.account_id <> m.account_id)`,
    [accountId],
  );
  return rows.map(({ name }) => name);
}

/** The account is in no organisation any more, and nobody is in it. */
export async function forgetMemberships(tx: Tx, accountId: number): Promise<void> {
  await tx.run("delete from organization_member where account_id = ? or organization_id = ?", [accountId, accountId]);
  await tx.run("delete from organization_invitation where organization_id = ?", [accountId]);
  await tx.run("delete from account_bearer where organization_id = ?", [accountId]);
}

export interface InvitationRow {
  id: number;
  organization_id: number;
  email: string;
  role: OrganizationRole;
  expires_at: number;
}

const INVITATION = "id, organization_id, email, role, expires_at";

export function invitations(db: Database | Tx, organizationId: number, now: number): Promise<InvitationRow[]> {
  return db.all<InvitationRow>(
    `select ${INVITATION} from organization_invitation where organization_id = ? and expires_at > ? order by id`,
    [organizationId, now],
  );
}

/** An earlier invitation of the same address is void. */
export async function insertInvitation(
  tx: Tx,
  invitation: { organizationId: number; tokenHash: string; email: string; role: OrganizationRole; expiresAt: number },
): Promise<InvitationRow> {
  const { organizationId, tokenHash, email, role, expiresAt } = invitation;
  await tx.run("delete from organization_invitation where organization_id = ? and (email = ? or expires_at <= ?)", [
    organizationId,
    email,
    tx.now,
  ]);
  const rows = await tx.all<InvitationRow>(
    `insert into organization_invitation (organization_id, token_hash, email, role, created_at, expires_at)
     values (?, ?, ?, ?, ?, ?) returning ${INVITATION}`,
    [organizationId, tokenHash, email, role, tx.now, expiresAt],
  );
  if (!rows[0]) throw new Error("the invitation was not inserted");
  return rows[0];
}

export async function deleteInvitation(tx: Tx, organizationId: number, id: number): Promise<boolean> {
  return (
    (await tx.run("delete from organization_invitation where organization_id = ? and id = ?", [organizationId, id])) > 0
  );
}

export async function findInvitation(tx: Tx, tokenHash: string): Promise<InvitationRow | undefined> {
  const rows = await tx.all<InvitationRow>(
    `select ${INVITATION} from organization_invitation where token_hash = ? and expires_at > ?`,
    [tokenHash, tx.now],
  );
  return rows[0];
}

export async function uuidOf(tx: Tx, organizationId: number): Promise<string> {
  const rows = await tx.all<{ uuid: string }>("select uuid from account where id = ? and deleted_at is null", [
    organizationId,
  ]);
  return rows[0]?.uuid ?? "";
}
