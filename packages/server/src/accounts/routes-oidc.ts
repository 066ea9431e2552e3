/** `GET /account/Oidc` leads to the identity provider, `GET /account/OidcCallback` comes back from it. Pages, no JSON: browsers go there. */
import { ApiError, type Log } from "@modelyard/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { publicError } from "../http/app.ts";
import { baseOf } from "../http/request.ts";
import { type Endpoints, visitorOf } from "./endpoints.ts";
import { cookieToken, isSecure, localPath, sessionCookie } from "./policy.ts";
import type { OwnAccount } from "./service-account.ts";
import { OIDC_CALLBACK, OIDC_COOKIE_S, type Oidc } from "./service-oidc.ts";
import type { Sessions } from "./service-sessions.ts";

const COOKIE = "modelyard-oidc";

/** It comes back with a navigation from another site, so it is Lax; `age` 0 drops it. */
function attemptCookie(base: string, value: string, age: number): string {
  return `${COOKIE}=${value}; Path=/account; Max-Age=${age}; HttpOnly; SameSite=Lax${isSecure(base) ? "; Secure" : ""}`;
}

function cookieOf(request: FastifyRequest): string | undefined {
  const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}

export interface OidcRoutesDeps {
  endpoints: Endpoints;
  oidc: Oidc;
  own: OwnAccount;
  sessions: Sessions;
  log: Log;
}

export function oidcRoutes(app: FastifyInstance, { endpoints, oidc, own, sessions, log }: OidcRoutesDeps): void {
  const get = (path: string, run: (request: FastifyRequest, response: FastifyReply) => Promise<FastifyReply>) =>
    app.get(path, async (request, response) => {
      response.removeHeader("access-control-allow-origin");
      response.header("cache-control", "no-store");
      try {
        return await run(request, response);
      } catch (thrown) {
        const error = publicError(thrown);
        if (!(thrown instanceof ApiError)) log(`internal error at GET ${path}: ${String(thrown)}`, { level: "error" });
        response.header("set-cookie", attemptCookie(baseOf(request), "", 0));
        return endpoints.page(response, error.http === 200 ? 400 : error.http, {
          title: "Signing in did not work",
          text: error.message,
          more: [{ href: "/account/SignIn", text: "Try again" }],
        });
      }
    });

  get("/account/Oidc", async (request, response) => {
    const { next } = request.query as { next?: unknown };
    const base = baseOf(request);
    const { location, cookie } = await oidc.begin(base, localPath(next) ?? "/");
    return response
      .header("set-cookie", attemptCookie(base, cookie, OIDC_COOKIE_S))
      .code(303)
      .header("location", location)
      .send();
  });

  get(OIDC_CALLBACK, async (request, response) => {
    const base = baseOf(request);
    const url = new URL(request.url, base);
    const { entered, next } = await oidc.finish({ url, cookie: cookieOf(request) }, visitorOf(request));
    const before = await sessions.find(cookieToken(request.headers.cookie, base));
    if (before) await own.replaceSession(before);
    return response
      .header("set-cookie", [attemptCookie(base, "", 0), sessionCookie(base, entered.token)])
      .code(303)
      .header("location", next)
      .send();
  });
}
