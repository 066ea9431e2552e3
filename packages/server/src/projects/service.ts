/** Projects and their keys: who is calling, and may they (wire-contract.md 2). */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { apiError } from "@modelyard/contract";
import type { Database, Tx } from "../db/database.ts";
import { addressAllowed, NONCE_WINDOW_S, nonceAllowed, signatureDigest, signatureMatches } from "./policy.ts";
import type { Seal } from "./seal.ts";
import * as store from "./store.ts";

export type { ProjectRow } from "./store.ts";

/** The caller of one request. */
export interface Principal {
  accountId: number;
  accountUuid: string;
  projectId: number;
}

/** The headers that authentication looks at, and the address the request came from. */
export interface Credentials {
  apiKey: string | undefined;
  nonce: string | undefined;
  signature: string | undefined;
  authorization: string | undefined;
  ip: string;
}

export interface NewProject {
  id: number;
  apiKey: string;
  apiSecret?: string;
}

interface KnownKey extends store.KeyRow {
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

export interface Projects {
  authenticate(credentials: Credentials): Promise<Principal>;
  create(tx: Tx, project: { accountId: number; name: string; auth: "signature" | "apikey" }): Promise<NewProject>;
  setPolicy(
    projectId: number,
    change: { noncePolicy?: "compat" | "window" | "strict"; ipAllow?: string[] },
  ): Promise<void>;
  list(accountId: number): Promise<store.ProjectRow[]>;
  /** Account that owns the project, if there is one. */
  accountOf(projectId: number): Promise<number | undefined>;
}

export function createProjects(db: Database, seal: Seal): Projects {
  const cache = new Map<string, KnownKey>();

  async function lookUp(apiKey: string): Promise<KnownKey | undefined> {
    const now = performance.now();
    const cached = cache.get(apiKey);
    if (cached && now - cached.readAt < CACHE_MS) return cached;
    const row = await store.findKey(db, createHash("sha256").update(apiKey).digest("hex"));
    if (!row) {
      cache.delete(apiKey);
      return undefined;
    }
    const secret = row.secret_sealed === null ? null : seal.open(row.secret_sealed, `project:${row.project_id}`);
    const known = { ...row, secret, ipAllow: JSON.parse(row.ip_allow) as string[], verified: new Map(), readAt: now };
    if (cache.size >= CACHE_KEYS) cache.clear();
    cache.set(apiKey, known);
    return known;
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

  return {
    async authenticate(credentials) {
      const { apiKey } = credentials;
      if (!apiKey) {
        throw apiError(credentials.authorization === undefined ? "noCredentials" : "badBearer");
      }
      const key = apiKey.length > KEY_LIMIT ? undefined : await lookUp(apiKey);
      if (!key) throw apiError("unknownKey");
      if (!addressAllowed(key.ipAllow, credentials.ip)) throw apiError("ipNotAllowed", credentials.ip);
      if (key.auth === "signature") await checkSignature(key, credentials, apiKey);
      if (key.suspended) throw apiError("accountSuspended");
      return { accountId: key.account_id, accountUuid: key.account_uuid, projectId: key.project_id };
    },
    async create(tx, project) {
      const id = await store.insertProject(tx, project);
      const apiKey = randomBytes(32).toString("base64url").replace(/[-_]/g, "x");
      const apiSecret = project.auth === "signature" ? randomBytes(32).toString("hex") : undefined;
      await store.insertKey(tx, {
        projectId: id,
        keyHash: createHash("sha256").update(apiKey).digest("hex"),
        last4: apiKey.slice(-4),
        secretSealed: apiSecret === undefined ? null : seal.seal(apiSecret, `project:${id}`),
      });
      return { id, apiKey, ...(apiSecret === undefined ? {} : { apiSecret }) };
    },
    async setPolicy(projectId, change) {
      await db.write((tx) =>
        store.updateProject(tx, projectId, {
          ...(change.noncePolicy ? { nonce_policy: change.noncePolicy } : {}),
          ...(change.ipAllow ? { ip_allow: JSON.stringify(change.ipAllow) } : {}),
        }),
      );
      cache.clear();
    },
    list: (accountId) => store.listProjects(db, accountId),
    accountOf: (projectId) => store.projectAccount(db, projectId),
  };
}
