/**
 * The one way to fetch an address that somebody else chose (SSRF guard, reliability.md 4).
 *
 * Every hop: the URL is parsed once and checked as parsed; an IP address is checked as bytes; a name is resolved once, all its
 * answers must be public, the socket connects to exactly those, and the connected peer is compared again before anything is sent.
 */
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { limitedBody, tooLarge } from "./body.ts";
import { FetchError } from "./fetch-error.ts";
import { fileName } from "./file-name.ts";
import { openHop, type Resolve, systemResolve } from "./hop.ts";
import { checkUrl, type Target } from "./url-policy.ts";
import { Watch } from "./watch.ts";

export { FetchError } from "./fetch-error.ts";

/** All times in milliseconds. */
export interface FetchLimits {
  /** Looking the name up, connecting and the TLS handshake, per hop. */
  connectMs: number;
  /** From the connection to the answer's headers, per hop. */
  headersMs: number;
  /** Without a byte of the body. */
  idleMs: number;
  /** All hops and the whole body. */
  totalMs: number;
  bytesPerSecond: number;
  /** The speed is an average over this long. */
  speedWindowMs: number;
  /** Of the body, as sent and as decoded. */
  bytes: number;
  redirects: number;
}

export const FETCH_LIMITS: FetchLimits = {
  connectMs: 5_000,
  headersMs: 10_000,
  idleMs: 10_000,
  totalMs: 120_000,
  bytesPerSecond: 1_024,
  speedWindowMs: 30_000,
  bytes: 100 * 1024 * 1024,
  redirects: 3,
};

export interface Fetched {
  /** Fails with FetchError when a limit is broken on the way. It must be read or destroyed. */
  body: Readable;
  /** From the answer or the path; never empty, never a path. */
  name: string;
  /** As the host said, in lower case without parameters; "" where it said nothing. */
  contentType: string;
}

export interface FetchOptions {
  signal?: AbortSignal;
  /** Hosts (`host` or `host:port`) that may be private. */
  allowHosts?: readonly string[];
  limits?: Partial<FetchLimits>;
  resolve?: Resolve;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Throws FetchError with a sentence for whoever gave the address, or the signal's reason. */
export async function guardedFetch(address: string, options: FetchOptions = {}): Promise<Fetched> {
  const { signal, allowHosts = [], resolve = systemResolve } = options;
  const limits = { ...FETCH_LIMITS, ...options.limits };
  signal?.throwIfAborted();
  let target = checkUrl(address, allowHosts);
  const watch = new Watch(limits, signal);
  try {
    for (let redirects = 0; ; redirects++) {
      const response = await openHop({ target, limits, watch, resolve });
      if (!REDIRECTS.has(response.statusCode ?? 0)) return accept(response, { target, limits, watch });
      // Errors of an answer that nobody wants any more.
      response.on("error", () => {});
      response.destroy();
      if (redirects >= limits.redirects)
        throw new FetchError(`The address redirects more than ${limits.redirects} times.`);
      target = follow(target, response.headers.location, allowHosts);
    }
  } catch (error) {
    watch.end();
    throw watch.explain(error);
  }
}

function follow(from: Target, location: string | undefined, allowHosts: readonly string[]): Target {
  if (location === undefined) throw new FetchError("The address redirects without saying where to.");
  const target = checkUrl(location, allowHosts, { base: from.url });
  if (from.url.protocol === "https:" && target.url.protocol === "http:") {
    throw new FetchError("The address redirects from https:// to http://.");
  }
  return target;
}

function accept(response: IncomingMessage, context: { target: Target; limits: FetchLimits; watch: Watch }): Fetched {
  const { target, limits } = context;
  try {
    const status = response.statusCode ?? 0;
    if (status !== 200) throw new FetchError(`The host of the address answered with status ${status}.`);
    if (Number(response.headers["content-length"] ?? 0) > limits.bytes) throw tooLarge(limits.bytes);
    const contentType = (response.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
    const name = fileName(target.url, response.headers["content-disposition"]);
    return { body: limitedBody(response, context), name, contentType };
  } catch (error) {
    response.on("error", () => {});
    response.destroy();
    throw error;
  }
}
