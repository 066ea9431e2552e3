/** Pure rules about file names and types. */

/** Content type by extension: what is served inline; everything else is served as an attachment of unknown type. */
const TYPES: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  avif: "image/avif",
  bmp: "image/bmp",
  mp4: "video/mp4",
  webm: "video/webm",
  mov: "video/quicktime",
  wav: "audio/wav",
  mp3: "audio/mpeg",
  ogg: "audio/ogg",
  opus: "audio/ogg",
  flac: "audio/flac",
  m4a: "audio/mp4",
  mid: "audio/midi",
  txt: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  // Subtitles: SubRip has no registered type.
  srt: "text/plain",
  vtt: "text/vtt",
  json: "application/json",
  pdf: "application/pdf",
  zip: "application/zip",
  svg: "image/svg+xml",
  glb: "model/gltf-binary",
};

const NAME_LIMIT = 120;

/** A name that is safe in a folder, in an address and on a page: no path, no control characters, never empty. */
export function safeName(raw: string): string {
  const last = raw.toWellFormed().split(/[/\\]/).at(-1) ?? "";
  const clean = last
    .replace(/[\p{Cc}<>:"|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]/gu, "")
    .replace(/^[.\s]+|[.\s]+$/g, "");
  if (clean === "") return "file";
  if (clean.length <= NAME_LIMIT) return clean;
  const dot = clean.lastIndexOf(".");
  const extension = dot > 0 && clean.length - dot <= 12 ? clean.slice(dot) : "";
  return clean.slice(0, NAME_LIMIT - extension.length) + extension;
}

/** Content type of a file by its name, with what a client claimed as second choice. */
export function typeByName(name: string, claimed = ""): string {
  const extension = name.split(".").at(-1)?.toLowerCase() ?? "";
  const known = Object.hasOwn(TYPES, extension) ? TYPES[extension] : undefined;
  return known ?? (/^[\w.+-]+\/[\w.+-]+$/.test(claimed) ? claimed : "application/octet-stream");
}

/** Path of a file's address below the public base. */
export function filePath(file: { accessKey: string; name: string }): string {
  return `/v1/File/${file.accessKey}/${encodeURIComponent(file.name)}`;
}

/** Types that a browser may show in place; they cannot carry script (reliability.md 0.10). */
const INLINE =
  /^(image\/(png|jpeg|webp|gif|avif|bmp)|video\/(mp4|webm|quicktime)|audio\/[\w.+-]+|text\/plain|application\/pdf|application\/json)$/;
const MEDIA = /^(audio|video)\//;
/** What is served under its own name; a type that only a client has claimed (`text/javascript`) is served as none. */
const SERVED = new Set(Object.values(TYPES));

/** Response headers that make any stored file inert: nothing in it can run as part of a page. `download`: never shown in place. */
export function inertHeaders(file: { name: string; contentType: string; download?: boolean }): Record<string, string> {
  const inline = INLINE.test(file.contentType) && !file.download;
  const policy = MEDIA.test(file.contentType)
    ? "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    : "default-src 'none'; sandbox; frame-ancestors 'none'";
  const ascii = file.name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  return {
    "content-type":
      SERVED.has(file.contentType) || MEDIA.test(file.contentType) ? file.contentType : "application/octet-stream",
    "content-disposition": `${inline ? "inline" : "attachment"}; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(file.name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`,
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "cross-origin",
    "access-control-allow-origin": "*",
    "cache-control": "private, max-age=3600",
  };
}

/** Whether an `If-None-Match` names the tag: in a list, weak or strong, or as `*`. */
export function matchesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((part) => part.trim() === "*" || part.trim().replace(/^W\//, "") === tag);
}

/** A single `Range: bytes=a-b` within `size`; undefined = send everything, "unsatisfiable" = 416. */
export function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | "unsatisfiable" | undefined {
  if (header === undefined) return undefined;
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim());
  if (!match) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (start >= size || end < start) return "unsatisfiable";
  return { start, end };
}
