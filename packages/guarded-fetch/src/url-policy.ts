/** Which addresses (URLs) may be asked for at all, before anything is resolved. Pure. */
import { isIPv4 } from "node:net";
import { isPublicAddress, parseAddress } from "./address-policy.ts";
import { FetchError } from "./fetch-error.ts";

export interface Target {
  url: URL;
  /** Host without brackets and without final dots: what is resolved, or an IP address. */
  host: string;
  port: number;
  /** The operator named this host: it may be private. */
  trusted: boolean;
}

/** Characters of an address. */
const LONGEST = 2_048;
const PRIVATE_NAME = /(^|\.)(local|localhost|internal)$/;

interface AllowedHost {
  host: string;
  port: number | undefined;
}

/** Entries are `host` or `host:port`; IPv6 addresses in brackets. Compared after the same parsing as addresses. */
function allowedHost(entry: string): AllowedHost | undefined {
  const [, name, port] = /^(\[[^\]]+\]|[^:/@]+)(?::(\d{1,5}))?$/.exec(entry.trim()) ?? [];
  const url = name === undefined ? null : URL.parse(`http://${name}`);
  return url ? { host: hostOf(url), port: port === undefined ? undefined : Number(port) } : undefined;
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.+$/, "");
}

/** What is done with an address, in the sentences that refuse it. */
const USES = {
  fetch: { port: "that files are fetched from", scheme: "can be fetched", password: "is not fetched" },
  callback: {
    port: "that callbacks are sent to",
    scheme: "can be called back",
    password: "is not called back",
  },
} as const;

interface CheckOptions {
  /** What a relative address is resolved against: the one that redirects to it. */
  base?: URL;
  use?: keyof typeof USES;
}

/** Throws FetchError unless the address may be asked for. `raw` is what was given, or where a redirect leads. */
export function checkUrl(
  raw: string,
  allowHosts: readonly string[],
  { base, use = "fetch" }: CheckOptions = {},
): Target {
  const words = USES[use];
  if (raw.length > LONGEST) throw new FetchError(`The address is longer than ${LONGEST} characters.`);
  // The parser would drop tabs and newlines and turn backslashes around: what a person reads is then not what is fetched.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f\\]/.test(raw.trim()))
    throw new FetchError("The address has characters in it that no address has.");
  const url = URL.parse(raw.trim(), base?.href);
  if (!url) throw new FetchError("The address is not a valid http:// or https:// address.");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new FetchError(`Only http:// and https:// addresses ${words.scheme}.`);
  }
  if (url.href.length > LONGEST) throw new FetchError(`The address is longer than ${LONGEST} characters.`);
  if (url.username !== "" || url.password !== "")
    throw new FetchError(`An address with a user name or password in it ${words.password}.`);
  const host = hostOf(url);
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  const trusted = allowHosts
    .map(allowedHost)
    .some((allowed) => allowed?.host === host && (allowed.port === undefined || allowed.port === port));
  if (!trusted) checkPublic(host, port, words.port);
  return { url, host, port, trusted };
}

function checkPublic(host: string, port: number, use: string): void {
  if (port !== 80 && port !== 443 && port < 1024) throw new FetchError(`Port ${port} is not one ${use}.`);
  const literal = parseAddress(host);
  const isPublic = literal ? isPublicAddress(literal) : host.includes(".") && !PRIVATE_NAME.test(host) && !isIPv4(host);
  if (!isPublic) throw notPublic();
}

/** One text for all reasons: it does not tell what lies inside the network. */
export function notPublic(): FetchError {
  return new FetchError("The address does not point to a host on the public internet.");
}
