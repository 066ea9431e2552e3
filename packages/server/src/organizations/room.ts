/** The room's parts put together. */
import type { Endpoints } from "../accounts/endpoints.ts";
import { organizationRoutes } from "./routes.ts";
import { createOrganizations, type Organizations, type OrganizationsDeps } from "./service.ts";

export function startOrganizations(endpoints: Endpoints, deps: OrganizationsDeps): Organizations {
  const organizations = createOrganizations(deps);
  organizationRoutes({ endpoints, organizations });
  return organizations;
}
