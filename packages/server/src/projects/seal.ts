/**
 * Secrets at rest: AES-256-GCM under a master key that lives outside the database (reliability.md 5.1).
 * The owner's identity is part of the authenticated data, so a sealed value moved to another row does not open.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const VERSION = "v1";

export interface Seal {
  seal(plain: string, owner: string): string;
  /** Throws when the value was sealed for another owner, with another key, or was changed. */
  open(sealed: string, owner: string): string;
}

export function createSeal(masterKey: Buffer): Seal {
  if (masterKey.length !== 32) throw new RangeError("the master key must be 32 bytes");
  return {
    seal(plain, owner) {
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", masterKey, iv).setAAD(Buffer.from(`${owner}|${VERSION}`));
      const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return [
        VERSION,
        iv.toString("base64url"),
        body.toString("base64url"),
        cipher.getAuthTag().toString("base64url"),
      ].join(".");
    },
    open(sealed, owner) {
      const [version, iv = "", body = "", tag = ""] = sealed.split(".");
      if (version !== VERSION) throw new RangeError(`sealed with an unknown version: ${version}`);
      const decipher = createDecipheriv("aes-256-gcm", masterKey, Buffer.from(iv, "base64url"));
      decipher.setAAD(Buffer.from(`${owner}|${VERSION}`)).setAuthTag(Buffer.from(tag, "base64url"));
      return decipher.update(Buffer.from(body, "base64url"), undefined, "utf8") + decipher.final("utf8");
    },
  };
}

/** The key given (64 hex digits), or the one in `<dataDir>/master.key`, made at the first start (mode 0600). */
export function loadMasterKey(dataDir: string, given: string | undefined): Buffer {
  return parseMasterKey(given ?? readOrMake(join(dataDir, "master.key")));
}

/** The same of a server that has been started before: nothing is made. Throws where the file cannot be read. */
export function readMasterKey(dataDir: string, given: string | undefined): Buffer {
  return parseMasterKey(given ?? readFileSync(join(dataDir, "master.key"), "utf8").trim());
}

function parseMasterKey(text: string): Buffer {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new Error("the master key must be 64 hex digits");
  return Buffer.from(text, "hex");
}

function readOrMake(path: string): string {
  if (!existsSync(path)) writeFileSync(path, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  return readFileSync(path, "utf8").trim();
}
