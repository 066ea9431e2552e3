/**
 * The one way to send a callback to an address that somebody else chose, under the same guard as guarded-fetch.ts. Nothing is
 * followed: a redirect is an answer like any other, because what was signed for one host is not another one's business.
 */
import type { IncomingMessage } from "node:http";
import { FETCH_LIMITS } from "./guarded-fetch.ts";
import { openHop, type Resolve, systemResolve } from "./hop.ts";
import { checkUrl } from "./url-policy.ts";
import { Watch } from "./watch.ts";

export interface PostOptions {
  body: Buffer;
  headers: Readonly<Record<string, string>>;
  /** Milliseconds for everything: looking the name up, connecting, sending, and the answer with what is read of it. */
  timeoutMs: number;
  /** Bytes of the answer that are read; the rest is dropped with the connection. */
  responseBytes: number;
  /** Hosts (`host` or `host:port`) that may be private. */
  allowHosts?: readonly string[];
  signal?: AbortSignal;
  resolve?: Resolve;
}

export interface Posted {
  status: number;
  /** The header of that name in lower case, "" where there is none. */
  header(name: string): string;
  /** At most `responseBytes`. */
  body: Buffer;
}

/** Throws FetchError with a sentence for whoever gave the address, or the signal's reason. */
export async function guardedPost(address: string, options: PostOptions): Promise<Posted> {
  const { allowHosts = [], timeoutMs, signal, resolve = systemResolve } = options;
  signal?.throwIfAborted();
  const target = checkUrl(address, allowHosts, { use: "callback" });
  const watch = new Watch({ ...FETCH_LIMITS, totalMs: timeoutMs }, signal);
  try {
    const sent = { method: "POST", headers: options.headers, body: options.body } as const;
    const limits = { connectMs: timeoutMs, headersMs: timeoutMs };
    const response = await openHop({ target, limits, watch, resolve, sent });
    const body = await firstBytes(response, options.responseBytes);
    return { status: response.statusCode ?? 0, header: (name) => String(response.headers[name] ?? ""), body };
  } catch (error) {
    throw watch.explain(error);
  } finally {
    watch.end();
  }
}

/** What came before the limit, the end, or the moment the connection broke: the status is known, so a broken body is no failure. */
function firstBytes(response: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= limit) response.destroy();
    });
    response.on("error", () => {});
    response.on("close", () => resolve(Buffer.concat(chunks).subarray(0, limit)));
  });
}
