import type { NewKey, Project, ProjectKey, Scope, SpendCap } from "@modelyard/contract";
import type { IssuedKey } from "./service-keys.ts";
import type { OwnKeyRow, OwnProjectRow } from "./store-manage.ts";

const seconds = (ms: number | null): string => String(Math.floor((ms ?? 0) / 1000));

/** `now`: unix milliseconds. */
export function presentKey(row: OwnKeyRow, cap: SpendCap | null, now: number): ProjectKey {
  const isOver = row.expires_at !== null && row.expires_at <= now;
  return {
    id: String(row.id),
    name: row.name,
    last4: row.key_last4,
    scopes: row.scopes.split(",") as Scope[],
    models: JSON.parse(row.models) as string[],
    ipwhitelist: JSON.parse(row.ip_allow) as string[],
    createtime: seconds(row.created_at),
    expires: seconds(row.expires_at),
    lastused: seconds(row.last_used_at),
    status: row.revoked_at !== null ? "revoked" : isOver ? "expired" : "active",
    cap,
  };
}

export function presentNewKey(key: ProjectKey, issued: IssuedKey): NewKey {
  return { ...key, apikey: issued.apiKey, apisecret: issued.apiSecret };
}

export function presentProject(row: OwnProjectRow, keys: ProjectKey[], cap: SpendCap | null): Project {
  return {
    id: String(row.id),
    name: row.name,
    authmethod: row.auth,
    noncepolicy: row.nonce_policy,
    ipwhitelist: JSON.parse(row.ip_allow) as string[],
    createtime: seconds(row.created_at),
    alerturl: row.alert_url,
    cap,
    keys,
  };
}
