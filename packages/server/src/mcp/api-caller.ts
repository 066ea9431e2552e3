/**
 * Calls of this server's own API in the name of whoever sent a request: the same routes, rights, limits and refusals, without a
 * second connection.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { OPERATOR_TOKEN } from "../projects/operator-token.ts";
import { BROWSER_TOKEN } from "../projects/service.ts";

/** A refusal of the API, in its own words. */
export class Refused extends Error {}

/** Headers that say who calls, from where, and to which address. */
const CARRIED = [
  "host",
  "x-api-key",
  "x-nonce",
  "x-signature",
  "authorization",
  "x-forwarded-for",
  "x-forwarded-proto",
];
/** Bearer tokens that are no project's key. */
const OTHER_TOKENS = [BROWSER_TOKEN, OPERATOR_TOKEN];

const KEY_WANTED =
  "Send the key of a project that works without a signature, as x-api-key or as a bearer token (Authorization: Bearer KEY).";

export interface ApiCaller {
  /** The answer of a route below /v1. Throws `Refused`. */
  ask<Answer>(path: string, fields: object | FormData, headers?: Record<string, string>): Promise<Answer>;
  /** The bytes behind one of this server's addresses; undefined where there is nothing any more. */
  bytes(url: string): Promise<Buffer | undefined>;
}

/** MCP clients send `Authorization: Bearer KEY`; what is no other token is a project's key. */
function withKey(headers: Record<string, string>): Record<string, string> {
  const { authorization, ...others } = headers;
  const [, token] = /^Bearer\s+(\S+)$/i.exec(authorization ?? "") ?? [];
  if (token === undefined || others["x-api-key"] !== undefined) return headers;
  if (OTHER_TOKENS.some((prefix) => token.startsWith(prefix))) return headers;
  return { ...others, "x-api-key": token };
}

/** `signal`: ends the calls that are under way, once nobody waits for them; a run that was started goes on. */
export function apiCaller(app: FastifyInstance, request: FastifyRequest, signal: AbortSignal): ApiCaller {
  const carried = withKey(
    Object.fromEntries(
      CARRIED.flatMap((name) => {
        const value = request.headers[name];
        return typeof value === "string" ? [[name, value]] : [];
      }),
    ),
  );
  const remoteAddress = request.raw.socket.remoteAddress ?? "127.0.0.1";
  return {
    async ask<Answer>(path: string, fields: object | FormData, headers: Record<string, string> = {}) {
      const body = new Response(fields instanceof FormData ? fields : JSON.stringify(fields));
      const contentType = fields instanceof FormData ? (body.headers.get("content-type") ?? "") : "application/json";
      const { payload, statusCode } = await app.inject({
        method: "POST",
        url: `/v1/${path}`,
        headers: { ...carried, ...headers, "content-type": contentType },
        payload: Buffer.from(await body.arrayBuffer()),
        remoteAddress,
        signal,
      });
      const answer = JSON.parse(payload) as { result: boolean; errors: { message: string }[] };
      if (answer.result) return answer as Answer;
      const why = answer.errors.map(({ message }) => message).join(" ");
      throw new Refused(statusCode === 401 ? `${why} ${KEY_WANTED}` : why);
    },
    async bytes(url) {
      const { host, pathname } = new URL(url);
      const { statusCode, rawPayload } = await app.inject({ url: pathname, headers: { host }, remoteAddress, signal });
      return statusCode === 200 ? rawPayload : undefined;
    },
  };
}
