/** Who may do what in an organisation; pure. */
import type { OrganizationRole } from "@modelyard/contract";

/** Organisations that one account belongs to at most, and members and open invitations of one organisation. */
export const ORGANIZATIONS_LIMIT = 50;
export const MEMBERS_LIMIT = 500;
/** How long an invitation can be accepted, in milliseconds. */
export const INVITATION_MS = 14 * 24 * 60 * 60 * 1000;

/** People, their caps and the name are for owners and admins. */
export function mayManage(role: OrganizationRole): boolean {
  return role !== "member";
}

/** Whether `actor` may make somebody who is `before` (undefined = not in it yet) into `after` (undefined = out of it). Owners and admins are made and unmade by owners. */
export function mayChange(
  actor: OrganizationRole,
  { before, after }: { before: OrganizationRole | undefined; after: OrganizationRole | undefined },
): boolean {
  if (actor === "owner") return true;
  return actor === "admin" && (before ?? "member") === "member" && (after ?? "member") === "member";
}
