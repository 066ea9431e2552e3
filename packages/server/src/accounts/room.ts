/** The room's parts put together: what main.ts needs of it is its routes and its end. */
import { ACCOUNT_ROUTES, type Log, ORGANIZATION_ROUTES } from "@modelyard/contract";
import type { FastifyInstance } from "fastify";
import type { AuditTrail } from "../audit-log/trail.ts";
import type { Blobs } from "../blobs/blobs.ts";
import type { Database, Tx } from "../db/database.ts";
import type { Mail } from "../mail/service.ts";
import { startOrganizations } from "../organizations/room.ts";
import type { Seal } from "../projects/seal.ts";
import type { Projects } from "../projects/service.ts";
import { createBackOff } from "./back-off.ts";
import { createEndpoints } from "./endpoints.ts";
import { createPasswordGate } from "./password-gate.ts";
import { accountRoutes } from "./routes.ts";
import { adminRoutes } from "./routes-admin.ts";
import { oidcRoutes } from "./routes-oidc.ts";
import { createOwnAccount } from "./service-account.ts";
import { createAdmin } from "./service-admin.ts";
import { startDeletion } from "./service-deletion.ts";
import { createOidc, type OidcSettings } from "./service-oidc.ts";
import type { Sessions } from "./service-sessions.ts";
import { createSignIn } from "./service-sign-in.ts";

export interface AccountsDeps {
  db: Database;
  blobs: Blobs;
  forget: (tx: Tx, accountId: number) => Promise<void>;
  mail: Mail;
  projects: Projects;
  sessions: Sessions;
  trail: AuditTrail;
  setUp: { mail: boolean; payments: boolean };
  plainHttp: boolean;
  seal: Seal;
  oidc: OidcSettings | undefined;
  log: Log;
}

export function startAccounts(app: FastifyInstance, deps: AccountsDeps): { stop(): Promise<void> } {
  const gate = createPasswordGate();
  const signIn = createSignIn({ ...deps, gate, backOff: createBackOff() });
  const own = createOwnAccount({ ...deps, gate, signIn });
  const deletion = startDeletion({ ...deps, signIn });
  const endpoints = createEndpoints(app, { ...deps, signIn });
  const organizations = startOrganizations(endpoints, { ...deps, deletion });
  accountRoutes(app, { ...deps, endpoints, signIn, own, deletion, organizations, provider: deps.oidc?.name });
  if (deps.oidc) {
    const oidc = createOidc({ ...deps, settings: deps.oidc });
    oidcRoutes(app, { ...deps, endpoints, oidc, own });
  }
  for (const { path } of [...ACCOUNT_ROUTES, ...ORGANIZATION_ROUTES]) {
    if (!app.hasRoute({ method: "POST", url: path }))
      throw new Error(`${path} is in the contract but has no handler; register one, or take it out`);
  }
  adminRoutes(app, { ...deps, admin: createAdmin(deps) });
  return { stop: () => deletion.stop() };
}
