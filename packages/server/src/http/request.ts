/** What handlers need from a request, in one place. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { normalAddress } from "../projects/policy.ts";
import type { Credentials } from "../projects/service.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The content type as the client sent it; Fastify sees none, because bodies are parsed by http/body.ts. */
    sentType: string;
    /** Public base address for this request, without a slash at the end. */
    base: string;
    /** The same for addresses of files: another origin where the operator has named one. */
    filesBase: string;
  }
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(", ") : value;
}

export function credentialsOf(request: FastifyRequest): Credentials {
  return {
    apiKey: single(request.headers["x-api-key"]),
    nonce: single(request.headers["x-nonce"]),
    signature: single(request.headers["x-signature"]),
    authorization: request.headers.authorization,
    ip: normalAddress(request.ip),
    route: request.routeOptions.url,
  };
}

export function typeOf(request: FastifyRequest): string {
  return request.sentType;
}

export function baseOf(request: FastifyRequest): string {
  return request.base;
}

export function filesBaseOf(request: FastifyRequest): string {
  return request.filesBase;
}

export function reply(response: FastifyReply, body: object): FastifyReply {
  return response.header("content-type", "application/json; charset=utf-8").send(JSON.stringify(body));
}

/** Aborts when the connection of this answer closes. */
export function hangUp(response: FastifyReply): AbortSignal {
  const gone = new AbortController();
  const { raw } = response;
  if (raw.destroyed) gone.abort();
  raw.once("close", () => gone.abort());
  return gone.signal;
}
