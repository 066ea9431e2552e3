// Projects and keys: scopes, models, addresses, ends, rotation, browser tokens, spend caps (issue 6; reliability.md 5.1, 5.2).
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { API_ROUTES, SCOPES } from "@modelyard/contract";
import {
  apiCall,
  STORES,
  startTestServer,
  type TestServer,
  type TestVisitor,
  until,
  type VisitorAnswer,
} from "@modelyard/testing";
import { Webhook } from "standardwebhooks";

for (const store of STORES) {
  describe(`keys (${store.kind})`, () => {
    let host: TestServer;
    let owner: TestVisitor;
    before(async () => {
      host = await startTestServer(store, { allowHosts: ["127.0.0.1"] });
      owner = await host.operator();
    });
    after(() => host.close());

    const withKey = (apikey: string, name: string, fields: object = {}) =>
      apiCall(host.server.url, name, fields, { "x-api-key": apikey });
    const withToken = (token: string, name: string, fields: object = {}) =>
      apiCall(host.server.url, name, fields, { authorization: `Bearer ${token}` });
    const message = ({ body }: VisitorAnswer) => (body.result ? "" : body.errors[0].message);
    const project = async (fields: object = {}) =>
      (await owner.api("Project/Create", { name: "Test", authmethod: "apikey", ...fields })).body;
    const detail = async (projectid: string) => (await owner.api("Project/Detail", { projectid })).body.project;
    const newKey = async (projectid: string, fields: object = {}) =>
      (await owner.api("Project/KeyCreate", { projectid, name: "k", ...fields })).body.key;

    test("a project is made with one way to authenticate, which stays; its keys are shown once", async () => {
      const made = await project({ name: "Signed <i>", authmethod: "signature" });
      const { apikey, apisecret } = made.key;
      const sign = (nonce: string) =>
        createHmac("sha256", apikey)
          .update(apisecret + nonce)
          .digest("hex");
      const call = (headers: Record<string, string>) =>
        apiCall(host.server.url, "Task/Stat", {}, { "x-api-key": apikey, ...headers });
      assert.equal((await call({ "x-nonce": "1", "x-signature": sign("1") })).body.result, true);
      assert.match(message(await call({})), /requires signature/);
      await owner.api("Project/Update", { projectid: made.project.id, name: "Renamed", authmethod: "apikey" });
      const seen = await detail(made.project.id);
      assert.deepEqual([seen.name, seen.authmethod, seen.keys[0].last4], ["Renamed", "signature", apikey.slice(-4)]);
      assert.ok(!JSON.stringify(seen).includes(apikey) && !JSON.stringify(seen).includes(apisecret));
      await owner.api("Project/Update", { projectid: made.project.id, noncepolicy: "strict" });
      const now = String(Date.now());
      assert.equal((await call({ "x-nonce": now, "x-signature": sign(now) })).body.result, true);
      assert.match(message(await call({ "x-nonce": now, "x-signature": sign(now) })), /not valid/, "used once");
    });

    test("a key does what its scopes say; the keys of before may not manage", async () => {
      const { project: own } = await project();
      const first = host.server.credentials?.projects[1]?.apiKey ?? "";
      for (const scope of SCOPES) {
        const { apikey } = await newKey(own.id, { scopes: [scope] });
        for (const route of API_ROUTES) {
          if (route.open) continue;
          const name = route.path.slice("/v1/".length).replace("{owner}", "test").replace("{model}", "nothing");
          // A refusal for want of rights comes before the fields are looked at.
          const answer = await withKey(apikey, name);
          const isRefused = message(answer) === "You don't have any permission for this action.";
          assert.equal(isRefused, route.scope !== scope, `${scope} at ${route.path}: ${JSON.stringify(answer.body)}`);
        }
      }
      assert.match(message(await withKey(first, "Project/Create", { name: "x", authmethod: "apikey" })), /permission/);
      assert.equal((await withKey(first, "Run/test/noop")).body.result, true);
    });

    test("a key runs the models it names, from the addresses it names, until its end", async () => {
      const { project: own } = await project();
      const { apikey: models, id } = await newKey(own.id, { models: ["Test/Noop"] });
      assert.equal((await withKey(models, "Run/test/noop")).body.result, true);
      assert.equal(
        message(await withKey(models, "Run/test/echo", { prompt: "x" })),
        "This key may not run this model.",
      );
      assert.match(message(await withKey(models, "Run/test/echo/sync", { prompt: "x" })), /may not run/);
      const away = await newKey(own.id, { ipwhitelist: ["10.0.0.0/8"] });
      assert.equal(message(await withKey(away.apikey, "Task/Stat")), "Requested ip 127.0.0.1 is not allowed.");
      const here = await newKey(own.id, { ipwhitelist: ["10.0.0.0/8", "127.0.0.0/8"] });
      assert.equal((await withKey(here.apikey, "Task/Stat")).body.result, true);
      const soon = await newKey(own.id, { expires: Math.floor(Date.now() / 1000) + 1 });
      await until(async () => (await withKey(soon.apikey, "Task/Stat")).status === 401, "the key's end");
      assert.equal((await detail(own.id)).keys.find((key: { id: string }) => key.id === soon.id).status, "expired");
      const used = (await detail(own.id)).keys.find((key: { id: string }) => key.id === id);
      assert.ok(Math.abs(Number(used.lastused) - Date.now() / 1000) < 60, "last used");
      for (const fields of [
        { scopes: [] },
        { scopes: ["everything"] },
        { models: ["noslash"] },
        { ipwhitelist: ["10.0.0.0/33"] },
        { ipwhitelist: ["here"] },
        { expires: 1000 },
        { name: "a\nb" },
        { cap: "-1" },
        { cap: "0.0000000001" },
      ])
        assert.notEqual(
          message(await owner.api("Project/KeyCreate", { projectid: own.id, ...fields })),
          "",
          JSON.stringify(fields),
        );
    });

    test("a revoked key is dead for every request that comes after, whatever is cached", async () => {
      const { project: own } = await project();
      for (let round = 0; round < 10; round++) {
        const { apikey, id } = await newKey(own.id);
        let revoked = false;
        // Requests that began after the answer to the revocation must all be refused.
        const late: number[] = [];
        const hammer = Array.from({ length: 8 }, async () => {
          for (let n = 0; n < 12; n++) {
            const isLate = revoked;
            const { status } = await withKey(apikey, "Task/Stat");
            if (isLate) late.push(status);
          }
        });
        const bearer = await owner.token();
        await withToken(bearer, "Project/KeyRevoke", { keyid: id });
        revoked = true;
        await Promise.all(hammer);
        assert.equal((await withKey(apikey, "Task/Stat")).status, 401);
        assert.deepEqual(
          late.filter((status) => status !== 401),
          [],
        );
      }
    });

    test("a rotated key goes on for the chosen time and not longer", async () => {
      const { project: own } = await project();
      const old = await newKey(own.id, { scopes: ["read"], models: ["test/noop"] });
      const next = (await owner.api("Project/KeyRotate", { keyid: old.id, overlap: 2 })).body.key;
      assert.deepEqual([next.scopes, next.models, next.name], [["read"], ["test/noop"], "k"]);
      assert.equal((await withKey(old.apikey, "Task/Stat")).status, 200);
      assert.equal((await withKey(next.apikey, "Task/Stat")).status, 200);
      await until(async () => (await withKey(old.apikey, "Task/Stat")).status === 401, "the overlap's end");
      assert.equal((await withKey(next.apikey, "Task/Stat")).status, 200);
      const last = (await owner.api("Project/KeyRotate", { keyid: next.id })).body.key;
      assert.equal((await withKey(next.apikey, "Task/Stat")).status, 401, "without an overlap it ends at once");
      assert.equal((await withKey(last.apikey, "Task/Stat")).status, 200);
      assert.match(message(await owner.api("Project/KeyRotate", { keyid: next.id })), /key-not-exist/);
    });

    test("a browser token runs its models, sees its own tasks, spends its money, and no more", async () => {
      const { project: own } = await project();
      const backend = await newKey(own.id, { scopes: ["run"] });
      const asked = { models: ["test/dollar"], spend: "2", minutes: 5 };
      const { token } = (await withKey(backend.apikey, "Token/Create", asked)).body;
      const run = () => withToken(token, "Run/test/dollar");
      const first = (await run()).body;
      assert.equal(first.result, true);
      assert.equal((await withToken(token, "Task/Detail", { taskid: first.taskid })).body.result, true);
      const other = (await withKey(backend.apikey, "Run/test/dollar")).body;
      assert.match(message(await withToken(token, "Task/Detail", { taskid: other.taskid })), /no task/);
      assert.match(message(await withToken(token, "Task/Kill", { taskid: other.taskid })), /no task/);
      for (const name of ["Task/List", "Task/Stat", "File/List", "Project/List", "Token/Create", "Wallet/Detail"])
        assert.match(message(await withToken(token, name, asked)), /permission/, name);
      assert.match(message(await withToken(token, "Run/test/noop")), /may not run/);
      const elsewhere = (await project()).project.id;
      assert.match(message(await withToken(token, "Run/test/dollar", { projectid: elsewhere })), /permission/);
      assert.equal((await run()).body.result, true);
      assert.match(message(await run()), /^Insufficient balance: the spend cap of \$2\.00 of key/);
      assert.equal((await withKey(token, "Task/Stat")).status, 401, "it is no API key");
      await withToken(token, "Task/Kill", { taskid: first.taskid });
      assert.equal((await run()).body.result, true, "what a killed run held is given back");
      await owner.api("Project/KeyRevoke", { keyid: backend.id });
      assert.equal((await run()).status, 401, "it ends with the key that made it");
      const narrow = await newKey(own.id, { scopes: ["run"], models: ["test/noop"] });
      assert.match(message(await withKey(narrow.apikey, "Token/Create", asked)), /permission/);
      const capped = await newKey(own.id, { scopes: ["run"], cap: 5 });
      assert.match(message(await withKey(capped.apikey, "Token/Create", asked)), /permission/);
    });

    test("a cap is a hard stop for any number of runs at once, and each owner is told at 50, 80 and 100 %", async () => {
      const { project: own, key } = await project({ cap: 10 });
      const started = async (apikey: string, n: number) => {
        const answers = await Promise.all(Array.from({ length: n }, () => withKey(apikey, "Run/test/dollar")));
        const refused = answers.filter(({ body }) => !body.result);
        for (const { body } of refused) {
          assert.equal(body.errors[0].code, 97);
          assert.equal(
            body.errors[0].message,
            "Insufficient balance: the spend cap of $10.00 of project Test is reached.",
          );
        }
        return answers.filter(({ body }) => body.result).map(({ body }) => body.taskid as string);
      };
      const tasks = await started(key.apikey, 30);
      assert.equal(tasks.length, 10);
      // Another key, or the account itself, in the same project is stopped by the same cap.
      assert.equal((await started((await newKey(own.id)).apikey, 3)).length, 0);
      assert.match(message(await owner.api("Run/test/dollar", { projectid: own.id })), /spend cap/);
      assert.equal((await detail(own.id)).cap.used, "10.000000000000");
      let subjects: string[] = [];
      await until(async () => {
        const { mail } = (await owner.api("Admin/MailList", { limit: 100 })).body;
        subjects = mail
          .filter(({ text }: { text: string }) => text.includes("project Test"))
          .map(({ subject }: { subject: string }) => subject);
        return subjects.length >= 3;
      }, "three mails");
      assert.deepEqual(
        subjects.toSorted(),
        [100, 50, 80].map((percent) => `${percent} % of a spend cap is used`),
      );
      for (const taskid of tasks.slice(0, 4)) await withKey(key.apikey, "Task/Kill", { taskid });
      assert.equal((await detail(own.id)).cap.used, "6.000000000000");
      assert.equal((await started(key.apikey, 9)).length, 4);
      await owner.api("Project/Update", { projectid: own.id, cap: "" });
      assert.equal((await detail(own.id)).cap, null);
      assert.equal((await withKey(key.apikey, "Run/test/dollar")).body.result, true);
      // Set again, it counts what is open and was spent, and what ends for less comes back.
      const again = (await owner.api("Project/Update", { projectid: own.id, cap: 20, capperiod: "month" })).body.project
        .cap;
      assert.deepEqual(again, { amount: "20.000000000000", period: "month", used: "11.000000000000" });
      for (const taskid of tasks.slice(4)) await withKey(key.apikey, "Task/Kill", { taskid });
      assert.equal((await detail(own.id)).cap.used, "5.000000000000");
    });

    test("a project's own address is called too, signed like other callbacks", async (t) => {
      const heard: {
        body: { percent: string; keyid: string; type: string; cap: object };
        headers: IncomingHttpHeaders;
        raw: string;
      }[] = [];
      const server = createServer((request, response) => {
        let raw = "";
        request.on("data", (chunk: Buffer) => (raw += chunk.toString()));
        request.on("end", () => {
          heard.push({ body: JSON.parse(raw), headers: request.headers, raw });
          response.end("ok");
        });
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      t.after(() => server.close());
      const alerturl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/caps`;
      const { project: own } = await project();
      for (const wrong of ["javascript:alert(1)", "file:///etc/passwd", "http://a:b@example.com/", "nonsense"])
        assert.match(message(await owner.api("Project/Update", { projectid: own.id, alerturl: wrong })), /alerturl/);
      await owner.api("Project/Update", { projectid: own.id, alerturl });
      const { apikey, id } = await newKey(own.id, { cap: 2 });
      for (let n = 0; n < 3; n++) await withKey(apikey, "Run/test/dollar");
      await until(() => heard.length === 2, "the calls");
      assert.deepEqual(heard.map(({ body }) => body.percent).toSorted(), ["100", "50"]);
      const { secret } = (await owner.api("Task/CallbackSecret", { projectid: own.id })).body;
      for (const { raw, headers, body } of heard) {
        new Webhook(secret).verify(raw, headers as Record<string, string>);
        assert.deepEqual([body.type, body.keyid], ["spendcap", id]);
      }
      let listed: { taskid: string; callbackurl: string; status: string }[] = [];
      await until(async () => {
        listed = (await owner.api("Task/CallbackList")).body.callbacklist;
        return listed.filter(({ status }) => status === "delivered").length === 2;
      }, "both in the log");
      assert.ok(listed.every(({ taskid, callbackurl }) => taskid === "0" && callbackurl === alerturl));
    });

    test("key and project caps count together, and the wallet is as before when one refuses", async () => {
      const { project: own } = await project({ cap: 100 });
      const { apikey, id } = await newKey(own.id, { cap: 1 });
      const before = (await owner.api("Wallet/Detail")).body;
      assert.equal((await withKey(apikey, "Run/test/dollar")).body.result, true);
      assert.match(message(await withKey(apikey, "Run/test/dollar")), /of key k is reached/);
      const seen = await detail(own.id);
      assert.equal(seen.cap.used, "1.000000000000");
      assert.equal(seen.keys.find((key: { id: string }) => key.id === id).cap.used, "1.000000000000");
      const now = (await owner.api("Wallet/Detail")).body;
      assert.equal(Number(before.available) - Number(now.available), 1);
      assert.equal(Number(now.active) - Number(before.active), 1);
    });

    test("an account and a key without caps pay no statement for them", async () => {
      const { apiKey } = await host.account(100n * 1_000_000_000n);
      const texts: string[] = [];
      const { db } = host.server;
      const write = db.write.bind(db);
      db.write = (work) =>
        write((tx) =>
          work(
            new Proxy(tx, {
              get(target, name) {
                const value = Reflect.get(target, name) as unknown;
                if (name !== "all" && name !== "run") return value;
                return (text: string, params: readonly string[]) => {
                  texts.push(text);
                  return (value as typeof tx.run)(text, params);
                };
              },
            }),
          ),
        );
      const { taskid } = (await withKey(apiKey, "Run/test/dollar")).body;
      await withKey(apiKey, "Task/Kill", { taskid });
      db.write = write;
      assert.ok(texts.some((text) => /^insert into task /.test(text)));
      assert.deepEqual(
        texts.filter((text) => /spend_cap/.test(text)),
        [],
      );
    });
  });
}
