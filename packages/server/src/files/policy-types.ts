/**
 * What may be uploaded, decided by the name's extension and the first bytes together (reliability.md 4). Pure. The magic numbers are
 * those of the formats' own specifications; only types that a model takes are in the table.
 */
import { safeName } from "./policy.ts";

/** Bytes from the start of a file that are looked at. */
export const HEAD_BYTES = 4096;

interface FileType {
  contentType: string;
  /** The first is given to a file that came without one. */
  extensions: readonly string[];
  matches(head: Buffer): boolean;
}

const starts = (hex: string) => {
  const magic = Buffer.from(hex, "hex");
  return (head: Buffer) => head.subarray(0, magic.length).equals(magic);
};
const ascii = (head: Buffer, start: number, end: number) => head.toString("latin1", start, end);
const riff = (kind: string) => (head: Buffer) => ascii(head, 0, 4) === "RIFF" && ascii(head, 8, 12) === kind;
/** ISO base media: a box "ftyp" whose brand says what the file is for. */
const brand = (brands: RegExp) => (head: Buffer) => ascii(head, 4, 8) === "ftyp" && brands.test(ascii(head, 8, 12));

const ISO_MEDIA = brand(/^(isom|iso[2-9]|mp4[12]|avc1|dash|hvc1|MSNV|mmp4|M4[AVB] |f4v |3g[p2][0-9a-z]|qt {2})$/);
/** Sizes of the known second headers of a bitmap. */
const BITMAP_HEADERS = new Set([12, 40, 52, 56, 64, 108, 124]);

function isMp3(head: Buffer): boolean {
  if (ascii(head, 0, 3) === "ID3") return true;
  const [first = 0, second = 0, third = 0] = head;
  // Frame sync, a layer, a bit rate and a sampling rate that exist.
  return (
    first === 0xff &&
    (second & 0xe0) === 0xe0 &&
    (second & 0x06) !== 0 &&
    (third & 0xf0) !== 0xf0 &&
    (third & 0x0c) !== 0x0c
  );
}

/** UTF-8 without control characters other than white space; the last character may be cut off. */
function isText(head: Buffer): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (/[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(head.toString("latin1"))) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

const isJson = (head: Buffer) => isText(head) && /^\ufeff?\s*[[{"\-0-9tfn]/.test(head.toString("utf8"));

const IMAGES: readonly FileType[] = [
  { contentType: "image/png", extensions: ["png"], matches: starts("89504e470d0a1a0a") },
  { contentType: "image/jpeg", extensions: ["jpg", "jpeg"], matches: starts("ffd8ff") },
  { contentType: "image/webp", extensions: ["webp"], matches: riff("WEBP") },
  { contentType: "image/gif", extensions: ["gif"], matches: (head) => /^GIF8[79]a/.test(ascii(head, 0, 6)) },
  { contentType: "image/avif", extensions: ["avif"], matches: brand(/^avi[fs]$/) },
  {
    contentType: "image/bmp",
    extensions: ["bmp"],
    matches: (head) => ascii(head, 0, 2) === "BM" && head.length >= 26 && BITMAP_HEADERS.has(head.readUInt32LE(14)),
  },
];

const OTHERS: readonly FileType[] = [
  { contentType: "video/mp4", extensions: ["mp4"], matches: ISO_MEDIA },
  { contentType: "audio/mp4", extensions: ["m4a"], matches: ISO_MEDIA },
  {
    contentType: "video/quicktime",
    extensions: ["mov"],
    matches: (head) => ISO_MEDIA(head) || /^(moov|mdat|wide)$/.test(ascii(head, 4, 8)),
  },
  {
    contentType: "video/webm",
    extensions: ["webm"],
    matches: (head) => starts("1a45dfa3")(head) && ascii(head, 0, 128).includes("webm"),
  },
  { contentType: "audio/wav", extensions: ["wav"], matches: riff("WAVE") },
  { contentType: "audio/mpeg", extensions: ["mp3"], matches: isMp3 },
  { contentType: "audio/ogg", extensions: ["ogg", "opus"], matches: starts("4f676753") },
  { contentType: "audio/flac", extensions: ["flac"], matches: starts("664c6143") },
  { contentType: "audio/midi", extensions: ["mid"], matches: starts("4d546864") },
  { contentType: "application/pdf", extensions: ["pdf"], matches: starts("255044462d") },
  { contentType: "model/gltf-binary", extensions: ["glb"], matches: starts("676c5446") },
  { contentType: "application/zip", extensions: ["zip"], matches: starts("504b0304") },
];

/** Nothing in the bytes tells these from each other: a file without an extension is never one. */
const TEXTS: readonly FileType[] = [
  { contentType: "text/plain", extensions: ["txt"], matches: isText },
  { contentType: "text/csv", extensions: ["csv"], matches: isText },
  { contentType: "application/json", extensions: ["json"], matches: isJson },
];

const ALL = [...IMAGES, ...OTHERS, ...TEXTS];

/** An inner extension that some server or shell would act on: `a.php.png`. */
const ACTIVE =
  /\.(php\d?|phtml|phar|exe|dll|scr|msi|bat|cmd|ps1|vbs|hta|sh|cgi|jsp|aspx?|jar|m?js|html?|xhtml|shtml|svgz?|xml|swf|lnk)(?=\.)/i;

function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot + 1).toLowerCase();
}

/** Why this name cannot be uploaded whatever its bytes are; undefined = it can. */
export function nameRefusal(raw: string): string | undefined {
  const name = safeName(raw);
  const extension = extensionOf(name);
  if (ACTIVE.test(name)) return "must not have two extensions";
  if (extension === "" || ALL.some((type) => type.extensions.includes(extension))) return undefined;
  return "must be of an allowed type: images, audio, video, text, csv, json, pdf, glb, zip";
}

export type UploadType = { ok: true; name: string; contentType: string } | { ok: false; why: string };

/**
 * Name and content type of a file by what it is called and what its first bytes (at most HEAD_BYTES) are. A picture may carry another
 * picture's extension, which is common on the web; its type is that of its bytes.
 */
export function uploadType(raw: string, head: Buffer): UploadType {
  const why = nameRefusal(raw);
  if (why !== undefined) return { ok: false, why };
  if (head.length === 0) return { ok: false, why: "must not be empty" };
  const name = safeName(raw);
  const extension = extensionOf(name);
  if (extension === "") {
    const type = [...IMAGES, ...OTHERS].find((candidate) => candidate.matches(head));
    if (!type) return { ok: false, why: "must have a name that ends with its type, such as .png" };
    return { ok: true, name: `${name}.${type.extensions[0]}`, contentType: type.contentType };
  }
  const isImage = IMAGES.some((type) => type.extensions.includes(extension));
  const type = isImage
    ? IMAGES.find((candidate) => candidate.matches(head))
    : ALL.find((candidate) => candidate.extensions.includes(extension) && candidate.matches(head));
  if (!type) return { ok: false, why: `must have the content that its name (.${extension}) promises` };
  return { ok: true, name, contentType: type.contentType };
}
