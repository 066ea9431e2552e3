/**
 * Signing in through an identity provider: OpenID Connect, authorization code flow with PKCE, by openid-client. What belongs to one
 * attempt (state, nonce, verifier) travels in a sealed cookie of that browser, so that nobody can be signed in by a foreign link.
 *
 * The provider's `sub` names the account for good. The first time, the address decides, if the provider says that it is confirmed:
 * an account that has it is linked, else one is made, unless sign-ups are closed.
 */
import { apiError, type Log } from "@modelyard/contract";
import type { Configuration } from "openid-client";
import { note } from "../audit-log/service.ts";
import type { Database, Tx } from "../db/database.ts";
import type { Seal } from "../projects/seal.ts";
import type { Projects } from "../projects/service.ts";
import { isLoopback, normalEmail, plainName } from "./policy.ts";
import { createAccount } from "./service.ts";
import type { Sessions } from "./service-sessions.ts";
import { actorOf, type Entered, signUpPolicy, type Visitor } from "./service-sign-in.ts";
import * as store from "./store.ts";
import { accountOf, addIdentity, confirmByProvider, type Identity } from "./store-identities.ts";

export interface OidcSettings {
  /** Address of the provider; `/.well-known/openid-configuration` below it says the rest. */
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** What its users call it, for the sign-in page. */
  name: string;
}

export interface Oidc {
  name: string;
  /** Where the browser goes, and the cookie that it must bring back (OIDC_COOKIE_S). */
  begin(base: string, next: string): Promise<{ location: string; cookie: string }>;
  /** The browser is back. */
  finish(back: { url: URL; cookie: string | undefined }, visitor: Visitor): Promise<{ entered: Entered; next: string }>;
}

/** Seconds in which the provider's pages must be through. */
export const OIDC_COOKIE_S = 600;
/** Where the provider sends the browser back to. */
export const OIDC_CALLBACK = "/account/OidcCallback";
const OWNER = "oidc";

interface Attempt {
  state: string;
  nonce: string;
  verifier: string;
  next: string;
  /** Unix milliseconds. */
  until: number;
}

/** Who the provider says it is. */
interface Person extends Identity {
  email: string | undefined;
  name: string | undefined;
}

export interface OidcDeps {
  settings: OidcSettings;
  db: Database;
  seal: Seal;
  projects: Projects;
  sessions: Sessions;
  log: Log;
}

export function createOidc({ settings, db, seal, projects, sessions, log }: OidcDeps): Oidc {
  /** Loaded with the first attempt: most servers have no provider. */
  const library = () => import("openid-client");
  let configuration: Promise<Configuration> | undefined;

  async function discover(): Promise<Configuration> {
    const { allowInsecureRequests, discovery } = await library();
    const { issuer, clientId, clientSecret } = settings;
    // Plain http is for a provider on this machine.
    const execute = isLoopback(issuer) ? [allowInsecureRequests] : [];
    return discovery(new URL(issuer), clientId, clientSecret, undefined, { execute, timeout: 10 });
  }

  async function provider(): Promise<Configuration> {
    configuration ??= discover();
    try {
      return await configuration;
    } catch (error) {
      // It may be back for the next one who tries.
      configuration = undefined;
      log(`identity provider ${settings.issuer}: ${String(error)}`, { level: "error" });
      throw apiError("providerUnreachable", settings.name);
    }
  }

  function readAttempt(cookie: string | undefined): Attempt {
    try {
      const attempt = JSON.parse(seal.open(cookie ?? "", OWNER)) as Attempt;
      if (attempt.until > Date.now()) return attempt;
    } catch {
      // not one of ours, or of another key
    }
    throw apiError("linkInvalid");
  }

  async function ask(url: URL, attempt: Attempt): Promise<Person> {
    const { authorizationCodeGrant, fetchUserInfo } = await library();
    const at = await provider();
    try {
      const tokens = await authorizationCodeGrant(at, url, {
        pkceCodeVerifier: attempt.verifier,
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new Error("no identity in the answer");
      const known = claims.email === undefined && at.serverMetadata().userinfo_endpoint !== undefined;
      const more = known ? await fetchUserInfo(at, tokens.access_token, claims.sub) : claims;
      const confirmed = more.email_verified === true;
      return {
        issuer: at.serverMetadata().issuer,
        subject: claims.sub,
        email: confirmed ? normalEmail(more.email) : undefined,
        name: plainName(more.name),
      };
    } catch (error) {
      log(`signing in through ${settings.name} failed: ${String(error)}`, { level: "error" });
      throw apiError("providerRefused", settings.name);
    }
  }

  /** The account of this person, linked or made where it was not known. */
  async function accountFor(tx: Tx, person: Person): Promise<{ account: store.AccountRow; isNew: boolean }> {
    const known = await accountOf(tx, person);
    const account = known === undefined ? undefined : await store.byId(tx, known);
    if (account && account.deleted_at === null) return { account, isNew: false };
    const { email } = person;
    if (email === undefined) throw apiError("providerAddress", settings.name);
    const same = await store.byEmail(tx, email);
    if (same) {
      await confirmByProvider(tx, same.id);
      await addIdentity(tx, person, same.id);
      return { account: (await store.byId(tx, same.id)) ?? same, isNew: false };
    }
    if ((await signUpPolicy(tx)) === "closed") throw apiError("signUpsClosed");
    const name = person.name ?? email.split("@")[0] ?? email;
    const id = await createAccount(tx, {
      email,
      name,
      role: "member",
      credit: 0n,
      passwordHash: "none",
      verified: true,
    });
    await projects.createEmpty(tx, { accountId: id, name: "First project", auth: "apikey" });
    await addIdentity(tx, person, id);
    return { account: (await store.byId(tx, id)) as store.AccountRow, isNew: true };
  }

  return {
    name: settings.name,

    async begin(base, next) {
      const { buildAuthorizationUrl, calculatePKCECodeChallenge, randomNonce, randomPKCECodeVerifier, randomState } =
        await library();
      const at = await provider();
      const attempt: Attempt = {
        state: randomState(),
        nonce: randomNonce(),
        verifier: randomPKCECodeVerifier(),
        next,
        until: Date.now() + OIDC_COOKIE_S * 1000,
      };
      const location = buildAuthorizationUrl(at, {
        redirect_uri: base + OIDC_CALLBACK,
        scope: "openid email profile",
        code_challenge: await calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: "S256",
        state: attempt.state,
        nonce: attempt.nonce,
      });
      return { location: location.href, cookie: seal.seal(JSON.stringify(attempt), OWNER) };
    },

    async finish({ url, cookie }, visitor) {
      const attempt = readAttempt(cookie);
      const person = await ask(url, attempt);
      const entered = await db.write(async (tx) => {
        const { account, isNew } = await accountFor(tx, person);
        if (account.suspended) throw apiError("accountSuspended");
        const actor = actorOf(account, visitor.ip);
        if (isNew) await note(tx, { accountId: account.id, actor, action: "account.create", target: settings.name });
        await note(tx, { accountId: account.id, actor, action: "sign-in", target: settings.name });
        return { account, token: await sessions.begin(tx, { ...visitor, accountId: account.id }) };
      });
      return { entered, next: attempt.next };
    },
  };
}
