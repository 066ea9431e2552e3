/** Signing in through an identity provider: a real one (oidc-provider) on loopback, and a browser that keeps cookies. */
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { MeResponse } from "@modelyard/contract";
import { STORES, startTestServer, type TestServer, visitor } from "@modelyard/testing";
import Provider from "oidc-provider";

/** A browser that follows redirects by hand and keeps its cookies by host and port. */
class Browser {
  readonly #jar = new Map<string, Map<string, string>>();

  cookie(url: string): string {
    return [...(this.#jar.get(new URL(url).host) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async go(url: string, body?: URLSearchParams): Promise<{ url: string; status: number; text: string }> {
    for (let at = url, form = body; ; form = undefined) {
      const response = await fetch(at, {
        redirect: "manual",
        headers: { cookie: this.cookie(at) },
        ...(form ? { method: "POST", body: form } : {}),
      });
      const jar = this.#jar.get(new URL(at).host) ?? new Map<string, string>();
      this.#jar.set(new URL(at).host, jar);
      for (const line of response.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (/max-age=0|expires=thu, 01 jan 1970/i.test(line) || value === "") jar.delete(name);
        else jar.set(name, value);
      }
      const location = response.headers.get("location");
      if (location === null) return { url: at, status: response.status, text: await response.text() };
      at = new URL(location, at).href;
    }
  }
}

for (const store of STORES) {
  describe(`identity provider on ${store.kind}`, () => {
    /** Who the provider knows; its own login page asks for a name and any password. */
    const people: Record<string, object> = {
      ada: { email: "ada@corp.example", email_verified: true, name: "Ada" },
      eve: { email: "owner-of@corp.example", email_verified: false, name: "Eve" },
      none: { name: "Nobody" },
    };
    let idp: Server;
    let issuer: string;
    let t: TestServer;
    before(async () => {
      idp = createServer();
      await new Promise<void>((resolve) => idp.listen(0, "127.0.0.1", resolve));
      issuer = `http://127.0.0.1:${(idp.address() as AddressInfo).port}`;
      t = await startTestServer(store, {
        oidc: { issuer, clientId: "modelyard", clientSecret: "a secret of sixteen or more", name: "Corp" },
      });
      const provider = new Provider(issuer, {
        clients: [
          {
            client_id: "modelyard",
            client_secret: "a secret of sixteen or more",
            redirect_uris: [`${t.server.url}/account/OidcCallback`],
          },
        ],
        claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
        cookies: { keys: ["test"] },
        findAccount: (_ctx: unknown, id: string) => ({
          accountId: id,
          claims: async () => ({ sub: id, ...people[id] }),
        }),
      });
      idp.on("request", provider.callback());
    });
    after(async () => {
      await t.close();
      await new Promise((resolve) => idp.close(resolve));
    });

    /** From our sign-in page through the provider's two pages and back. */
    async function signIn(browser: Browser, login: string, next = "/runs") {
      const page = await browser.go(`${t.server.url}/account/SignIn?next=${encodeURIComponent(next)}`);
      assert.match(page.text, /Sign in with Corp/);
      const asked = await browser.go(`${t.server.url}/account/Oidc?next=${encodeURIComponent(next)}`);
      assert.match(asked.url, /\/interaction\//);
      const consent = await browser.go(asked.url, new URLSearchParams({ prompt: "login", login, password: "any" }));
      return /\/interaction\//.test(consent.url)
        ? browser.go(consent.url, new URLSearchParams({ prompt: "consent" }))
        : consent;
    }
    async function me(browser: Browser) {
      const response = await fetch(`${t.server.url}/account/Me`, { headers: { cookie: browser.cookie(t.server.url) } });
      return MeResponse.parse(await response.json()).account;
    }

    test("an account is made the first time and found again, whatever its address is by then", async () => {
      const browser = new Browser();
      const landed = await signIn(browser, "ada");
      assert.equal(new URL(landed.url).pathname, "/runs");
      const first = await me(browser);
      assert.deepEqual([first?.email, first?.name, first?.verified], ["ada@corp.example", "Ada", true]);
      people.ada = { email: "married@corp.example", email_verified: true, name: "Ada" };
      const again = new Browser();
      await signIn(again, "ada", "https://evil.example/");
      assert.equal((await me(again))?.uuid, first?.uuid);
    });

    test("an account with that address is linked; a password that nobody had confirmed counts no more", async () => {
      const operator = await t.operator();
      await operator.api("Admin/Settings", { signups: "open" });
      const squatter = visitor(t.server.url);
      await squatter.account("SignUp", { email: "grace@corp.example", password: "chosen by somebody" });
      people.grace = { email: "grace@corp.example", email_verified: true, name: "Grace" };
      const browser = new Browser();
      await signIn(browser, "grace");
      assert.equal((await me(browser))?.email, "grace@corp.example");
      const tried = await visitor(t.server.url).account("SignIn", {
        email: "grace@corp.example",
        password: "chosen by somebody",
      });
      assert.equal(tried.body.result, false);
    });

    test("an address that the provider does not vouch for makes no account, and takes none over", async () => {
      const member = await t.member("owner-of@corp.example");
      for (const login of ["eve", "none"]) {
        const browser = new Browser();
        const refused = await signIn(browser, login);
        assert.match(refused.text, /Corp gave no confirmed e-mail address of yours/);
        assert.equal(await me(browser), null);
      }
      assert.equal((await member.account("Me")).body.account.email, "owner-of@corp.example");
    });

    test("an answer without the cookie of its attempt, with another one's or with an old code signs nobody in", async () => {
      const victim = new Browser();
      const attacker = new Browser();
      const asked = await attacker.go(`${t.server.url}/account/Oidc`);
      assert.match(asked.url, /\/interaction\//);
      const stolen = await fetch(`${t.server.url}/account/OidcCallback?code=x&state=y`);
      assert.equal(stolen.status, 400);
      assert.match(await stolen.text(), /This link is not valid/);
      await victim.go(`${t.server.url}/account/Oidc`);
      const forged = await victim.go(
        `${t.server.url}/account/OidcCallback?code=x&state=y&iss=${encodeURIComponent(issuer)}`,
      );
      assert.match(forged.text, /Corp did not sign you in/);
      assert.equal(await me(victim), null);
    });

    test("suspended accounts and closed sign-ups stay out", async () => {
      const operator = await t.operator();
      await operator.api("Admin/Settings", { signups: "closed" });
      people.late = { email: "late@corp.example", email_verified: true, name: "Late" };
      const browser = new Browser();
      assert.match((await signIn(browser, "late")).text, /New accounts are not taken at the moment/);
      const { body } = await operator.api("Admin/AccountList", { search: "ada@corp" });
      await operator.api("Admin/Suspend", { uuid: body.accounts[0].uuid });
      const suspended = new Browser();
      assert.match((await signIn(suspended, "ada")).text, /has been suspended/);
      assert.equal(await me(suspended), null);
    });
  });
}
