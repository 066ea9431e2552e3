/** Rules for ZIP archives that are extracted (reliability.md 4). Pure: it judges what the central directory says. */

const MIB = 1024 * 1024;
export const ZIP_LIMITS = {
  entries: 1_000,
  /** Bytes of all entries, extracted. */
  total: 500 * MIB,
  /** Bytes of one entry, extracted. */
  entry: 100 * MIB,
  /** Extracted bytes for each compressed one; a bomb was measured at 1,029. */
  ratio: 200,
  /** Bytes of a name with its folders. */
  name: 255,
  /** Folders one in another. */
  depth: 16,
};

/** One entry as the central directory describes it. */
export interface ZipEntryFacts {
  name: string;
  /** Bytes of the name as it stands there. */
  nameBytes: number;
  compressed: number;
  size: number;
  /** 0 stored, 8 deflated. */
  method: number;
  flags: number;
  externalAttributes: number;
  /** Where its local header begins. */
  offset: number;
}

export interface ZipFilePlace {
  /** Index in the directory. */
  index: number;
  folders: string[];
  name: string;
}

export type ZipVerdict = { ok: true; files: ZipFilePlace[] } | { ok: false; why: string };

const LOCAL_HEADER_BYTES = 30;
/** General purpose bits of the format: traditional, strong, and central directory encryption. */
const ENCRYPTED = 0x1 | 0x40 | 0x2000;
const UNIX_TYPE = 0o170000;
const UNIX_FILE = 0o100000;
const UNIX_FOLDER = 0o040000;

/** What a Mac adds to every archive it makes. */
const isMacNote = (name: string) => name.startsWith("__MACOSX/") || name.split("/").at(-1) === ".DS_Store";

function nameProblem({ name, nameBytes }: ZipEntryFacts): string | undefined {
  if (nameBytes > ZIP_LIMITS.name) return `a name is longer than ${ZIP_LIMITS.name} bytes`;
  if (/[\p{Cc}\ufffd\\]/u.test(name)) return "a name has characters that no name may have";
  if (name === "" || name.startsWith("/") || /^[a-z]:/i.test(name)) return "a name is not relative";
  const segments = name.replace(/\/$/, "").split("/");
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
    return "a name leads out of the archive";
  }
  return segments.length > ZIP_LIMITS.depth ? `it is deeper than ${ZIP_LIMITS.depth} folders` : undefined;
}

function contentProblem(entry: ZipEntryFacts): string | undefined {
  if ((entry.flags & ENCRYPTED) !== 0) return "it is encrypted";
  const isFolder = entry.name.endsWith("/");
  const type = (entry.externalAttributes >>> 16) & UNIX_TYPE;
  if (type !== 0 && type !== (isFolder ? UNIX_FOLDER : UNIX_FILE)) return "it has a link or a device in it";
  if (isFolder && entry.size > 0) return "a folder has content";
  if (entry.method !== 0 && entry.method !== 8) return "it is compressed in an unusual way";
  if (entry.size > ZIP_LIMITS.entry) return `a file is larger than ${ZIP_LIMITS.entry / MIB} MB`;
  if (entry.size > ZIP_LIMITS.ratio * entry.compressed) return `a file grows more than ${ZIP_LIMITS.ratio} times`;
  return undefined;
}

/** Two entries that share bytes (how a small archive becomes a huge one), or one that reaches into the directory. */
function overlaps(entries: readonly ZipEntryFacts[], directoryStart: number): boolean {
  const ranges = entries
    .map(({ offset, nameBytes, compressed }) => ({
      start: offset,
      end: offset + LOCAL_HEADER_BYTES + nameBytes + compressed,
    }))
    .sort((a, b) => a.start - b.start);
  return ranges.some(({ end }, index) => end > (ranges[index + 1]?.start ?? directoryStart));
}

/** Two names that are one on some file system, or a file that is also a folder. */
function clashes(names: readonly string[]): boolean {
  const folded = (name: string) => name.normalize("NFC").toLowerCase();
  const whole = new Set<string>();
  /** Each folder under its folded name, as it was first spelled. */
  const folders = new Map<string, string>();
  for (const name of names) {
    const plain = name.replace(/\/$/, "");
    if (whole.has(folded(plain))) return true;
    whole.add(folded(plain));
    const parts = (name.endsWith("/") ? `${plain}/x` : plain).split("/").slice(0, -1);
    for (let n = 1; n <= parts.length; n++) {
      const path = parts.slice(0, n).join("/");
      if ((folders.get(folded(path)) ?? path) !== path) return true;
      folders.set(folded(path), path);
    }
  }
  return names.some((name) => !name.endsWith("/") && folders.has(folded(name)));
}

/** Whether the archive may be extracted, and where its files belong. `directoryStart` is the offset of the central directory. */
export function judgeZip(entries: readonly ZipEntryFacts[], directoryStart: number): ZipVerdict {
  const no = (why: string): ZipVerdict => ({ ok: false, why });
  if (entries.length > ZIP_LIMITS.entries) return no(`it has more than ${ZIP_LIMITS.entries} entries`);
  for (const entry of entries) {
    const problem = nameProblem(entry) ?? contentProblem(entry);
    if (problem !== undefined) return no(problem);
  }
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > ZIP_LIMITS.total) return no(`it is larger than ${ZIP_LIMITS.total / MIB} MB when extracted`);
  if (clashes(entries.map(({ name }) => name))) return no("two of its names are the same");
  if (overlaps(entries, directoryStart)) return no("two of its entries share bytes");
  const files = entries.flatMap(({ name }, index) => {
    if (name.endsWith("/") || isMacNote(name)) return [];
    const segments = name.split("/");
    return [{ index, folders: segments.slice(0, -1), name: segments.at(-1) as string }];
  });
  return files.length === 0 ? no("there is no file in it") : { ok: true, files };
}

/** A folder of an archive under a name that folders here may have. */
export function folderName(raw: string): string {
  return raw.replace(/[^A-Za-z0-9_-]/g, "-").slice(0, 100);
}
