/** Who calls, and which routes that opens. */
import { API_ROUTES, type OrganizationRole, SCOPES } from "@modelyard/contract";

/** The caller of one request. */
export interface Principal {
  accountId: number;
  accountUuid: string;
  /** The project to bill: the key's, or a signed-in account's first one; 0 = it has none. */
  projectId: number;
  /**
   * A key of a project, a short-lived token in a browser, a signed-in account with its bearer token, or the operator's command line,
   * which is no account (0) and has no project.
   */
  kind: "key" | "browser" | "account" | "operator";
  /** 0 for an account and the command line. */
  keyId: number;
  /** Clean `owner/slug` of the models it may run; undefined = all. */
  models: readonly string[] | undefined;
  /** Spend caps that its runs count in (bits of ledger/service-caps.ts), as far as they are this project's and key's. */
  caps: number;
  /** The account is an operator's, and it is the account itself that calls; or it is the operator's command line. */
  isOperator: boolean;
  /** uuid of who acts, for the audit log: the account itself, or the member that acts for an organisation. */
  actorUuid: string;
  /** Membership of who acts for an organisation; 0 = none. */
  memberId: number;
}

/** A member acting for an organisation. */
export interface Acting {
  memberId: number;
  role: OrganizationRole;
  isCapped: boolean;
  organization: { id: number; uuid: string; suspended: number };
}

/** What a bearer token stands for (accounts/service-sessions.ts). */
export type BearerAccount =
  | {
      kind: "account";
      account: { id: number; uuid: string; suspended: number; role: "operator" | "member" };
      /** Undefined where the account acts for itself. */
      acting?: Acting | undefined;
    }
  | { kind: "expired" }
  | { kind: "unknown" };

/** The headers that authentication looks at, and the address the request came from. */
export interface Credentials {
  apiKey: string | undefined;
  nonce: string | undefined;
  signature: string | undefined;
  authorization: string | undefined;
  ip: string;
  /** The route's pattern (`/v1/Run/:owner/:model`): decides which scope a key needs. */
  route: string | undefined;
}

/** What a plain member of an organisation may do for it: its projects, money and people are for owners and admins. */
export const MEMBER_SCOPES = SCOPES.filter((scope) => scope !== "manage");

/** By the pattern under which the server registers it, in lower case: routes answer in any case. */
const ROUTES = new Map(API_ROUTES.map((route) => [route.path.replace(/\{(\w+)\}/g, ":$1").toLowerCase(), route]));

/** Whether this caller may use the route; one that the contract does not know takes nobody. */
export function mayCall(
  who: { kind: Principal["kind"]; scopes: readonly string[]; isOperator: boolean },
  path: string,
): boolean {
  const route = ROUTES.get(path.toLowerCase());
  if (route?.scope === undefined) return false;
  if (route.scope === "operator") return who.isOperator;
  if (who.kind === "browser" && !route.browser) return false;
  return who.scopes.includes(route.scope);
}
