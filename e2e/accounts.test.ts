// Accounts and sessions (reliability.md 5.5, c 94 to 95): the cookie routes as a browser uses them.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  apiCall,
  PASSWORD,
  STORES,
  startTestServer,
  type TestServer,
  tokenIn,
  until,
  visitor,
} from "@modelyard/testing";

for (const store of STORES) {
  describe(`accounts (${store.kind})`, () => {
    let host: TestServer;
    before(async () => {
      host = await startTestServer(store);
    });
    after(() => host.close());

    /** The newest link of a kind that was to be sent to this address. */
    const linkFor = async (email: string, subject: RegExp) => {
      const operator = await host.operator();
      let text = "";
      await until(async () => {
        const { body } = await operator.api("Admin/MailList", { limit: 200 });
        text = body.mail.find(
          (mail: { to: string; subject: string }) => mail.to === email && subject.test(mail.subject),
        )?.text;
        return text !== undefined;
      }, `mail to ${email}`);
      return tokenIn(text);
    };
    const open = async (signups: "open" | "invitation" | "closed") =>
      (await host.operator()).api("Admin/Settings", { signups });
    const refusal = (answer: { body: { result: boolean; errors: { message: string }[] } }) => {
      assert.equal(answer.body.result, false, JSON.stringify(answer.body));
      return answer.body.errors[0]?.message ?? "";
    };

    test("the first start's link makes one operator, once", async () => {
      const operator = await host.operator();
      const { account, mail } = (await operator.account("Me")).body;
      assert.equal(mail, false);
      assert.deepEqual([account.role, account.email, account.verified], ["operator", "operator@test.example", true]);
      const token = host.server.credentials?.welcome;
      const again = await visitor(host.server.url).account("Welcome", {
        token,
        email: "x@y.example",
        password: PASSWORD,
      });
      assert.match(refusal(again), /not valid/);
    });

    test("sign up, confirm, sign in, sign out", async () => {
      await open("open");
      const browser = visitor(host.server.url);
      const email = "ada@test.example";
      const made = await browser.account("SignUp", {
        email: " Ada@TEST.example",
        password: PASSWORD,
        name: "<b>Ada</b>",
      });
      assert.deepEqual([made.body.verify, made.body.account, browser.cookie], [true, null, ""]);
      assert.match(refusal(await browser.account("SignIn", { email, password: PASSWORD })), /not confirmed/);
      const token = await linkFor(email, /Confirm/);
      const page = await fetch(`${host.server.url}/account/Verify?token=${token}`);
      assert.match(page.headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
      await page.text();
      assert.match(
        refusal(await browser.account("Verify", { token, password: "of another person" })),
        /password is wrong/,
      );
      const confirmed = await browser.account("Verify", { token, password: PASSWORD });
      assert.equal(confirmed.body.account.email, email, "opening the link used nothing up");
      assert.equal((await browser.account("Me")).body.account.email, email, "and it signs in");
      assert.match(refusal(await browser.account("Verify", { token, password: PASSWORD })), /not valid/);
      const { body } = await browser.account("SignIn", { email: "ADA@test.example", password: PASSWORD });
      assert.deepEqual([body.account.email, body.account.name, body.account.role], [email, "<b>Ada</b>", "member"]);
      assert.equal((await browser.account("Me")).body.account.email, email);
      const bearer = await browser.token();
      const list = () => apiCall(host.server.url, "Project/List", {}, { authorization: `Bearer ${bearer}` });
      assert.equal((await list()).body.project.length, 1);
      const cookie = browser.cookie;
      await browser.account("SignOut");
      assert.equal((await list()).status, 401, "the bearer token ends with its session");
      browser.cookie = cookie;
      assert.equal((await browser.account("Me")).body.account, null, "the session ended on the server too");
    });

    test("who signs up twice at once, or again, makes one account; nobody learns which addresses have one", async () => {
      await open("open");
      const email = "twice@test.example";
      const answers = await Promise.all(
        ["twice@test.example", "TWICE@test.example", "twice@test.example", "Twice@Test.Example"].map((spelling) =>
          visitor(host.server.url).account("SignUp", { email: spelling, password: PASSWORD }),
        ),
      );
      for (const { status, body } of answers)
        assert.deepEqual([status, body], [200, { result: true, errors: [], verify: true, account: null }]);
      const { body } = await (await host.operator()).api("Admin/AccountList", { search: email });
      assert.equal(body.accounts.length, 1);
      // An account that is in use: the same answer, and only its mailbox is told.
      await host.member("used@test.example");
      const again = await visitor(host.server.url).account("SignUp", {
        email: "used@test.example",
        password: PASSWORD,
      });
      assert.deepEqual(again.body, answers[0]?.body);
      const unknown = await visitor(host.server.url).account("SignIn", {
        email: "nobody@test.example",
        password: PASSWORD,
      });
      const wrong = await visitor(host.server.url).account("SignIn", {
        email: "used@test.example",
        password: "not this one",
      });
      assert.deepEqual([unknown.status, unknown.body], [wrong.status, wrong.body]);
      for (const address of ["nobody@test.example", "used@test.example"])
        assert.deepEqual((await visitor(host.server.url).account("Forgot", { email: address })).body, {
          result: true,
          errors: [],
        });
    });

    test("who signs up with somebody else's address does not get the account when its owner comes", async () => {
      await open("open");
      const email = "prehijack@test.example";
      await visitor(host.server.url).account("SignUp", { email, password: "the thief's password" });
      const owner = visitor(host.server.url);
      await owner.account("SignUp", { email, password: PASSWORD });
      const token = await linkFor(email, /Confirm/);
      const thief = await visitor(host.server.url).account("Verify", { token, password: "the thief's password" });
      assert.match(refusal(thief), /password is wrong/);
      assert.equal((await owner.account("Verify", { token, password: PASSWORD })).body.account.email, email);
      await visitor(host.server.url).account("SignUp", { email, password: "the thief's password" });
      const again = await visitor(host.server.url).account("SignIn", { email, password: "the thief's password" });
      assert.match(refusal(again), /wrong/, "a confirmed account keeps its password");
    });

    test("sign-ups are open, by invitation or closed", async () => {
      const fields = { email: "guest@test.example", password: PASSWORD };
      await open("closed");
      assert.match(refusal(await visitor(host.server.url).account("SignUp", fields)), /not taken/);
      await open("invitation");
      assert.match(refusal(await visitor(host.server.url).account("SignUp", fields)), /invitation is needed/);
      const { body } = await (await host.operator()).api("Admin/Invite", { email: fields.email });
      const invitation = tokenIn(body.url);
      const other = await visitor(host.server.url).account("SignUp", {
        ...fields,
        email: "other@test.example",
        invitation,
      });
      assert.match(refusal(other), /invited/);
      const guest = visitor(host.server.url);
      assert.equal((await guest.account("SignUp", { ...fields, invitation })).body.account.verified, true);
      assert.match(refusal(await visitor(host.server.url).account("SignUp", { ...fields, invitation })), /not valid/);
    });

    test("odd names, addresses and passwords are refused or kept as they are (reliability c, 94)", async () => {
      await open("open");
      const signUp = (fields: object) =>
        visitor(host.server.url).account("SignUp", { email: "odd@test.example", password: PASSWORD, ...fields });
      assert.match(refusal(await signUp({ password: "password" })), /most common/);
      assert.match(refusal(await signUp({ password: "x".repeat(10_240) })), /8 to 128/);
      assert.match(refusal(await signUp({ password: ["a", "b"] })), /8 to 128/);
      assert.match(refusal(await signUp({ email: "аdmin@test.example" })), /e-mail/);
      assert.match(refusal(await signUp({ name: "a\r\nb" })), /one line/);
      const name = "'); drop table account; --<img src=x onerror=alert(1)>";
      assert.equal((await signUp({ name })).body.result, true);
      const { body } = await (await host.operator()).api("Admin/AccountList", { search: "drop table" });
      assert.equal(body.accounts[0].name, name);
      const percent = await (await host.operator()).api("Admin/AccountList", { search: "%_%" });
      assert.equal(percent.body.accounts.length, 0, "wildcards of the store are plain letters");
    });

    test("a password is reset by a link that counts once; all sessions end", async () => {
      const email = "forgets@test.example";
      const browser = await host.member(email);
      await visitor(host.server.url).account("Forgot", { email });
      const first = await linkFor(email, /new password/);
      await visitor(host.server.url).account("Forgot", { email });
      await until(async () => (await linkFor(email, /new password/)) !== first, "the second link");
      const second = await linkFor(email, /new password/);
      const reset = (token: string) =>
        visitor(host.server.url).account("Reset", { token, password: "another fine one" });
      assert.match(refusal(await reset(first)), /not valid/, "a newer link makes older ones void");
      const tried = await Promise.all([reset(second), reset(second), reset(second)]);
      assert.equal(tried.filter(({ body }) => body.result).length, 1);
      assert.equal((await browser.account("Me")).body.account, null);
      assert.match(refusal(await browser.account("SignIn", { email, password: PASSWORD })), /wrong/);
      assert.equal(
        (await browser.account("SignIn", { email, password: "another fine one" })).body.account.email,
        email,
      );
    });

    test("sessions are listed and ended one by one or all at once; signing in makes a new one", async () => {
      const email = "many@test.example";
      const first = await host.member(email);
      const before = first.cookie;
      const second = visitor(host.server.url);
      second.cookie = before;
      await second.account("SignIn", { email, password: PASSWORD });
      assert.notEqual(second.cookie, before, "nobody goes on under a session id from before");
      assert.equal((await first.account("Me")).body.account, null, "the old one ended");
      const third = visitor(host.server.url);
      await third.account("SignIn", { email, password: PASSWORD }, { "user-agent": "third" });
      const { sessions } = (await second.account("Sessions")).body;
      assert.equal(sessions.length, 2);
      assert.equal(sessions.filter((session: { current: boolean }) => session.current).length, 1);
      const foreign = (await (await host.operator()).account("Sessions")).body.sessions[0].id;
      assert.match(refusal(await second.account("SessionRevoke", { id: foreign })), /session-not-exist/);
      const { id } = sessions.find((session: { useragent: string }) => session.useragent === "third");
      await second.account("SessionRevoke", { id });
      assert.equal((await third.account("Me")).body.account, null);
      await third.account("SignIn", { email, password: PASSWORD });
      await third.account("SignOutEverywhere");
      assert.equal((await second.account("Token")).status, 401);
    });

    test("e-mail address and password are changed by who knows the password", async () => {
      const browser = await host.member("old@test.example");
      assert.match(
        refusal(await browser.account("Email", { current: "wrong one", email: "new@test.example" })),
        /password is wrong/,
      );
      await browser.account("Email", { current: PASSWORD, email: "new@test.example" });
      assert.equal(
        (await browser.account("Me")).body.account.email,
        "old@test.example",
        "not before the link was followed",
      );
      const told = await (await host.operator()).api("Admin/MailList", { limit: 200 });
      assert.ok(
        told.body.mail.some((mail: { to: string }) => mail.to === "old@test.example"),
        "the old address is told",
      );
      await browser.account("Verify", { token: await linkFor("new@test.example", /new e-mail/) });
      assert.equal((await browser.account("Me")).body.account.email, "new@test.example");
      const elsewhere = visitor(host.server.url);
      await elsewhere.account("SignIn", { email: "new@test.example", password: PASSWORD });
      await browser.account("Password", { current: PASSWORD, password: "my second choice" });
      assert.equal((await elsewhere.account("Me")).body.account, null, "all other sessions end");
      assert.equal((await browser.account("Me")).body.account.email, "new@test.example");
    });

    test("requests from other sites change nothing (reliability c, 95)", async () => {
      const browser = await host.member();
      const foreign: Record<string, string>[] = [
        { origin: "http://evil.example" },
        { origin: "null" },
        { origin: host.server.url, "sec-fetch-site": "cross-site" },
        { origin: host.server.url, "sec-fetch-site": "same-site" },
      ];
      for (const headers of foreign) {
        const answer = await browser.account("SignOutEverywhere", {}, headers);
        assert.deepEqual([answer.status, answer.headers.get("access-control-allow-origin")], [403, null]);
      }
      const silent = await fetch(`${host.server.url}/account/SignOut`, {
        method: "POST",
        headers: { cookie: browser.cookie },
      });
      assert.equal(silent.status, 403, "neither Origin nor Sec-Fetch-Site");
      assert.ok((await browser.account("Me")).body.account);
      // Cookies are nothing to /v1, and keys are nothing to /account.
      const api = await fetch(`${host.server.url}/v1/Project/List`, {
        method: "POST",
        headers: { cookie: browser.cookie },
        body: "{}",
      });
      assert.equal(api.status, 401);
      const apiKey = host.server.credentials?.projects[1]?.apiKey ?? "";
      const keyed = await visitor(host.server.url).account("Token", {}, { "x-api-key": apiKey });
      assert.equal(keyed.status, 401);
    });

    test("HTML forms are answered with redirects on this server", async () => {
      const form = (path: string, fields: Record<string, string>) =>
        fetch(`${host.server.url}/account/${path}`, {
          method: "POST",
          headers: { origin: host.server.url },
          body: new URLSearchParams(fields),
          redirect: "manual",
        });
      await host.member("form@test.example");
      const right = { email: "form@test.example", password: PASSWORD };
      const to = async (fields: Record<string, string>) => (await form("SignIn", fields)).headers.get("location");
      assert.equal(await to({ ...right, next: "/models?sort=runs" }), "/models?sort=runs");
      for (const next of ["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)"])
        assert.equal(await to({ ...right, next }), "/", next);
      assert.equal(
        await to({ ...right, password: "wrong one", back: "/sign-in?next=%2F" }),
        "/sign-in?next=%2F&error=signInWrong",
      );
      const page = await form("SignIn", { ...right, password: "wrong one", back: "//evil.example" });
      assert.deepEqual([page.status, page.headers.get("location")], [400, null]);
      assert.match(await page.text(), /password is wrong/);
    });

    test("what happened is in the account's own log", async () => {
      const browser = await host.member("logged@test.example");
      await visitor(host.server.url).account("SignIn", { email: "logged@test.example", password: "some wrong one" });
      const { body } = await browser.api("Audit/List");
      const acts = body.entries.map((entry: { action: string; outcome: string }) => `${entry.action} ${entry.outcome}`);
      assert.deepEqual(acts.slice(0, 2), ["sign-in wrong", "account.create ok"]);
      const file = await browser.api("Audit/List", { format: "csv" });
      assert.match(file.headers.get("content-type") ?? "", /^text\/csv/);
      assert.match(file.body, /^id,time,actor,ip,action,target,outcome\r\n/);
      await assert.rejects(
        host.server.db.write((tx) => tx.run("update audit_entry set outcome = 'ok'", [])),
        /append-only/,
      );
    });

    test("guessing passwords becomes slow, for one account and not for the others", async () => {
      const email = "guessed@test.example";
      const browser = await host.member(email);
      await host.member("neighbour@test.example");
      const guesses = await Promise.all(
        Array.from({ length: 12 }, () =>
          visitor(host.server.url).account("SignIn", { email, password: "a wrong guess" }),
        ),
      );
      const slow = guesses.filter(({ status }) => status === 429);
      assert.ok(slow.length >= 5, `${slow.length} of 12 were told to wait`);
      assert.ok(Number(slow[0]?.headers.get("retry-after")) >= 1);
      assert.ok((await browser.account("Me")).body.account, "who is signed in stays so");
      const neighbour = await visitor(host.server.url).account("SignIn", {
        email: "neighbour@test.example",
        password: PASSWORD,
      });
      assert.ok(neighbour.status === 200 || neighbour.status === 429);
    });
  });
}
