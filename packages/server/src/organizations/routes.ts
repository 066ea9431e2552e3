/** `/account/Organization*` (contract/organization.ts). */
import type { Endpoints } from "../accounts/endpoints.ts";
import type { Organizations } from "./service.ts";

export function organizationRoutes(deps: { endpoints: Endpoints; organizations: Organizations }): void {
  const { organizations } = deps;
  const { signedIn } = deps.endpoints;
  signedIn("/account/Organizations", (_call, own) => organizations.list(own));
  signedIn("/account/OrganizationCreate", (call, own) => organizations.create(own, call));
  signedIn("/account/OrganizationDetail", (call, own) => organizations.detail(own, call));
  signedIn("/account/OrganizationRename", (call, own) => organizations.rename(own, call));
  signedIn("/account/OrganizationInvite", (call, own) => organizations.invite(own, call));
  signedIn("/account/OrganizationInvitationRevoke", (call, own) => organizations.revokeInvitation(own, call));
  signedIn("/account/OrganizationJoin", (call, own) => organizations.join(own, call));
  signedIn("/account/OrganizationMember", (call, own) => organizations.change(own, call));
  signedIn("/account/OrganizationMemberRemove", (call, own) => organizations.remove(own, call));
  signedIn("/account/OrganizationDelete", (call, own) => organizations.delete(own, call));
}
