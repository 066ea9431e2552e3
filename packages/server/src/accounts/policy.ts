/** Pure rules of signing in (reliability.md 5.5). */
import { domainToASCII } from "node:url";
import { PASSWORD_LENGTH } from "@modelyard/contract";

/** A session ends this long after it was last used, and this long after it began. Milliseconds. */
export const SESSION_IDLE_MS = 12 * 60 * 60 * 1000;
export const SESSION_MS = 30 * 24 * 60 * 60 * 1000;
/** A bearer token of a session, in milliseconds. */
export const BEARER_MS = 15 * 60 * 1000;
/** How long one-time links can be followed, in milliseconds. */
export const LINK_MS = {
  welcome: 24 * 60 * 60 * 1000,
  verify: 3 * 24 * 60 * 60 * 1000,
  email: 24 * 60 * 60 * 1000,
  reset: 60 * 60 * 1000,
  invitation: 14 * 24 * 60 * 60 * 1000,
} as const;

const LOCAL = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}$/;
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;

/**
 * One spelling for each address: trimmed, lower case, the host as its ASCII name. `a+b@…` stays apart from `a@…`. Undefined for
 * what is no address; letters beyond ASCII before the @ count as such, because two of them can look alike.
 */
export function normalEmail(raw: unknown): string | undefined {
  if (typeof raw !== "string" || raw.length > 320) return undefined;
  const at = raw.lastIndexOf("@");
  const local = raw.slice(0, at).trim().toLowerCase();
  const host = domainToASCII(
    raw
      .slice(at + 1)
      .trim()
      .normalize("NFKC")
      .toLowerCase(),
  );
  if (at < 1 || !LOCAL.test(local) || /^\.|\.\.|\.$/.test(local) || !HOST.test(host)) return undefined;
  return `${local}@${host}`;
}

/** A name of an account, project or key: one line of 1 to 100 characters. Shown as text everywhere, so markup is harmless in it. */
export function plainName(raw: unknown): string | undefined {
  if (typeof raw !== "string") return undefined;
  const name = raw.normalize("NFC").trim();
  // Control characters, line ends, and what turns the direction of writing.
  const odd = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
  return name.length >= 1 && name.length <= 100 && name.isWellFormed() && !odd.test(name) ? name : undefined;
}

/** Counted in code points, as its user counts. */
export function passwordFits(password: string): boolean {
  if (password.length > PASSWORD_LENGTH.max * 2) return false;
  const length = [...password].length;
  return length >= PASSWORD_LENGTH.min && length <= PASSWORD_LENGTH.max;
}

/** Whether a session that began and was last seen then is still good. */
export function sessionHolds(session: { created_at: number; seen_at: number }, now: number): boolean {
  return now - session.seen_at < SESSION_IDLE_MS && now - session.created_at < SESSION_MS;
}

/** A path on this server to go to, or undefined: `//evil`, `/\evil` and full addresses lead elsewhere. */
export function localPath(raw: unknown): string | undefined {
  if (typeof raw !== "string" || raw.length > 2000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(raw) || raw.includes("\\"))
    return undefined;
  const url = URL.parse(raw, "http://here.invalid");
  return url?.origin === "http://here.invalid" ? url.pathname + url.search + url.hash : undefined;
}

/**
 * Whether a request that changes something comes from a page of this server. Browsers say so in Sec-Fetch-Site, which pages cannot
 * set; older ones and plain http in Origin. A request with neither is refused: no browser sends such a POST.
 */
export function sameSite(sent: { site: string | undefined; origin: string | undefined }, base: string): boolean {
  if (sent.site !== undefined) return sent.site === "same-origin";
  return sent.origin !== undefined && sent.origin === URL.parse(base)?.origin;
}

export function isSecure(base: string): boolean {
  return base.startsWith("https:");
}

export function isLoopback(base: string): boolean {
  const host = URL.parse(base)?.hostname ?? "";
  return host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host) || host.endsWith(".localhost");
}

/** `__Host-` ties the cookie to this very host, over TLS; it cannot be had on plain http. */
export function cookieName(base: string): string {
  return isSecure(base) ? "__Host-modelyard" : "modelyard-session";
}

export function sessionCookie(base: string, token: string): string {
  const age = token === "" ? 0 : SESSION_MS / 1000;
  const secure = isSecure(base) ? "; Secure" : "";
  return `${cookieName(base)}=${token}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Lax${secure}`;
}

/** The session's token in a Cookie header. Two cookies of that name: the first, as browsers put the more exact path first. */
export function cookieToken(header: string | undefined, base: string): string | undefined {
  const prefix = `${cookieName(base)}=`;
  const found = header
    ?.split(";")
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(prefix));
  const token = found?.slice(prefix.length);
  return token !== undefined && /^[\w-]{43}$/.test(token) ? token : undefined;
}
