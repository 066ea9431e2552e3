/** Rules for the archives in which models are added, as for ZIPs (files/policy-zip.ts). Pure: judges one entry after the other. */
import { MODEL_FILE_LIMIT } from "./folder.ts";

const MIB = 1024 * 1024;
export const ARCHIVE_LIMITS = {
  /** Bytes as they come. */
  packed: 300 * MIB,
  entries: 2_000,
  /** Bytes of all files. */
  total: 500 * MIB,
  /** Bytes of one file. */
  entry: MODEL_FILE_LIMIT,
  /** Bytes for each packed one, beyond the first MiB. */
  ratio: 200,
  /** Bytes of a path. */
  path: 255,
  /** Folders one in another. */
  depth: 16,
};

export interface ArchiveEntry {
  name: string;
  type: string;
  /** Bytes. */
  size: number;
}

export type EntryVerdict = { keep: "file" | "folder" | "nothing"; path: string } | { refused: string };

/** Judges the entries of one archive in their order. */
export function archiveRules(): (entry: ArchiveEntry) => EntryVerdict {
  const paths = new Set<string>();
  let entries = 0;
  let total = 0;
  return ({ name, type, size }) => {
    const refused = (why: string) => ({ refused: why });
    if (++entries > ARCHIVE_LIMITS.entries) return refused(`it has more than ${ARCHIVE_LIMITS.entries} entries`);
    if (/[\p{Cc}\ufffd\\]/u.test(name)) return refused("a name has characters that no name may have");
    if (name === "" || name.startsWith("/") || /^[a-z]:/i.test(name)) return refused("a name is not relative");
    if (Buffer.byteLength(name) > ARCHIVE_LIMITS.path)
      return refused(`a path is longer than ${ARCHIVE_LIMITS.path} bytes`);
    // `tar -C folder .` writes ./ before every name.
    const parts = name
      .replace(/^(\.\/)+/, "")
      .replace(/\/+$/, "")
      .split("/");
    const path = parts.join("/");
    if (path === "" || path === ".")
      return type === "directory" ? { keep: "nothing", path } : refused("a file has no name");
    if (parts.some((part) => part === "" || part === "." || part === ".."))
      return refused(`a name leads out of the archive: ${name}`);
    if (parts.length > ARCHIVE_LIMITS.depth) return refused(`it is deeper than ${ARCHIVE_LIMITS.depth} folders`);
    if (type === "directory") return { keep: "folder", path };
    if (type !== "file") return refused(`${path} is a ${type}; only plain files and folders may be in it`);
    if (paths.has(path)) return refused(`${path} is in it twice`);
    paths.add(path);
    if (size > ARCHIVE_LIMITS.entry)
      return refused(`${path} is larger than ${ARCHIVE_LIMITS.entry / MIB} MiB; list it under weights instead`);
    total += size;
    if (total > ARCHIVE_LIMITS.total)
      return refused(`it is larger than ${ARCHIVE_LIMITS.total / MIB} MiB when unpacked`);
    return { keep: "file", path };
  };
}

/** Whether so many unpacked bytes from so many packed ones are no archive of a model any more. */
export function isBomb(unpacked: number, packed: number): boolean {
  return unpacked > MIB && unpacked > packed * ARCHIVE_LIMITS.ratio;
}
