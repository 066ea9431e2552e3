/** The HTTP server: limits, CORS, errors as the wire's envelope. Routes are registered by their rooms. */
import { ApiError, apiError, type Log } from "@modelyard/contract";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { StorageFullError } from "../db/database.ts";
import { answersOnFilesHost, type FilesOrigin } from "../files/origin.ts";
import type { Meter } from "../metrics/meter.ts";
import { type Buckets, senderOf, tooMany } from "./rates.ts";

export interface AppOptions {
  /** Fixed public base address; undefined = as the request's own Host header says. */
  publicUrl: string | undefined;
  /** Addresses or CIDR ranges of proxies whose X-Forwarded-For is believed; none by default. */
  trustedProxies: readonly string[];
  /** Origin that serves files and nothing else; undefined = the API's own serves them. */
  files: FilesOrigin | undefined;
  /** Refused credentials, by sender. */
  refusals: Buckets | undefined;
  meter: Meter;
  log: Log;
}

/** Longest URL segment: owner and model slugs, keys, file names. */
const MAX_PARAM = 500;

/** Answer to a browser's preflight; every other answer carries only the origin. */
const PREFLIGHT = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, HEAD, POST, OPTIONS",
  "access-control-allow-headers":
    "content-type, x-api-key, x-nonce, x-signature, authorization, accept, range, idempotency-key, prefer, modelyard-priority, modelyard-deadline, modelyard-tags, traceparent, mcp-protocol-version, mcp-session-id",
  "access-control-max-age": "86400",
};

/** The base address a request was made to; a Host header that is no plain host and port counts as absent. */
export function requestBase(host: string | undefined, secure: boolean): string {
  const scheme = secure ? "https" : "http";
  const isPlain = host !== undefined && /^(\[[0-9a-f:]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.test(host);
  // 127.0.0.300 and the like look plain, but are no hosts.
  return isPlain && URL.canParse(`${scheme}://${host}`) ? `${scheme}://${host}` : `${scheme}://localhost`;
}

/**
 * A request's target as a path. Proxies may send a whole address (RFC 9112, 3.2.2), whose host says nothing that the Host header does not;
 * what is neither is a path that nobody has.
 */
export function pathOf(target: string): string {
  if (target.startsWith("/")) return target;
  const url = /^https?:/i.test(target) ? URL.parse(target) : null;
  return url ? url.pathname + url.search : `/${target}`;
}

export function envelope(error: ApiError): { result: false; errors: { code: number; message: string }[] } {
  return { result: false, errors: [{ code: error.code, message: error.message }] };
}

/** Any thrown value → the refusal a client may see: no stack, no inner text. */
export function publicError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof StorageFullError) return apiError("storageFull");
  const status =
    error instanceof Error && "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 500;
  if (status === 413) return apiError("bodyTooLarge");
  if (status === 404 || status === 414) return apiError("unknownEndpoint");
  if (status >= 400 && status < 500) return apiError("badBody");
  return apiError("internal");
}

export function createApp(options: AppOptions): FastifyInstance {
  const app = fastify({
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: MAX_PARAM },
    requestTimeout: 300_000,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    http: {
      headersTimeout: 10_000,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 16 * 1024,
      // Java's HTTP client offers `Upgrade: h2c` with every plain request; that is an offer, and we decline it by answering.
      shouldUpgradeCallback: (request) => /^websocket$/i.test(request.headers.upgrade ?? ""),
    },
    rewriteUrl: (request) => pathOf(request.url ?? "/"),
    // Only addresses that cannot be parsed end here.
    frameworkErrors(_error, _request, reply) {
      const known = apiError("unknownEndpoint");
      void (reply as FastifyReply)
        .code(known.http)
        .header("content-type", "application/json; charset=utf-8")
        .header("access-control-allow-origin", "*")
        .send(JSON.stringify(envelope(known)));
    },
  });

  app.decorateRequest("sentType", "");
  app.decorateRequest("base", "");
  app.decorateRequest("filesBase", "");
  app.removeAllContentTypeParsers();
  // Bodies are read by http/body.ts, which looks at the bytes: many clients send JSON under a wrong content type.
  app.addContentTypeParser("*", (_request, _payload, done) => done(null, undefined));

  app.addHook("onRequest", (request, reply, done) => {
    request.sentType = request.headers["content-type"] ?? "";
    if (request.sentType !== "") request.raw.headers["content-type"] = "application/octet-stream";
    request.base = options.publicUrl ?? requestBase(request.headers.host, request.protocol === "https");
    request.filesBase = options.files?.base ?? request.base;
    if (options.files && request.headers.host === options.files.host && !answersOnFilesHost(request))
      throw apiError("unknownEndpoint");
    if (request.method === "OPTIONS") {
      void reply.headers(PREFLIGHT).code(204).send();
      return;
    }
    reply.header("access-control-allow-origin", "*");
    done();
  });

  app.addHook("onResponse", (request, reply, done) => {
    options.meter.answered(request.routeOptions.url ?? "none", reply.statusCode, reply.elapsedTime / 1000);
    done();
  });

  app.setNotFoundHandler(() => {
    throw apiError("unknownEndpoint");
  });

  app.setErrorHandler((error, request, reply) => {
    let known = publicError(error);
    if (known.http === 401) {
      // Whoever is let in is not slowed down by others behind the same address.
      const wait = options.refusals?.take(senderOf(request.ip)) ?? 0;
      if (wait > 0) known = tooMany(wait);
    }
    if (known.error === "internal") {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      options.log(`internal error at ${request.method} ${request.routeOptions.url ?? "unknown path"}: ${detail}`, {
        level: "error",
      });
    }
    if (known.http === 413) reply.header("connection", "close");
    if (known.retryAfter !== undefined) {
      reply.header("retry-after", String(known.retryAfter));
      // A page of another origin may not read it otherwise.
      reply.header("access-control-expose-headers", "retry-after");
    }
    void reply
      .code(known.http)
      .header("content-type", "application/json; charset=utf-8")
      .send(JSON.stringify(envelope(known)));
  });

  return app;
}
