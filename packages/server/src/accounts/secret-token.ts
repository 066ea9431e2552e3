import { createHash, randomBytes } from "node:crypto";

/** 256 random bits: sessions, bearer tokens and links. Only its hash is stored. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** SHA-256, hex. Enough for secrets of 256 random bits (reliability.md 5.1). */
export function secretHash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
