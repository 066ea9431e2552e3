// S4: whoever gets the database and the files, but not the master key, can use nothing of it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { apiCall, PASSWORD, STORES, startTestServer, type TestServer, visitor } from "@modelyard/testing";

/** Everything that the store holds, as text: all rows of all tables, and with SQLite the file's own bytes. */
async function dump(host: TestServer): Promise<{ text: string; values: string[] }> {
  const { db } = host.server;
  const tables =
    db.kind === "sqlite"
      ? await db.all<{ name: string }>("select name from sqlite_master where type = 'table'", [])
      : await db.all<{ name: string }>(
          "select table_name as name from information_schema.tables where table_schema = 'public'",
          [],
        );
  const values: string[] = [];
  for (const { name } of tables) {
    for (const row of await db.all<Record<string, unknown>>(`select * from "${name}"`, []))
      values.push(...Object.values(row).map(String));
  }
  const files =
    db.kind === "sqlite"
      ? readdirSync(host.dataDir)
          .filter((name) => name.startsWith("modelyard.sqlite"))
          .map((name) => readFileSync(join(host.dataDir, name), "latin1"))
      : [];
  const blobs = readdirSync(host.dataDir, { recursive: true, encoding: "utf8" })
    .filter((name) => name.startsWith("blobs") && statSync(join(host.dataDir, name)).isFile())
    .map((name) => readFileSync(join(host.dataDir, name), "latin1"));
  return { text: [...values, ...files, ...blobs].join("\n"), values };
}

for (const store of STORES) {
  test(`S4: a dump holds no secret and opens nothing (${store.kind})`, async (t) => {
    const host = await startTestServer(store);
    t.after(() => host.close());
    const operator = await host.operator();
    const member = await host.member("secrets@test.example");
    const secrets: Record<string, string> = { password: PASSWORD, workerToken: host.server.workerToken };
    for (const [n, project] of (host.server.credentials?.projects ?? []).entries()) {
      secrets[`first key ${n}`] = project.apiKey;
      if (project.apiSecret) secrets[`first secret ${n}`] = project.apiSecret;
    }
    secrets["owner's first password"] = host.server.credentials?.owner.password ?? "";
    secrets["welcome link"] = host.server.credentials?.welcome ?? "";
    const made = (await member.api("Project/Create", { name: "S", authmethod: "signature" })).body;
    secrets["api key"] = made.key.apikey;
    secrets["api secret"] = made.key.apisecret;
    secrets["callback secret"] = (await member.api("Task/CallbackSecret", { projectid: made.project.id })).body.secret;
    secrets["browser token"] = (
      await member.api("Token/Create", { models: ["test/noop"], spend: 1, minutes: 60 })
    ).body.token;
    secrets["session cookie"] = member.cookie.split("=")[1] ?? "";
    secrets["bearer token"] = await member.token();
    const invited = (await operator.api("Admin/Invite", { email: "open@test.example" })).body.url as string;
    secrets.invitation = invited.split("token=")[1] ?? "";
    await visitor(host.server.url).account("Forgot", { email: "secrets@test.example" });
    secrets.coupon = (await operator.api("Admin/CouponCreate", { amount: 5 })).body.coupon.code;
    const master = readFileSync(join(host.dataDir, "master.key"), "utf8").trim();
    secrets["master key"] = master;

    const { text, values } = await dump(host);
    assert.ok(text.includes("secrets@test.example"), "the dump is one");
    for (const [name, secret] of Object.entries(secrets)) {
      assert.ok(secret.length >= 8, `${name} was made`);
      for (const form of [
        secret,
        Buffer.from(secret).toString("base64").replace(/=+$/, ""),
        Buffer.from(secret).toString("hex"),
      ])
        assert.ok(!text.includes(form), `${name} is in the dump`);
    }
    // The text of mail that waits to be passed on carries links; it is sealed.
    assert.ok(!/[?&]token=[\w-]{43}/.test(text), "no link in the dump");

    // Nothing that is in the dump is good as a credential.
    const candidates = [...new Set(values.flatMap((value) => [value, ...value.split(/[.:$"]/)]))].filter(
      (value) => value.length >= 20 && value.length <= 200 && /^[\x21-\x7e]+$/.test(value),
    );
    assert.ok(candidates.length > 20, `${candidates.length} candidates`);
    for (const value of candidates) {
      const ways: Record<string, string>[] = [
        { "x-api-key": value },
        { authorization: `Bearer ${value}` },
        { authorization: `Bearer browser_${value}` },
        { authorization: `Bearer account_${value}` },
      ];
      for (const headers of ways) {
        const { status } = await apiCall(host.server.url, "Task/Stat", {}, headers);
        assert.equal(status, 401, `${JSON.stringify(headers)} is a credential`);
      }
      const browser = visitor(host.server.url);
      browser.cookie = `modelyard-session=${value}`;
      assert.equal((await browser.account("Me")).body.account, null, value);
    }
    const links = await host.server.db.all<{ token_hash: string }>("select token_hash from account_link", []);
    for (const { token_hash: token } of links) {
      for (const name of ["Reset", "Verify", "Welcome"]) {
        const fields = { token, password: "taken over now", email: "thief@test.example" };
        assert.equal((await visitor(host.server.url).account(name, fields)).body.result, false, name);
      }
    }
  });
}
