/** `/account/…`: signing in with a cookie (contract/account.ts). JSON, or a plain HTML form that is answered with a redirect. */
import type { FastifyInstance } from "fastify";
import { baseOf, reply } from "../http/request.ts";
import type { Organizations } from "../organizations/service.ts";
import { joinPage, LINK_PAGES, plainPages, signUpPage, withSignUp } from "../pages/account-page.ts";
import type { Call, Endpoints } from "./endpoints.ts";
import { cookieToken, localPath } from "./policy.ts";
import { presentAccount, presentSession } from "./present.ts";
import type { OwnAccount } from "./service-account.ts";
import type { Deletion } from "./service-deletion.ts";
import type { Sessions, SignedIn } from "./service-sessions.ts";
import type { SignIn } from "./service-sign-in.ts";

export interface AccountRoutesDeps {
  endpoints: Endpoints;
  sessions: Sessions;
  signIn: SignIn;
  own: OwnAccount;
  deletion: Deletion;
  organizations: Organizations;
  /** `mail`: a mail server is. */
  setUp: { mail: boolean };
  /** Name of the identity provider that one can sign in through. */
  provider: string | undefined;
}

export function accountRoutes(app: FastifyInstance, deps: AccountRoutesDeps): void {
  const { sessions, signIn, own, deletion, organizations, setUp, provider } = deps;
  const { post, signedIn, page } = deps.endpoints;
  const me = async (found: SignedIn | undefined) => ({
    account: found ? presentAccount(found.account) : null,
    signups: await signIn.signUpPolicy(),
    mail: setUp.mail,
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

  signedIn("/account/Token", async ({ fields }, found) => {
    const organization = await organizations.actedFor(found, fields);
    const { token, expires } = await sessions.bearer(found.sessionId, organization);
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
      if (path === "/account/OrganizationJoin") {
        const found = await sessions.find(cookieToken(request.headers.cookie, baseOf(request)));
        const signups = await signIn.signUpPolicy();
        return page(response, 200, joinPage(token, { email: found?.account.email, signups }));
      }
      // A changed address is confirmed like a new one; its own POST is the wish to change it.
      const action = path === "/account/Email" ? "/account/Verify" : path;
      return page(response, 200, { ...content, action, token, next: localPath(request.query.next) });
    });
  }

  for (const [path, content] of Object.entries(plainPages(setUp))) {
    app.get<{ Querystring: { next?: unknown } }>(path, async (request, response) => {
      response.removeHeader("access-control-allow-origin");
      const form = path === "/account/SignIn" ? withSignUp(content, await signIn.signUpPolicy()) : content;
      const more =
        path === "/account/SignIn" && provider !== undefined
          ? [{ href: "/account/Oidc", text: `Sign in with ${provider}` }, ...(form.more ?? [])]
          : form.more;
      return page(response, 200, {
        ...form,
        ...(more ? { more } : {}),
        action: path,
        next: localPath(request.query.next),
      });
    });
  }
}
