/** `/account/…`: signing in with a cookie (contract/account.ts). JSON, or a plain HTML form that is answered with a redirect. */
import { ACCOUNT_ROUTES, ApiError, apiError } from "@modelyard/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { envelope, publicError } from "../http/app.ts";
import { type Fields, readBody } from "../http/body.ts";
import { baseOf, reply, typeOf } from "../http/request.ts";
import {
  ACCOUNT_PAGE_HEADERS,
  type AccountPage,
  accountPage,
  DONE_PAGES,
  LINK_PAGES,
  PLAIN_PAGES,
  signUpPage,
  withSignUp,
} from "../pages/account-page.ts";
import { normalAddress } from "../projects/policy.ts";
import { cookieToken, isLoopback, isSecure, localPath, sameSite, sessionCookie } from "./policy.ts";
import { presentAccount, presentSession } from "./present.ts";
import type { OwnAccount } from "./service-account.ts";
import type { Deletion } from "./service-deletion.ts";
import type { Sessions, SignedIn } from "./service-sessions.ts";
import type { SignIn, Visitor } from "./service-sign-in.ts";

export interface AccountRoutesDeps {
  sessions: Sessions;
  signIn: SignIn;
  own: OwnAccount;
  deletion: Deletion;
  /** The operator said that plain http is meant. */
  plainHttp: boolean;
  log: (message: string) => void;
}

/** One request to an account route, as its handler sees it. */
interface Call {
  fields: Fields;
  visitor: Visitor;
  /** The session's cookie as sent, whether or not it is good. */
  cookie: string | undefined;
  /** The cookie of the answer: a new session's token, or "" to drop it. */
  setCookie(token: string): void;
}

type Handler = (call: Call, own: SignedIn | undefined) => Promise<object>;
type OwnHandler = (call: Call, own: SignedIn) => Promise<object>;

