/** Projects and their keys: who is calling, and may they (wire-contract.md 2). */
import { createHash, timingSafeEqual } from "node:crypto";
import { ApiError, apiError, SCOPES } from "@modelyard/contract";
import { NOBODY, note } from "../audit-log/service.ts";
import type { Database, Tx } from "../db/database.ts";
import type { Fields } from "../http/body.ts";
import { idField } from "../http/fields.ts";
import { MEMBER_CAP, PROJECT_CAP } from "../ledger/service-caps.ts";
import { isSameToken, OPERATOR_TOKEN } from "./operator-token.ts";
import { addressAllowed, NONCE_WINDOW_S, nonceAllowed, signatureDigest, signatureMatches } from "./policy.ts";
import { type BearerAccount, type Credentials, MEMBER_SCOPES, mayCall, type Principal } from "./principal.ts";
import type { Seal } from "./seal.ts";
import { issueKey } from "./service-keys.ts";
import * as store from "./store.ts";

export type { Acting, BearerAccount, Credentials, Principal } from "./principal.ts";
export type { ProjectRow } from "./store.ts";

export interface NewProject {
  id: number;
  apiKey: string;
  apiSecret?: string;
}

interface KnownKey extends store.KeyRow {
  scopeList: readonly string[];
  modelList: readonly string[] | undefined;
  keyIpAllow: string[];
  secret: string | null;
  /**
   * Signatures found good, by nonce. The documented flow computes one and sends it with every call; each is computed once here
   * too. Forgotten with the key's row, after CACHE_MS.
   */
  verified: Map<string, Buffer>;
  ipAllow: string[];
  readAt: number;
}

/** How long a key's row is trusted without being read again, in milliseconds: the bound on how late a revocation can be. */
const CACHE_MS = 1_000;
const CACHE_KEYS = 10_000;
const VERIFIED_LIMIT = 1_000;
const KEY_LIMIT = 256;
const TOUCH_MS = 60_000;
const REFUSAL_MS = 60_000;
/** What browser tokens begin with, and what is put before any bearer token that is kept like a key: as `x-api-key` it is unknown. */
export const BROWSER_TOKEN = "browser_";
export const BEARER_PREFIX = "bearer:";

export interface Projects {
  authenticate(credentials: Credentials): Promise<Principal>;
  /** A project without keys. Returns its id. */
  createEmpty(tx: Tx, project: { accountId: number; name: string; auth: "signature" | "apikey" }): Promise<number>;
  /** Revokes all keys of the account's projects and forgets the secrets. */
  removeAll(tx: Tx, accountId: number): Promise<void>;
  create(tx: Tx, project: { accountId: number; name: string; auth: "signature" | "apikey" }): Promise<NewProject>;
  setPolicy(
    projectId: number,
    change: { noncePolicy?: "compat" | "window" | "strict"; ipAllow?: string[] },
  ): Promise<void>;
  list(accountId: number): Promise<store.ProjectRow[]>;
  /** The project that `projectid` names, or the caller's own; throws where it is not the account's. */
  chosen(principal: Principal, fields: Fields): Promise<number>;
  /** A project as who pays for a run. */
  payer(projectId: number): Promise<store.Payer | undefined>;
  /** After a change of keys, projects or accounts: on this server it counts for every request that comes from now on. */
  forgetKeys(): void;
}

/** The command line is nobody's account: of the routes it may use those of operators alone. */
const COMMAND_LINE: Principal = {
  accountId: 0,
  accountUuid: "",
  projectId: 0,
  kind: "operator",
  keyId: 0,
  models: undefined,
  caps: 0,
  isOperator: true,
  actorUuid: "",
  memberId: 0,
};

/** Bearer tokens that are not kept with the keys. */
export interface BearerTokens {
  account(token: string): Promise<BearerAccount>;
  /** The operator's own (operator-token.ts). */
  operator: string;
}

