import type { Organization, OrganizationInvitation, OrganizationMember, SpendCap } from "@modelyard/contract";
import type { InvitationRow, MemberRow, OrganizationRow } from "./store.ts";

const seconds = (ms: number): string => String(Math.floor(ms / 1000));

export function presentOrganization({ uuid, name, role, created_at }: OrganizationRow): Organization {
  return { uuid, name, role, createtime: seconds(created_at) };
}

export function presentMember(row: MemberRow, cap: SpendCap | undefined): OrganizationMember {
  const { uuid, name, email, role, created_at } = row;
  return { uuid, name, email, role, jointime: seconds(created_at), cap: cap ?? null };
}

export function presentInvitation({ id, email, role, expires_at }: InvitationRow): OrganizationInvitation {
  return { id: String(id), email, role, expires: seconds(expires_at) };
}