function visitorOf(request: FastifyRequest): Visitor {
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

/** What is shown after a form that leaves the visitor outside; undefined where it simply goes on. */
function donePage(path: string, answer: object): AccountPage | undefined {
  if (path === "/account/SignUp") return "verify" in answer && answer.verify === true ? DONE_PAGES.verify : undefined;
  if (path === "/account/Forgot") return DONE_PAGES.forgot;
  return path === "/account/Reset" ? DONE_PAGES.reset : undefined;
}

const FORMS = new Map<string, AccountPage>(Object.entries({ ...LINK_PAGES, ...PLAIN_PAGES }));

export function accountRoutes(app: FastifyInstance, deps: AccountRoutesDeps): void {
  const { sessions, signIn, own, deletion, plainHttp, log } = deps;

  function checkOrigin(request: FastifyRequest): void {
    const { "sec-fetch-site": site, origin } = request.headers;
    const base = baseOf(request);
    if (!sameSite({ site: typeof site === "string" ? site : undefined, origin }, base)) throw apiError("crossSite");
    if (!isSecure(base) && !isLoopback(base) && !plainHttp) throw apiError("insecureSignIn");
  }

  /** A refusal of a form: where its page asked to go back to, or the form once more with the reason. */
  async function refuse(response: FastifyReply, path: string, error: ApiError, fields: Fields): Promise<FastifyReply> {
    const back = localPath(fields.back);
    if (back !== undefined)
      return response
        .code(303)
        .header("location", withQuery(back, "error", error.error))
        .send();
    const status = error.http === 200 ? 400 : error.http;
    const known: AccountPage | undefined = FORMS.get(path);
    const usedUp = error.error === "linkInvalid" || error.error === "crossSite";
    if (!known || usedUp) return page(response, status, { title: "That did not work", text: error.message });
    const text = (name: string) => (typeof fields[name] === "string" ? fields[name] : undefined);
    const token = text(known.tokenField ?? "token");
    const next = localPath(fields.next);
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
        const answer = await run(call, await sessions.find(cookie));
        if (!form) return reply(response, { result: true, errors: [], ...answer });
        const next = localPath(fields.next);
        const done = donePage(path, answer);
        if (done) return page(response, 200, { ...done, next });
        return response
          .code(303)
          .header("location", next ?? "/")
          .send();
      } catch (thrown) {
        const error = publicError(thrown);
        if (!(thrown instanceof ApiError) && error.error === "internal") {
          const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
          log(`internal error at POST ${path}: ${detail}`);
        }
        if (error.retryAfter !== undefined) response.header("retry-after", String(error.retryAfter));
        if (form) return refuse(response, path, error, fields);
        return reply(response.code(error.http), envelope(error));
      }
    });
  }

  const signedIn = (path: string, run: OwnHandler) =>
    post(path, async (call, found) => {
      if (!found) throw apiError("signedOut");
      return run(call, found);
    });

  const me = async (found: SignedIn | undefined) => ({
    account: found ? presentAccount(found.account) : null,
    signups: await signIn.signUpPolicy(),
  });

  post("/account/Me", (_call, found) => me(found));
  app.get("/account/Me", async (request, response) => {
    response.removeHeader("access-control-allow-origin");
    response.header("cache-control", "no-store");
    const found = await sessions.find(cookieToken(request.headers.cookie, baseOf(request)));
    return reply(response, { result: true, errors: [], ...(await me(found)) });
  });

  /** A new session takes the place of the one that was sent: nobody goes on under an id from before. */
  const enter = async (call: Call, found: SignedIn | undefined, token: string) => {
    if (found) await own.replaceSession(found);
    call.setCookie(token);
  };
  post("/account/SignUp", async (call, found) => {
    const { verify, entered } = await signIn.signUp(call.fields, call.visitor);
    if (entered) await enter(call, found, entered.token);
    return { verify, account: entered ? presentAccount(entered.account) : null };
  });
  post("/account/SignIn", async (call, found) => {
    const entered = await signIn.signIn(call.fields, call.visitor);
    await enter(call, found, entered.token);
    return { account: presentAccount(entered.account) };
  });
  post("/account/Welcome", async (call, found) => {
    const entered = await signIn.welcome(call.fields, call.visitor);
    await enter(call, found, entered.token);
    return { account: presentAccount(entered.account) };
  });
  post("/account/SignOut", async (call, found) => {
    if (found) await own.endSession(found, "this", call.visitor);
    call.setCookie("");
    return {};
  });
  signedIn("/account/SignOutEverywhere", async (call, found) => {
    await own.endSession(found, "all", call.visitor);
    call.setCookie("");
    return {};
  });
  post("/account/Verify", async (call, found) => {
    const entered = await signIn.verify(call.fields, call.visitor);
    if (entered) await enter(call, found, entered.token);
    return { account: entered ? presentAccount(entered.account) : null };
  });
  post("/account/Forgot", async ({ fields, visitor }) => {
    await signIn.forgot(fields, visitor);
    return {};
  });
  post("/account/Reset", async ({ fields, visitor }) => {
    await signIn.reset(fields, visitor);
    return {};
  });

  signedIn("/account/Token", async (_call, found) => {
    const { token, expires } = await sessions.bearer(found.sessionId);
    return { token, expires: String(Math.floor(expires / 1000)) };
  });
  signedIn("/account/Sessions", async (_call, found) => ({
    sessions: (await sessions.list(found.account.id)).map((row) => presentSession(row, found.sessionId)),
  }));
  signedIn("/account/SessionRevoke", async (call, found) => {
    const id = /^\d{1,15}$/.test(String(call.fields.id)) ? Number(call.fields.id) : -1;
    await own.endSession(found, { id }, call.visitor);
    return {};
  });
  signedIn("/account/Rename", async ({ fields, visitor }, found) => ({
    account: presentAccount(await own.rename(found, fields, visitor)),
  }));
  signedIn("/account/Password", async ({ fields, visitor }, found) => {
    await own.changePassword(found, fields, visitor);
    return {};
  });
  signedIn("/account/Email", async ({ fields, visitor }, found) => {
    await own.changeEmail(found, fields, visitor);
    return {};
  });
  signedIn("/account/Delete", async (call, found) => {
    await deletion.delete(found, call.fields, call.visitor);
    call.setCookie("");
    return {};
  });

  for (const [path, content] of Object.entries(LINK_PAGES)) {
    app.get<{ Querystring: { token?: unknown; next?: unknown } }>(path, async (request, response) => {
      response.removeHeader("access-control-allow-origin");
      const { token } = request.query;
      if (path === "/account/SignUp" && token === undefined) {
        const next = localPath(request.query.next);
        return page(response, 200, { ...signUpPage(await signIn.signUpPolicy()), next });
      }
      if (typeof token !== "string" || !/^[\w-]{43}$/.test(token))
        return page(response, 400, { title: "This link is not whole", text: "Copy all of it into the address bar." });
      // A changed address is confirmed like a new one; its own POST is the wish to change it.
      const action = path === "/account/Email" ? "/account/Verify" : path;
      return page(response, 200, { ...content, action, token });
    });
  }

  for (const [path, content] of Object.entries(PLAIN_PAGES)) {
    app.get<{ Querystring: { next?: unknown } }>(path, async (request, response) => {
      response.removeHeader("access-control-allow-origin");
      const form = path === "/account/SignIn" ? withSignUp(content, await signIn.signUpPolicy()) : content;
      return page(response, 200, { ...form, action: path, next: localPath(request.query.next) });
    });
  }

  for (const { path } of ACCOUNT_ROUTES) {
    if (!app.hasRoute({ method: "POST", url: path }))
      throw new Error(`${path} is in the contract (account.ts) but has no handler; register one, or take it out`);
  }
}