export function createProjects(db: Database, seal: Seal, bearers: BearerTokens): Projects {
  const cache = new Map<string, KnownKey>();
  let changes = 0;
  /** When a refusal was last noted, by key; performance.now() milliseconds. */
  const refusals = new Map<number, number>();

  /** `name`: what was sent, with the prefix that keeps keys and browser tokens apart. */
  async function lookUp(name: string): Promise<KnownKey | undefined> {
    const now = performance.now();
    const cached = cache.get(name);
    if (cached && now - cached.readAt < CACHE_MS) return cached;
    const before = changes;
    const row = await store.findKey(db, createHash("sha256").update(name).digest("hex"));
    if (!row) {
      cache.delete(name);
      return undefined;
    }
    const models = JSON.parse(row.models) as string[];
    const known: KnownKey = {
      ...row,
      secret: row.secret_sealed === null ? null : seal.open(row.secret_sealed, `project:${row.project_id}`),
      ipAllow: JSON.parse(row.ip_allow) as string[],
      keyIpAllow: JSON.parse(row.key_ip_allow) as string[],
      scopeList: row.scopes.split(","),
      modelList: models.length === 0 ? undefined : models,
      verified: new Map(),
      readAt: now,
    };
    if (cache.size >= CACHE_KEYS) cache.clear();
    // A row that was read before a change is good for this request, and must not be found by the next one.
    if (before === changes) cache.set(name, known);
    return known;
  }

  /** After a change of keys or projects: on this server it counts from now on. */
  function forgetKeys(): void {
    changes += 1;
    cache.clear();
  }

  async function checkSignature(key: KnownKey, credentials: Credentials, apiKey: string): Promise<void> {
    const { nonce, signature } = credentials;
    if (!nonce || !signature) throw apiError("signatureMissing");
    const digest = signatureDigest(signature);
    if (!digest || !nonceAllowed(key.nonce_policy, nonce, Date.now())) throw apiError("signatureWrong");
    const sent = Buffer.from(digest, "hex");
    const known = key.verified.get(nonce);
    if (!known || !timingSafeEqual(known, sent)) {
      if (!signatureMatches({ apiKey, apiSecret: key.secret ?? "", nonce, digest })) throw apiError("signatureWrong");
      if (key.verified.size < VERIFIED_LIMIT) key.verified.set(nonce, sent);
    }
    if (key.nonce_policy !== "strict") return;
    const fresh = await db.write((tx) => store.useNonce(tx, key.project_id, nonce, 2 * NONCE_WINDOW_S * 1000));
    if (!fresh) throw apiError("signatureWrong");
  }

  /** Notes that a key is in use, at most once a minute; nobody waits for it. */
  function touch(key: KnownKey, now: number): void {
    if (key.last_used_at !== null && now - key.last_used_at < TOUCH_MS) return;
    key.last_used_at = now;
    void db.write((tx) => store.touchKey(tx, key.key_id, tx.now - TOUCH_MS / 2)).catch(() => {});
  }

  /**
   * A call with a known key that is turned away: it may be its owner's mistake or somebody else's try, so its account's log has it,
   * at most once a minute for each key. Nobody waits for it.
   */
  function noteRefusal(key: KnownKey, ip: string, error: unknown): void {
    const now = performance.now();
    if (!(error instanceof ApiError) || now - (refusals.get(key.key_id) ?? Number.NEGATIVE_INFINITY) < REFUSAL_MS)
      return;
    if (refusals.size >= CACHE_KEYS) refusals.clear();
    refusals.set(key.key_id, now);
    const entry = { actor: NOBODY(ip), action: "key.refused", target: `key ${key.key_id}`, outcome: error.error };
    void db.write((tx) => note(tx, { accountId: key.account_id, ...entry })).catch(() => {});
  }

  /** What is the same for keys and browser tokens, once it is clear that the caller has it. */
  function admit(key: KnownKey, credentials: Credentials): Principal {
    if (key.suspended) throw apiError("accountSuspended");
    const who = { kind: key.kind, scopes: key.scopeList, isOperator: false };
    if (!mayCall(who, credentials.route ?? "")) throw apiError("noPermission");
    touch(key, Date.now());
    return {
      accountId: key.account_id,
      accountUuid: key.account_uuid,
      projectId: key.project_id,
      kind: key.kind,
      keyId: key.key_id,
      models: key.modelList,
      caps: key.caps,
      isOperator: false,
      actorUuid: key.account_uuid,
      memberId: 0,
    };
  }

  async function authenticateBrowser(token: string, credentials: Credentials): Promise<Principal> {
    const key = await lookUp(BEARER_PREFIX + token);
    if (!key) throw apiError("badBearer");
    if (key.expires_at !== null && key.expires_at <= Date.now()) throw apiError("bearerExpired");
    return admit(key, credentials);
  }

  function authenticateOperator(token: string, { route }: Credentials): Principal {
    if (!isSameToken(token, bearers.operator)) throw apiError("badBearer");
    if (!mayCall({ kind: "operator", scopes: [], isOperator: true }, route ?? "")) throw apiError("noPermission");
    return COMMAND_LINE;
  }

  /** A signed-in account, a browser or the operator's command line, by its bearer token. */
  async function authenticateBearer(credentials: Credentials): Promise<Principal> {
    const { authorization, route } = credentials;
    if (authorization === undefined) throw apiError("noCredentials");
    const [, token] = /^Bearer\s+([\w-]{20,100})$/i.exec(authorization.trim()) ?? [];
    if (token?.startsWith(BROWSER_TOKEN)) return authenticateBrowser(token, credentials);
    if (token?.startsWith(OPERATOR_TOKEN)) return authenticateOperator(token, credentials);
    const found = token === undefined ? ({ kind: "unknown" } as const) : await bearers.account(token);
    if (found.kind === "unknown") throw apiError("badBearer");
    if (found.kind === "expired") throw apiError("bearerExpired");
    const { account, acting } = found;
    if (account.suspended || acting?.organization.suspended) throw apiError("accountSuspended");
    // Who acts for an organisation has its rights and not those of an operator.
    const isOperator = account.role === "operator" && !acting;
    const scopes = acting?.role === "member" ? MEMBER_SCOPES : SCOPES;
    if (!mayCall({ kind: "account", scopes, isOperator }, route ?? "")) throw apiError("noPermission");
    const { id, uuid } = acting?.organization ?? account;
    const first = await store.firstProject(db, id);
    return {
      accountId: id,
      accountUuid: uuid,
      projectId: first?.projectId ?? 0,
      kind: "account",
      keyId: 0,
      models: undefined,
      caps: (first?.isCapped ? PROJECT_CAP : 0) | (acting?.isCapped ? MEMBER_CAP : 0),
      isOperator,
      actorUuid: account.uuid,
      memberId: acting?.memberId ?? 0,
    };
  }

  return {
    async authenticate(credentials) {
      const { apiKey } = credentials;
      if (!apiKey) return authenticateBearer(credentials);
      const key = apiKey.length > KEY_LIMIT ? undefined : await lookUp(apiKey);
      if (!key || (key.expires_at !== null && key.expires_at <= Date.now())) throw apiError("unknownKey");
      try {
        if (!addressAllowed(key.ipAllow, credentials.ip) || !addressAllowed(key.keyIpAllow, credentials.ip))
          throw apiError("ipNotAllowed", credentials.ip);
        if (key.auth === "signature") await checkSignature(key, credentials, apiKey);
      } catch (error) {
        noteRefusal(key, credentials.ip, error);
        throw error;
      }
      return admit(key, credentials);
    },
    createEmpty: (tx, project) => store.insertProject(tx, project),
    async removeAll(tx, accountId) {
      await store.revokeAll(tx, accountId);
      tx.afterCommit(forgetKeys);
    },
    async create(tx, project) {
      const id = await store.insertProject(tx, project);
      const { apiKey, apiSecret } = await issueKey(tx, seal, { projectId: id, auth: project.auth });
      return { id, apiKey, ...(apiSecret === null ? {} : { apiSecret }) };
    },
    async setPolicy(projectId, change) {
      await db.write((tx) =>
        store.updateProject(tx, projectId, {
          ...(change.noncePolicy ? { nonce_policy: change.noncePolicy } : {}),
          ...(change.ipAllow ? { ip_allow: JSON.stringify(change.ipAllow) } : {}),
        }),
      );
      forgetKeys();
    },
    list: (accountId) => store.listProjects(db, accountId),
    async chosen(principal, fields) {
      const named = idField(fields, "projectid");
      const id = named ?? principal.projectId;
      if (id === 0) throw apiError(named === undefined ? "projectMissing" : "noPermission");
      if (id !== principal.projectId && (await store.payer(db, id))?.accountId !== principal.accountId)
        throw apiError("noPermission");
      return id;
    },
    payer: (projectId) => store.payer(db, projectId),
    forgetKeys,
  };
}
