/** What all of `/account/…` has in common: who may send it, cookies, JSON or a plain HTML form, refusals as pages. */
import { ApiError, apiError, type Log } from "@modelyard/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { envelope, publicError } from "../http/app.ts";
import { type Fields, readBody } from "../http/body.ts";
import { baseOf, reply, typeOf } from "../http/request.ts";
import {
  ACCOUNT_PAGE_HEADERS,
  type AccountPage,
  accountPage,
  DONE_PAGES,
  joinPage,
  LINK_PAGES,
  plainPages,
  withSignUp,
} from "../pages/account-page.ts";
import { normalAddress } from "../projects/policy.ts";
import { cookieToken, isLoopback, isSecure, localPath, sameSite, sessionCookie } from "./policy.ts";
import type { Sessions, SignedIn } from "./service-sessions.ts";
import type { SignIn, Visitor } from "./service-sign-in.ts";

export interface EndpointsDeps {
  sessions: Sessions;
  signIn: SignIn;
  /** `mail`: a mail server is. Otherwise links wait for the operator. */
  setUp: { mail: boolean };
  /** The operator said that plain http is meant. */
  plainHttp: boolean;
  log: Log;
}

/** One request to an account route, as its handler sees it. */
export interface Call {
  fields: Fields;
  visitor: Visitor;
  /** The session's cookie as sent, whether or not it is good. */
  cookie: string | undefined;
  /** The cookie of the answer: a new session's token, or "" to drop it. */
  setCookie(token: string): void;
}

export type Handler = (call: Call, own: SignedIn | undefined) => Promise<object>;
export type OwnHandler = (call: Call, own: SignedIn) => Promise<object>;

export function visitorOf(request: FastifyRequest): Visitor {
  return {
    ip: normalAddress(request.ip),
    userAgent: request.headers["user-agent"] ?? "",
    base: baseOf(request),
  };
}

function isForm(type: string): boolean {
  return /^(application\/x-www-form-urlencoded|multipart\/form-data)/i.test(type);
}

function withQuery(path: string, name: string, value: string): string {
  const [before = "", hash] = path.split("#");
  const joined = `${before}${before.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(value)}`;
  return hash === undefined ? joined : `${joined}#${hash}`;
}

function page(response: FastifyReply, status: number, content: AccountPage): FastifyReply {
  return response.code(status).headers(ACCOUNT_PAGE_HEADERS).send(accountPage(content));
}

/** What is shown after a form that leaves the visitor outside; undefined where it simply goes on. `mail`: links are mailed. */
function donePage(path: string, answer: object, mail: boolean): AccountPage | undefined {
  if (path === "/account/SignUp") {
    if (!("verify" in answer && answer.verify === true)) return undefined;
    return mail ? DONE_PAGES.verify : DONE_PAGES.verifyByHand;
  }
  if (path === "/account/Forgot") return mail ? DONE_PAGES.forgot : DONE_PAGES.forgotByHand;
  return path === "/account/Reset" ? DONE_PAGES.reset : undefined;
}

export interface Endpoints {
  post(path: string, run: Handler): void;
  /** Refused without a session. */
  signedIn(path: string, run: OwnHandler): void;
  page(response: FastifyReply, status: number, content: AccountPage): FastifyReply;
}

export function createEndpoints(app: FastifyInstance, deps: EndpointsDeps): Endpoints {
  const { sessions, signIn, setUp, plainHttp, log } = deps;
  const forms = new Map<string, AccountPage>(Object.entries({ ...LINK_PAGES, ...plainPages(setUp) }));

  function checkOrigin(request: FastifyRequest): void {
    const { "sec-fetch-site": site, origin } = request.headers;
    const base = baseOf(request);
    if (!sameSite({ site: typeof site === "string" ? site : undefined, origin }, base)) throw apiError("crossSite");
    if (!isSecure(base) && !isLoopback(base) && !plainHttp) throw apiError("insecureSignIn");
  }

  /** A refusal of a form: where its page asked to go back to, or the form once more with the reason. */
  async function refuse(
    response: FastifyReply,
    { path, error, fields, found }: { path: string; error: ApiError; fields: Fields; found: SignedIn | undefined },
  ): Promise<FastifyReply> {
    const back = localPath(fields.back);
    if (back !== undefined)
      return response
        .code(303)
        .header("location", withQuery(back, "error", error.error))
        .send();
    const status = error.http === 200 ? 400 : error.http;
    const known: AccountPage | undefined = forms.get(path);
    const usedUp = error.error === "linkInvalid" || error.error === "crossSite";
    if (!known || usedUp) return page(response, status, { title: "That did not work", text: error.message });
    const text = (name: string) => (typeof fields[name] === "string" ? fields[name] : undefined);
    const token = text(known.tokenField ?? "token");
    const next = localPath(fields.next);
    if (path === "/account/OrganizationJoin" && token !== undefined) {
      const signups = await signIn.signUpPolicy();
      const email = found?.account.email;
      return page(response, status, { ...joinPage(token, { email, signups }), problem: error.message });
    }
    const form = path === "/account/SignIn" ? withSignUp(known, await signIn.signUpPolicy()) : known;
    const again = { ...form, action: path, problem: error.message, email: text("email"), token, next };
    return page(response, status, again);
  }

  function post(path: string, run: Handler): void {
    app.post(path, async (request, response) => {
      response.removeHeader("access-control-allow-origin");
      response.header("cache-control", "no-store");
      const base = baseOf(request);
      const form = isForm(typeOf(request));
      let fields: Fields = {};
      let found: SignedIn | undefined;
      try {
        checkOrigin(request);
        fields = await readBody(request.raw, typeOf(request));
        const cookie = cookieToken(request.headers.cookie, base);
        const call: Call = {
          fields,
          visitor: visitorOf(request),
          cookie,
          setCookie: (token) => void response.header("set-cookie", sessionCookie(base, token)),
        };
        found = await sessions.find(cookie);
        const answer = await run(call, found);
        if (!form) return reply(response, { result: true, errors: [], ...answer });
        const next = localPath(fields.next);
        const done = donePage(path, answer, setUp.mail);
        if (done) return page(response, 200, { ...done, next });
        return response
          .code(303)
          .header("location", next ?? "/")
          .send();
      } catch (thrown) {
        const error = publicError(thrown);
        if (!(thrown instanceof ApiError) && error.error === "internal") {
          const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
          log(`internal error at POST ${path}: ${detail}`, { level: "error" });
        }
        if (error.retryAfter !== undefined) response.header("retry-after", String(error.retryAfter));
        if (form) return refuse(response, { path, error, fields, found });
        return reply(response.code(error.http), envelope(error));
      }
    });
  }

  const signedIn = (path: string, run: OwnHandler) =>
    post(path, async (call, found) => {
      if (!found) throw apiError("signedOut");
      return run(call, found);
    });

  return { post, signedIn, page };
}
