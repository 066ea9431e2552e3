/**
 * The operator's credential for the command line. It is derived from the master key, so there is nothing to make, keep or revoke:
 * who can read that key could open every secret of the store and make any token anyway.
 */
import { createHash, hkdfSync, timingSafeEqual } from "node:crypto";

/** What such a token begins with, so that it is known for what it is wherever it turns up. */
export const OPERATOR_TOKEN = "myop_";
/** The purpose of the derived bytes (RFC 5869, info): no other use of the master key gives the same. */
const PURPOSE = "modelyard operator token v1";
const BYTES = 32;

export function operatorToken(masterKey: Buffer): string {
  const derived = hkdfSync("sha256", masterKey, Buffer.alloc(0), PURPOSE, BYTES);
  return OPERATOR_TOKEN + Buffer.from(derived).toString("base64url");
}

/** In constant time: of digests, because texts of different length cannot be compared so. */
export function isSameToken(sent: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(sent), digest(token));
}
