/**
 * Organisations: accounts of several people, with a wallet, projects and keys of their own. A member acts for one with a bearer token
 * that `POST /account/Token` gives for it; everything under /v1 then is the organisation's.
 */
import { z } from "zod";
import { AccountEmpty, type AccountRoute } from "./account.ts";
import { CapPeriod, SpendCap } from "./project.ts";

const text = z.string();
const digits = z.string().regex(/^\d+$/);
const okay = { result: z.literal(true), errors: z.array(z.never()) };

/** `owner`: everything. `admin`: all but who owns it and its end. `member`: runs models and uses files. */
export const OrganizationRole = z.enum(["owner", "admin", "member"]);
export type OrganizationRole = z.infer<typeof OrganizationRole>;

/** People, their caps, the name, and under /v1 what needs `manage`, are for owners and admins. */
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

export const Organization = z.strictObject({
  uuid: z.uuid(),
  name: text,
  role: OrganizationRole.describe("Of the account that asks."),
  createtime: digits,
});
export type Organization = z.infer<typeof Organization>;

export const OrganizationMember = z.strictObject({
  uuid: z.uuid().describe("Of the account."),
  name: text,
  email: text,
  role: OrganizationRole,
  jointime: digits,
  cap: SpendCap.nullable().describe("What this member may spend for the organisation."),
});
export type OrganizationMember = z.infer<typeof OrganizationMember>;

export const OrganizationInvitation = z.strictObject({
  id: digits,
  email: text,
  role: OrganizationRole,
  expires: digits,
});
export type OrganizationInvitation = z.infer<typeof OrganizationInvitation>;

export const OrganizationResponse = z.strictObject({ ...okay, organization: Organization });
export const OrganizationsResponse = z.strictObject({ ...okay, organizations: z.array(Organization) });
export const OrganizationDetailResponse = z.strictObject({
  ...okay,
  organization: Organization,
  members: z.array(OrganizationMember),
  invitations: z.array(OrganizationInvitation).describe("Those that can still be accepted; empty for plain members."),
});
export const OrganizationInviteResponse = z.strictObject({
  ...okay,
  invitation: OrganizationInvitation,
  url: text.describe("The link, which is also mailed where a mail server is set up."),
});

const uuid = text.describe("The organisation's.");
const form = { next: text.optional(), back: text.optional() };

const own = (path: string, summary: string, fields: z.ZodType, answer: z.ZodType): AccountRoute => ({
  path: `/account/${path}`,
  summary,
  access: "signed-in",
  fields,
  answer,
});

/** An organisation that the account is no member of is answered like one that does not exist. */
export const ORGANIZATION_ROUTES: readonly AccountRoute[] = [
  own("Organizations", "The organisations that the account belongs to", z.object({}), OrganizationsResponse),
  own(
    "OrganizationCreate",
    "Make an organisation; its maker owns it",
    z.object({ name: text, ...form }),
    OrganizationResponse,
  ),
  own("OrganizationDetail", "One organisation with its members", z.object({ uuid }), OrganizationDetailResponse),
  own(
    "OrganizationRename",
    "Change its name (owner, admin)",
    z.object({ uuid, name: text, ...form }),
    OrganizationResponse,
  ),
  own(
    "OrganizationInvite",
    "Invite somebody by e-mail (owner, admin; owners and admins are invited by owners)",
    z.object({ uuid, email: text, role: OrganizationRole.optional(), ...form }),
    OrganizationInviteResponse,
  ),
  own(
    "OrganizationInvitationRevoke",
    "Take an invitation back (owner, admin)",
    z.object({ uuid, id: z.union([text, z.number()]), ...form }),
    AccountEmpty,
  ),
  own(
    "OrganizationJoin",
    "Accept an invitation, signed in with the address that was invited",
    z.object({ token: text, ...form }),
    OrganizationResponse,
  ),
  own(
    "OrganizationMember",
    "Change a member's role (owner) or spend cap (owner, admin); what is left out stays",
    z.object({
      uuid,
      member: text.describe("Their account's."),
      role: OrganizationRole.optional(),
      cap: text.optional().describe('US dollars; "" = no cap.'),
      capperiod: CapPeriod.optional(),
      ...form,
    }),
    OrganizationDetailResponse,
  ),
  own(
    "OrganizationMemberRemove",
    "Remove a member (owner, admin), or leave",
    z.object({ uuid, member: text, ...form }),
    AccountEmpty,
  ),
  own(
    "OrganizationDelete",
    "Delete the organisation with its projects, keys, files and inputs (owner)",
    z.object({
      uuid,
      current: text.describe("The owner's password."),
      forfeit: z.union([z.boolean(), text]).optional().describe("Give up the balance that is left."),
      ...form,
    }),
    AccountEmpty,
  ),
];
