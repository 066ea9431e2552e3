/** Pure rules of folders, quota and what the file endpoints are asked for. */
import { FOLDER_NAME } from "@modelyard/contract";

/** Folders of one account, and one in another. */
export const FOLDER_LIMIT = 10_000;
export const FOLDER_DEPTH = 32;
const LIST_LIMIT = 100;
/** Disks give room in blocks of this many bytes; without it a million files of one byte would be free. */
const BLOCK = 4096;

/** Bytes of the quota that a file takes. */
export function charge(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

/** The folder that has no row: where files and folders are that were put nowhere else. */
export function rootOf(accountUuid: string): string {
  return accountUuid.replaceAll("-", "").toLowerCase();
}

export function isFolderName(raw: unknown): raw is string {
  return typeof raw === "string" && FOLDER_NAME.test(raw);
}

function field(fields: Readonly<Record<string, unknown>>, names: readonly string[]): unknown {
  for (const name of names) {
    const raw = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (raw !== undefined && raw !== null && raw !== "") return raw;
  }
  return undefined;
}

/** An id under any of these names; "none" = one that nothing can have. */
export function idField(
  fields: Readonly<Record<string, unknown>>,
  names: readonly string[],
): string | "missing" | "none" {
  const raw = field(fields, names);
  // "0" is how ids say that there is none.
  if (raw === undefined || raw === "0" || raw === 0) return "missing";
  return typeof raw === "string" && /^[0-9a-f]{32}$/.test(raw) ? raw : "none";
}

/** Which page of a list; numbers come as text. */
export function pageOf(fields: Readonly<Record<string, unknown>>): { start: number; limit: number } {
  const count = (name: string, otherwise: number) => {
    const text = String(field(fields, [name]) ?? "").trim();
    return /^\d{1,9}$/.test(text) ? Number(text) : otherwise;
  };
  return { start: count("start", 0), limit: Math.min(count("limit", 20), LIST_LIMIT) };
}

/** A quota as a message says it. */
export function sizeText(bytes: number): string {
  return bytes >= 1024 ** 3 ? `${Number((bytes / 1024 ** 3).toFixed(1))} GB` : `${Math.floor(bytes / 1024 ** 2)} MB`;
}
