/**
 * Organisations. One is an account that nobody signs in to: its wallet, projects, keys, tasks and files are kept as any account's are,
 * and its members act for it with bearer tokens of their own sessions (accounts/service-sessions.ts).
 */
import { randomUUID } from "node:crypto";
import { apiError, mayChange, mayManage, OrganizationRole } from "@modelyard/contract";
import { newSecret, secretHash } from "../accounts/secret-token.ts";
import { createOrganizationAccount, renameAccount } from "../accounts/service.ts";
import type { Deletion } from "../accounts/service-deletion.ts";
import type { SignedIn } from "../accounts/service-sessions.ts";
import { actorOf, chosenEmail, chosenName, type Visitor } from "../accounts/service-sign-in.ts";
import { type Actor, note } from "../audit-log/service.ts";
import type { Database, Tx } from "../db/database.ts";
import type { Fields } from "../http/body.ts";
import { idField, oneOf, textField } from "../http/fields.ts";
import { readMemberCaps, removeCap, setCap } from "../ledger/service-caps.ts";
import type { Mail } from "../mail/service.ts";
import { capField } from "../projects/policy-keys.ts";
import type { Projects } from "../projects/service.ts";
import { INVITATION_MS, MEMBERS_LIMIT, ORGANIZATIONS_LIMIT } from "./policy.ts";
import { presentInvitation, presentMember, presentOrganization } from "./present.ts";
import * as store from "./store.ts";

interface Call {
  fields: Fields;
  visitor: Visitor;
}

type Own = Pick<SignedIn, "account">;

export interface Organizations {
  /** Number of the organisation that is named to be acted for; undefined where none is named. */
  actedFor(own: Own, fields: Fields): Promise<number | undefined>;
  list(own: Own): Promise<object>;
  create(own: Own, call: Call): Promise<object>;
  detail(own: Own, call: Call): Promise<object>;
  rename(own: Own, call: Call): Promise<object>;
  invite(own: Own, call: Call): Promise<object>;
  revokeInvitation(own: Own, call: Call): Promise<object>;
  join(own: Own, call: Call): Promise<object>;
  change(own: Own, call: Call): Promise<object>;
  remove(own: Own, call: Call): Promise<object>;
  delete(own: SignedIn, call: Call): Promise<object>;
}

export interface OrganizationsDeps {
  db: Database;
  mail: Mail;
  projects: Projects;
  deletion: Deletion;
}

