/** Pure rules about what can be asked of projects and keys. */
import { isIP, isIPv6 } from "node:net";
import { apiError, CapPeriod, cleanSlug, type Money, SCOPES } from "@modelyard/contract";
import { plainName } from "../accounts/policy.ts";
import type { Fields } from "../http/body.ts";
import { dollarsField, isSent, listField, oneOf, textField, wholeField } from "../http/fields.ts";
import { normalAddress } from "./policy.ts";
import type { KeyRules } from "./service-keys.ts";

/** Projects of an account; keys of a project that are not revoked; browser tokens of a project at a time. */
export const LIMITS = { projects: 200, keys: 100, browserTokens: 10_000 } as const;
/** Longest overlap of a rotation, in seconds. */
export const OVERLAP_S = 30 * 24 * 60 * 60;

const MODELS = 50;
const ADDRESSES = 100;
/** The year 9999 in unix seconds. */
const LATEST_S = 253_402_300_799;

export function nameField(fields: Fields, name = "name"): string | undefined {
  const value = textField(fields, name);
  if (value === undefined) return undefined;
  const text = plainName(value);
  if (text === undefined) throw apiError("fieldInvalid", name, "must be one line of 1 to 100 characters");
  return text;
}

/** Whether an entry of an IP list is an address, a CIDR range, or `*`. */
export function isAddressEntry(entry: string): boolean {
  if (entry === "*") return true;
  const [base = "", bits, ...more] = normalAddress(entry).split("/");
  if (more.length > 0 || isIP(base) === 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv6(base) ? 128 : 32));
}

export function addressesField(fields: Fields): string[] | undefined {
  const list = listField(fields, "ipwhitelist", ADDRESSES);
  const wrong = list?.find((entry) => !isAddressEntry(entry));
  if (wrong !== undefined) throw apiError("fieldInvalid", "ipwhitelist", "must list addresses, CIDR ranges or *");
  return list;
}

/** An http(s) address without credentials in it; "" takes it away. Whether its host may be called is decided when it is called. */
export function alertField(fields: Fields): string | undefined {
  const value = textField(fields, "alerturl");
  if (value === undefined || value === "") return value;
  const url = value.length > 2048 ? null : URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "")
    throw apiError("fieldInvalid", "alerturl", "must be an http or https address");
  return url.href;
}

/** Models by their clean names, whatever the spelling. */
export function modelsField(fields: Fields): string[] | undefined {
  const list = listField(fields, "models", MODELS);
  return list?.map((entry) => {
    const [owner, slug, ...more] = entry.split("/");
    if (!owner || !slug || more.length > 0) throw apiError("fieldInvalid", "models", "must list models as owner/model");
    return `${cleanSlug(owner)}/${cleanSlug(slug)}`;
  });
}

/** What of a key's rules was sent. `now`: unix milliseconds. */
export function keyRules(fields: Fields, now: number): KeyRules {
  const rules: KeyRules = {};
  const name = nameField(fields);
  if (name !== undefined) rules.name = name;
  const scopes = listField(fields, "scopes", SCOPES.length);
  if (scopes !== undefined) {
    if (scopes.length === 0 || scopes.some((scope) => !(SCOPES as readonly string[]).includes(scope)))
      throw apiError("parameterNotOption", "scopes", SCOPES);
    rules.scopes = scopes;
  }
  const models = modelsField(fields);
  if (models !== undefined) rules.models = models;
  const ipAllow = addressesField(fields);
  if (ipAllow !== undefined) rules.ipAllow = ipAllow;
  const expires = wholeField(fields, "expires", { min: 0, max: LATEST_S });
  if (expires !== undefined) {
    if (expires !== 0 && expires * 1000 <= now)
      throw apiError("fieldInvalid", "expires", "must be in the future, or 0");
    rules.expiresAt = expires === 0 ? null : expires * 1000;
  }
  return rules;
}

/** A cap that was sent: its amount and period, `"none"` to take it away, or undefined. */
export function capField(fields: Fields): { amount: Money; period: CapPeriod } | "none" | undefined {
  if (!isSent(fields, "cap")) return undefined;
  const amount = dollarsField(fields, "cap");
  if (amount === undefined) return "none";
  return { amount, period: oneOf(fields, "capperiod", CapPeriod.options) ?? "total" };
}
