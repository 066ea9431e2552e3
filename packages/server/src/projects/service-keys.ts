/** Making keys: what is random, what is stored, what is shown once. */
import { createHash, randomBytes } from "node:crypto";
import type { Tx } from "../db/database.ts";
import type { Seal } from "./seal.ts";
import { insertKey, type NewKeyRow } from "./store.ts";

export interface IssuedKey {
  keyId: number;
  apiKey: string;
  /** Null in key-only projects. */
  apiSecret: string | null;
}

export interface KeyRules {
  name?: string;
  scopes?: readonly string[];
  models?: readonly string[];
  ipAllow?: readonly string[];
  expiresAt?: number | null;
}

/** Of a key or token as it is sent, with the prefix that bearer tokens get. */
export function keyHash(name: string): string {
  return createHash("sha256").update(name).digest("hex");
}

export function rulesRow(rules: KeyRules): Pick<NewKeyRow, "name" | "scopes" | "models" | "ipAllow" | "expiresAt"> {
  const { name, scopes, models, ipAllow, expiresAt } = rules;
  return {
    ...(name === undefined ? {} : { name }),
    ...(scopes === undefined ? {} : { scopes: scopes.join(",") }),
    ...(models === undefined ? {} : { models: JSON.stringify(models) }),
    ...(ipAllow === undefined ? {} : { ipAllow: JSON.stringify(ipAllow) }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** A key of 256 random bits, stored hashed; its secret, in signature projects, sealed under the master key. */
export async function issueKey(
  tx: Tx,
  seal: Seal,
  key: { projectId: number; auth: "signature" | "apikey" } & KeyRules,
): Promise<IssuedKey> {
  const { projectId, auth, ...rules } = key;
  const apiKey = randomBytes(32).toString("base64url").replace(/[-_]/g, "x");
  const apiSecret = auth === "signature" ? randomBytes(32).toString("hex") : null;
  const keyId = await insertKey(tx, {
    projectId,
    keyHash: keyHash(apiKey),
    last4: apiKey.slice(-4),
    secretSealed: apiSecret === null ? null : seal.seal(apiSecret, `project:${projectId}`),
    ...rulesRow(rules),
  });
  return { keyId, apiKey, apiSecret };
}

/** A bearer token of 256 random bits. */
export function newBearer(prefix: string): string {
  return prefix + randomBytes(32).toString("base64url");
}
