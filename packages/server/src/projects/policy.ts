/** Pure rules of API authentication (wire-contract.md 2, reliability.md 5.2). */
import { createHmac, timingSafeEqual } from "node:crypto";
import { BlockList, isIP, isIPv6 } from "node:net";

/** Longest nonce that is looked at, in characters; the longest seen in a real client has 32. */
const NONCE_LIMIT = 1024;
/** Seconds that a nonce may be away from now under `window` and `strict`. */
export const NONCE_WINDOW_S = 300;

/**
 * The hex digest in an `x-signature` header, or undefined. The documented shell line puts openssl's whole output there
 * (`SHA2-256(stdin)= <hex>`), so everything up to the last "=" or blank is dropped. Two headers arrive joined by a comma: refused.
 */
export function signatureDigest(header: string): string | undefined {
  if (header.includes(",")) return undefined;
  const digest = header.trim().split(/[=\s]/).at(-1) ?? "";
  return /^[0-9a-f]{64}$/i.test(digest) ? digest.toLowerCase() : undefined;
}

/** HMAC-SHA256 with the API key as key over secret + nonce, compared in constant time. */
export function signatureMatches(options: {
  apiKey: string;
  apiSecret: string;
  nonce: string;
  digest: string;
}): boolean {
  const expected = createHmac("sha256", options.apiKey)
    .update(options.apiSecret + options.nonce)
    .digest();
  return timingSafeEqual(expected, Buffer.from(options.digest, "hex"));
}

/** Whether the nonce is one the policy takes at `now` (unix milliseconds); single use is checked by the store. */
export function nonceAllowed(policy: "compat" | "window" | "strict", nonce: string, now: number): boolean {
  if (nonce === "" || nonce.length > NONCE_LIMIT) return false;
  if (policy === "compat") return true;
  if (!/^(\d{10}|\d{13})$/.test(nonce)) return false;
  const seconds = nonce.length === 13 ? Number(nonce) / 1000 : Number(nonce);
  return Math.abs(seconds - now / 1000) <= NONCE_WINDOW_S;
}

/** `::ffff:1.2.3.4` → `1.2.3.4`; anything else unchanged. */
export function normalAddress(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  return mapped?.[1] ?? ip;
}

/** Whether `ip` is in `allowed` (addresses, CIDR ranges, `*`); an empty list allows everybody. */
export function addressAllowed(allowed: readonly string[], ip: string): boolean {
  if (allowed.length === 0 || allowed.includes("*")) return true;
  const address = normalAddress(ip);
  const family = isIPv6(address) ? "ipv6" : "ipv4";
  const list = new BlockList();
  for (const entry of allowed) {
    const [base = "", bits] = normalAddress(entry.trim()).split("/");
    if (isIP(base) === 0) continue;
    const type = isIPv6(base) ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(base, type);
    else list.addSubnet(base, Number(bits), type);
  }
  return list.check(address, family);
}
