/** Pure rules about pages: what browsers are told to allow, which form of an answer a client wants, and what goes into a report. */

/** `origins`: where the API and its files are addressed when that is not where the page is. */
export function contentSecurityPolicy(scripts: readonly string[], origins: readonly string[]): string {
  const files = origins.map((origin) => ` ${origin}`).join("");
  const sockets = origins.map((origin) => ` ${origin} ${origin.replace(/^http/, "ws")}`).join("");
  return [
    "default-src 'none'",
    `script-src 'self'${scripts.map((hash) => ` '${hash}'`).join("")}`,
    "style-src 'self'",
    "font-src 'self'",
    `img-src 'self' blob: data:${files}`,
    `media-src 'self' blob:${files}`,
    `connect-src 'self'${sockets}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/**
 * For a script that runs as a worker, which takes its policy from its own file and not from the page: it may reach nothing. The one
 * there is reads PDFs of models, with decoders in WebAssembly that the page hands to it.
 */
export const WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

/** Headers of every page beside its own. Camera and microphone are for the forms of models. */
export const PAGE_HEADERS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "strict-origin-when-cross-origin",
  "permissions-policy": "camera=(self), microphone=(self), geolocation=()",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "public, max-age=0, must-revalidate",
  vary: "accept, accept-encoding",
};

/** The best encoding a client takes; a weight of 0 refuses. */
export function chosenEncoding(accepted: string | undefined): "br" | "gzip" | "identity" {
  const names = (accepted ?? "")
    .toLowerCase()
    .split(",")
    .map((part) => part.trim().split(/\s*;\s*/))
    .filter(([, weight]) => !/^q=0(\.0*)?$/.test(weight ?? ""))
    .map(([name]) => name);
  if (names.includes("br")) return "br";
  return names.includes("gzip") ? "gzip" : "identity";
}

/** Whether a client names Markdown, and before HTML: browsers name HTML and then everything. */
export function wantsMarkdown(accept: string | undefined): boolean {
  const names = (accept ?? "").toLowerCase();
  const markdown = names.indexOf("text/markdown");
  const html = names.indexOf("text/html");
  return markdown !== -1 && (html === -1 || markdown < html);
}

/** Longest address of a page; what is longer is answered as not found. */
export const ADDRESS_LIMIT = 4_096;

const REASONS = ["broken", "misleading", "harmful", "rights", "other"] as const;

export interface Report {
  reason: (typeof REASONS)[number];
  details: string;
  contact: string;
}

/** Characters kept. */
const DETAILS_LIMIT = 2_000;
const CONTACT_LIMIT = 200;

/** Undefined where nothing is said. */
export function readReport(fields: Readonly<Record<string, unknown>>): Report | undefined {
  const text = (name: string, limit: number) => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return typeof value === "string" ? value.toWellFormed().replaceAll("\0", "").trim().slice(0, limit) : "";
  };
  const details = text("details", DETAILS_LIMIT);
  if (details === "") return undefined;
  const reason = REASONS.find((name) => name === fields.reason) ?? "other";
  return { reason, details, contact: text("contact", CONTACT_LIMIT) };
}