export function createOrganizations({ db, mail, projects, deletion }: OrganizationsDeps): Organizations {
  async function named(on: Database | Tx, own: Own, raw: unknown): Promise<store.OrganizationRow> {
    const uuid = typeof raw === "string" ? raw.trim().toLowerCase() : "";
    const found = uuid === "" ? undefined : await store.organizationOf(on, { uuid, accountId: own.account.id });
    if (!found) throw apiError("organizationNotExist");
    return found;
  }

  /** The organisation, its members locked; refused where the account may not manage them. */
  async function managed(tx: Tx, own: Own, fields: Fields): Promise<store.OrganizationRow> {
    const { id } = await named(tx, own, fields.uuid);
    await store.lock(tx, id);
    // Read again behind the lock: the role may just have been changed.
    const organization = await named(tx, own, fields.uuid);
    if (!mayManage(organization.role)) throw apiError("noPermission");
    return organization;
  }

  async function member(tx: Tx, organizationId: number, fields: Fields): Promise<store.MemberRow> {
    const found = await store.memberByUuid(tx, organizationId, textField(fields, "member") ?? "");
    if (!found) throw apiError("memberNotExist");
    return found;
  }

  /** In the organisation's log, by the person who did it. */
  const noted = (tx: Tx, organizationId: number, actor: Actor, action: string, target = "") =>
    note(tx, { accountId: organizationId, actor, action, target });

  async function detail(on: Database | Tx, own: Own, uuid: unknown) {
    const organization = await named(on, own, uuid);
    const rows = await store.members(on, organization.id);
    const caps = await readMemberCaps(
      on,
      rows.map(({ id }) => id),
    );
    const open = mayManage(organization.role) ? await store.invitations(on, organization.id, await db.now()) : [];
    return {
      organization: presentOrganization(organization),
      members: rows.map((row) => presentMember(row, caps.get(row.id))),
      invitations: open.map(presentInvitation),
    };
  }

  /** Of several owners at least one stays. */
  async function keepOwner(tx: Tx, { id, name }: store.OrganizationRow, leaving: store.MemberRow): Promise<void> {
    if (leaving.role === "owner" && (await store.countOwners(tx, id)) <= 1) throw apiError("lastOwner", name);
  }

  return {
    async actedFor(own, fields) {
      const { organization } = fields;
      if (organization === undefined || organization === null || organization === "") return undefined;
      return (await named(db, own, organization)).id;
    },

    async list(own) {
      return { organizations: (await store.organizationsOf(db, own.account.id)).map(presentOrganization) };
    },

    async create(own, { fields, visitor }) {
      const name = chosenName(fields.name);
      const actor = actorOf(own.account, visitor.ip);
      return db.write(async (tx) => {
        await store.lock(tx, own.account.id);
        if ((await store.organizationsOf(tx, own.account.id)).length >= ORGANIZATIONS_LIMIT)
          throw apiError("organizationsTooMany", ORGANIZATIONS_LIMIT);
        const uuid = randomUUID();
        const organizationId = await createOrganizationAccount(tx, { uuid, name });
        await store.setKind(tx, organizationId);
        await store.addMember(tx, { organizationId, accountId: own.account.id, role: "owner" });
        await projects.createEmpty(tx, { accountId: organizationId, name: "First project", auth: "signature" });
        await noted(tx, organizationId, actor, "organization.create", name);
        return { organization: presentOrganization(await named(tx, own, uuid)) };
      });
    },

    detail: (own, { fields }) => detail(db, own, fields.uuid),

    async rename(own, { fields, visitor }) {
      const name = chosenName(fields.name);
      return db.write(async (tx) => {
        const organization = await managed(tx, own, fields);
        await renameAccount(tx, organization.id, name);
        await noted(tx, organization.id, actorOf(own.account, visitor.ip), "organization.rename", name);
        return { organization: presentOrganization({ ...organization, name }) };
      });
    },

    async invite(own, { fields, visitor }) {
      const email = chosenEmail(fields.email);
      const role = oneOf(fields, "role", OrganizationRole.options) ?? "member";
      return db.write(async (tx) => {
        const organization = await managed(tx, own, fields);
        if (!mayChange(organization.role, { before: undefined, after: role })) throw apiError("noPermission");
        const already = await store.members(tx, organization.id);
        if (already.some((one) => one.email === email)) throw apiError("memberAlready");
        const open = await store.invitations(tx, organization.id, tx.now);
        if (already.length + open.length >= MEMBERS_LIMIT) throw apiError("organizationsTooMany", MEMBERS_LIMIT);
        const token = newSecret();
        const invitation = await store.insertInvitation(tx, {
          organizationId: organization.id,
          tokenHash: secretHash(token),
          email,
          role,
          expiresAt: tx.now + INVITATION_MS,
        });
        const url = `${visitor.base}/account/OrganizationJoin?token=${token}`;
        await mail.post(tx, {
          accountId: organization.id,
          to: email,
          subject: `You are invited to ${organization.name}`,
          text: `${own.account.name || own.account.email} invites you to the organisation ${organization.name} on Modelyard. Within two weeks, sign in with this address (or make an account with it) and open\n\n${url}\n\nIf you do not know them, ignore this mail.`,
        });
        await noted(
          tx,
          organization.id,
          actorOf(own.account, visitor.ip),
          "organization.invite",
          `${email} as ${role}`,
        );
        return { invitation: presentInvitation(invitation), url };
      });
    },

    async revokeInvitation(own, { fields, visitor }) {
      await db.write(async (tx) => {
        const organization = await managed(tx, own, fields);
        const id = idField(fields, "id") ?? -1;
        if (!(await store.deleteInvitation(tx, organization.id, id))) throw apiError("linkInvalid");
        await noted(tx, organization.id, actorOf(own.account, visitor.ip), "organization.invite-revoke", String(id));
      });
      return {};
    },

    async join(own, { fields, visitor }) {
      const token = textField(fields, "token") ?? "";
      const { account } = own;
      return db.write(async (tx) => {
        await store.lock(tx, account.id);
        const invitation = await store.findInvitation(tx, secretHash(token));
        const uuid = invitation ? await store.uuidOf(tx, invitation.organization_id) : "";
        if (!invitation || uuid === "") throw apiError("linkInvalid");
        // Whoever got hold of the link must also be who it was sent to.
        if (account.email !== invitation.email || account.email_verified_at === null)
          throw apiError("invitationForAnother");
        if ((await store.organizationsOf(tx, account.id)).length >= ORGANIZATIONS_LIMIT)
          throw apiError("organizationsTooMany", ORGANIZATIONS_LIMIT);
        const { organization_id: organizationId, role } = invitation;
        if (!(await store.deleteInvitation(tx, organizationId, invitation.id))) throw apiError("linkInvalid");
        if (!(await store.addMember(tx, { organizationId, accountId: account.id, role })))
          throw apiError("memberAlready");
        await noted(tx, organizationId, actorOf(account, visitor.ip), "organization.join", role);
        return { organization: presentOrganization(await named(tx, own, uuid)) };
      });
    },

    async change(own, { fields, visitor }) {
      const role = oneOf(fields, "role", OrganizationRole.options);
      const cap = capField(fields);
      return db.write(async (tx) => {
        const organization = await managed(tx, own, fields);
        const found = await member(tx, organization.id, fields);
        const actor = actorOf(own.account, visitor.ip);
        if (role !== undefined && role !== found.role) {
          if (!mayChange(organization.role, { before: found.role, after: role })) throw apiError("noPermission");
          await keepOwner(tx, organization, found);
          await store.setRole(tx, found.id, role);
          await noted(tx, organization.id, actor, "organization.role", `account:${found.uuid} ${role}`);
        }
        if (cap !== undefined) {
          if (!mayChange(organization.role, { before: found.role, after: found.role })) throw apiError("noPermission");
          if (cap === "none") await removeCap(tx, "member", found.id);
          else
            await setCap(tx, { subject: "member", id: found.id, accountId: organization.id, ...cap }, { isNew: false });
          await noted(tx, organization.id, actor, "organization.cap", `account:${found.uuid}`);
        }
        return detail(tx, own, organization.uuid);
      });
    },

    async remove(own, { fields, visitor }) {
      await db.write(async (tx) => {
        const known = await named(tx, own, fields.uuid);
        await store.lock(tx, known.id);
        const organization = await named(tx, own, fields.uuid);
        const found = await member(tx, organization.id, fields);
        const leaves = found.account_id === own.account.id;
        if (!leaves && !mayChange(organization.role, { before: found.role, after: undefined }))
          throw apiError("noPermission");
        await keepOwner(tx, organization, found);
        await removeCap(tx, "member", found.id);
        await store.removeMember(tx, found.id);
        const action = leaves ? "organization.leave" : "organization.remove";
        await noted(tx, organization.id, actorOf(own.account, visitor.ip), action, `account:${found.uuid}`);
      });
      return {};
    },

    async delete(own, { fields, visitor }) {
      const { id, role } = await named(db, own, fields.uuid);
      if (role !== "owner") throw apiError("noPermission");
      await deletion.deleteOrganization(own, id, fields, visitor);
      return {};
    },
  };
}
