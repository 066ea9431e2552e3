/** Wire contract 2: who may call, how a request is signed, and what is said to those who may not. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import {
  type Answer,
  credentials,
  mainStore,
  post,
  rawExchange,
  refused,
  runOf,
  startTestServer,
  type TestServer,
  taskOf,
} from "@modelyard/testing";
import { WebSocket } from "ws";

const NOT_SIGNED = "Project requires signature authentication. x-signature and x-nonce headers are required.";
const WRONG = { status: 401, code: 0, message: "Project authorization is not valid." };
const UNKNOWN = { status: 401, code: 0, message: "Project authorization is not founded." };
const NOBODY = { status: 401, code: 99, message: "Authorization bearer token is not founded in headers." };
const BAD_BEARER = { status: 401, code: 99, message: "Authorization bearer token is invalid." };

interface Project {
  id: number;
  apiKey: string;
  apiSecret?: string;
}

let t: TestServer;
let signed: Project & { apiSecret: string };
let keyOnly: Project;

async function project(auth: "signature" | "apikey"): Promise<Project> {
  const { accountId } = await t.account(0n);
  return t.server.db.write((tx) => t.server.projects.create(tx, { accountId, name: auth, auth }));
}

before(async () => {
  t = await startTestServer(mainStore());
  signed = (await project("signature")) as typeof signed;
  keyOnly = await project("apikey");
});
after(() => t.close());

/** A call that gets as far as "There is no task yet." is authenticated. */
const detail = (headers: Record<string, string>): Promise<Answer> =>
  post(`${t.server.url}/v1/Task/Detail`, { "content-type": "application/json", ...headers }, '{"tasktoken":"test"}');
const accepted = (answer: Promise<Answer>) => refused(answer, { code: 1, message: "There is no task yet." });
const mac = (nonce: string, key = signed.apiKey, secret = signed.apiSecret) =>
  createHmac("sha256", key)
    .update(secret + nonce)
    .digest("hex");
const headers = (nonce: string, signature = mac(nonce)) => ({
  "x-api-key": signed.apiKey,
  "x-nonce": nonce,
  "x-signature": signature,
});

test("2.4 without credentials, or with a bearer that is none", async () => {
  await refused(detail({}), NOBODY);
  await refused(detail({ "x-nonce": "1", "x-signature": mac("1") }), NOBODY);
  await refused(detail({ cookie: "__Host-session=abc" }), NOBODY);
  for (const authorization of ["Bearer nonsense", "Bearer ", "Basic dXNlcjpwdw==", `Bearer ${signed.apiKey}`]) {
    await refused(detail({ authorization }), BAD_BEARER);
  }
  // A key counts, whatever else is there.
  await accepted(detail({ authorization: "Bearer nonsense", "x-api-key": keyOnly.apiKey }));
});

test("2.3 a key-only project needs its key; nonce and signature are ignored, wrong ones too", async () => {
  await accepted(detail({ "x-api-key": keyOnly.apiKey }));
  await accepted(detail({ "x-api-key": keyOnly.apiKey, "x-nonce": "x", "x-signature": "y" }));
  await accepted(detail({ "x-api-key": keyOnly.apiKey, "x-signature": "md5:00" }));
  await accepted(
    detail({ "x-api-key": keyOnly.apiKey, "x-wiro-proxy-client-ip": "1.2.3.4", "x-wiro-proxy-signature": "z" }),
  );
});

test("2.4 an unknown key", async () => {
  for (const apiKey of [
    "nobody",
    signed.apiKey.slice(0, -1),
    `${keyOnly.apiKey}x`,
    keyOnly.apiKey.toUpperCase(),
    "k".repeat(10_000),
    "' or 1=1 --",
  ]) {
    await refused(detail({ "x-api-key": apiKey }), UNKNOWN);
    await refused(detail({ "x-api-key": apiKey, "x-nonce": "1", "x-signature": mac("1", apiKey) }), UNKNOWN);
  }
});

test("2.4 a signature project without nonce or signature", async () => {
  const { apiKey } = signed;
  for (const rest of [
    {},
    { "x-nonce": "1" },
    { "x-signature": mac("1") },
    { "x-nonce": "", "x-signature": mac("") },
    { "x-nonce": "1", "x-signature": "" },
  ]) {
    await refused(detail({ "x-api-key": apiKey, ...(rest as Record<string, string>) }), {
      status: 401,
      code: 0,
      message: NOT_SIGNED,
    });
  }
});

test("2.1 any nonce that is not empty, and the same one again", async () => {
  const seen = [
    String(Math.floor(Date.now() / 1000)),
    String(Date.now()),
    `${Date.now()}123456`,
    "4294967295",
    "0123456789abcdef0123456789abcdef",
    "abc",
    "-1",
    "1e9",
    "0",
    "a nonce with blanks",
  ];
  for (const nonce of seen) {
    await accepted(detail(headers(nonce)));
    await accepted(detail(headers(nonce)));
  }
  await refused(detail(headers("9".repeat(10_000))), WRONG);
});

test("2.2 spellings of the signature", async () => {
  const hex = mac("7");
  for (const spelling of [
    hex,
    hex.toUpperCase(),
    `SHA2-256(stdin)= ${hex}`,
    `(stdin)= ${hex}`,
    `SHA256(stdin)= ${hex.toUpperCase()}`,
    `HMAC-SHA256(stdin)=${hex}`,
    ` ${hex} `,
  ]) {
    await accepted(detail(headers("7", spelling)));
  }
  const nibble = (hex.startsWith("0") ? "1" : "0") + hex.slice(1);
  const base64 = Buffer.from(hex, "hex").toString("base64");
  const swapped = createHmac("sha256", signed.apiSecret).update(`${signed.apiKey}7`).digest("hex");
  for (const wrong of [
    nibble,
    hex.slice(1),
    `${hex}0`,
    base64,
    swapped,
    mac("8"),
    "0".repeat(64),
    "hex",
    `${hex},`,
    `${hex} x`,
  ]) {
    await refused(detail(headers("7", wrong)), WRONG);
  }
  await refused(detail({ ...headers("7"), "x-api-key": keyOnly.apiKey }), {
    code: 1,
    message: "There is no task yet.",
  });
});

test("2.4 two headers of one name", async () => {
  const body = '{"tasktoken":"test"}';
  const request = (lines: string[]) =>
    `POST /v1/Task/Detail HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n${lines.join("\r\n")}\r\nConnection: close\r\n\r\n${body}`;
  const both = [`x-api-key: ${signed.apiKey}`, "x-nonce: 7", `x-signature: ${mac("7")}`];
  const answer = async (lines: string[]) => {
    const text = await rawExchange(t.server.url, request(lines));
    const body: unknown = JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4));
    return { status: Number(text.slice(9, 12)), headers: new Headers(), body };
  };
  await accepted(answer(both));
  await refused(answer([...both, `x-signature: ${mac("7")}`]), WRONG);
  await refused(answer([...both, "x-nonce: 7"]), WRONG);
  await refused(answer([...both, `x-api-key: ${signed.apiKey}`]), UNKNOWN);
});

test("2.1 the policies that a project may choose instead: window and strict", async () => {
  const own = (await project("signature")) as typeof signed;
  const call = (nonce: string) => detail(credentials(own, nonce));
  const seconds = Math.floor(Date.now() / 1000);
  const stale = [String(seconds - 400), String((seconds + 400) * 1000), "abc", "1", `${Date.now()}123456`, "-1"];

  await t.server.projects.setPolicy(own.id, { noncePolicy: "window" });
  for (const nonce of [String(seconds), String(seconds), String(Date.now()), String(seconds - 200)])
    await accepted(call(nonce));
  for (const nonce of stale) await refused(call(nonce), WRONG);

  await t.server.projects.setPolicy(own.id, { noncePolicy: "strict" });
  await accepted(call(String(seconds)));
  await refused(call(String(seconds)), WRONG);
  await accepted(call(String(seconds - 1)));
  for (const nonce of stale) await refused(call(nonce), WRONG);
  // A wrong signature does not use the nonce up.
  await refused(detail({ ...credentials(own, String(seconds - 2)), "x-signature": "0".repeat(64) }), WRONG);
  await accepted(call(String(seconds - 2)));
  // Twenty at once: one gets through.
  const race = await Promise.all(Array.from({ length: 20 }, () => call(String(seconds - 3))));
  assert.equal(race.filter(({ status }) => status === 200).length, 1);

  await t.server.projects.setPolicy(own.id, { noncePolicy: "compat" });
  await accepted(call("again"));
});

test("2.4 the list of addresses a project may be called from", async () => {
  const own = await project("apikey");
  const call = (extra: Record<string, string> = {}) => detail({ "x-api-key": own.apiKey, ...extra });
  const denied = { status: 401, code: 0, message: "Requested ip 127.0.0.1 is not allowed." };
  for (const [ipAllow, allowed] of [
    [["10.0.0.0/8"], false],
    [["127.0.0.2", "::1"], false],
    [["nonsense"], false],
    [["127.0.0.1"], true],
    [["::ffff:127.0.0.1"], true],
    [["10.0.0.1", "127.0.0.0/8"], true],
    [["*"], true],
    [[], true],
  ] as [string[], boolean][]) {
    await t.server.projects.setPolicy(own.id, { ipAllow });
    await (allowed ? accepted(call()) : refused(call(), denied));
    // What a client says about its own address is not believed.
    if (!allowed)
      await refused(
        call({ "x-forwarded-for": "10.1.1.1, 127.0.0.2", "x-real-ip": "10.1.1.1", forwarded: "for=10.1.1.1" }),
        denied,
      );
  }
});

test("a suspended account (reliability (c) 17)", async () => {
  const { accountId, apiKey } = await t.account(0n);
  await t.server.db.write((tx) =>
    tx.q.updateTable("account").set({ suspended: 1 }).where("id", "=", accountId).execute(),
  );
  await refused(detail({ "x-api-key": apiKey }), {
    code: 0,
    message: "Your account has been suspended. Please contact support.",
  });
});

test("a revoked key is refused within a second (reliability (c) 18)", async () => {
  const own = await project("apikey");
  await accepted(detail({ "x-api-key": own.apiKey }));
  await t.server.db.write((tx) =>
    tx.q.updateTable("project_key").set({ revoked_at: tx.now }).where("project_id", "=", own.id).execute(),
  );
  const revoked = performance.now();
  let answer = await detail({ "x-api-key": own.apiKey });
  while (answer.status === 200) answer = await detail({ "x-api-key": own.apiKey });
  await refused(answer, UNKNOWN);
  assert.ok(
    performance.now() - revoked < 3_000,
    "the row is read again after a second; a slow machine may take a little longer",
  );
});

test("both kinds of project run and look at what they ran", async () => {
  const { accountId } = await t.account(5_000_000_000n);
  for (const auth of ["signature", "apikey"] as const) {
    const own = await t.server.db.write((tx) => t.server.projects.create(tx, { accountId, name: auth, auth }));
    const send = (path: string, body: object) =>
      post(
        `${t.server.url}/v1/${path}`,
        { ...credentials(own), "content-type": "application/json" },
        JSON.stringify(body),
      );
    const task = await runOf(send("Run/test/dollar", {}));
    assert.equal((await taskOf(send("Task/Detail", { taskid: task.taskid }))).projectid, String(own.id));
    await taskOf(send("Task/Cancel", { taskid: task.taskid }));
  }
});

test("1 a browser on any page may call: preflight, origin and every refusal", async () => {
  for (const path of ["Run/test/echo", "Task/Detail", "Task/Kill", "File/Upload", "Tool/List"]) {
    const response = await fetch(`${t.server.url}/v1/${path}`, {
      method: "OPTIONS",
      headers: {
        origin: "https://example.org",
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-api-key,x-nonce,x-signature,content-type",
      },
    });
    assert.equal(response.status, 204);
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    const allowed = response.headers.get("access-control-allow-headers") ?? "";
    const own = [
      "idempotency-key",
      "prefer",
      "modelyard-priority",
      "modelyard-deadline",
      "modelyard-tags",
      "traceparent",
    ];
    const theirs = ["content-type", "x-api-key", "x-nonce", "x-signature", "authorization", "accept"];
    for (const name of [...theirs, ...own]) assert.ok(allowed.includes(name), name);
    assert.match(response.headers.get("access-control-allow-methods") ?? "", /POST/);
  }
  for (const [path, extra] of [
    ["Task/Detail", {}],
    ["Task/Detail", { "x-api-key": keyOnly.apiKey }],
    ["Nothing/Here", {}],
    ["Run/%zz/x", {}],
  ] as const) {
    const { headers } = await post(`${t.server.url}/v1/${path}`, { origin: "https://example.org", ...extra });
    assert.equal(headers.get("access-control-allow-origin"), "*", path);
    assert.equal(headers.get("access-control-allow-credentials"), null, "cookies have no part in this API");
  }
});

test("the socket asks for no credentials and any page may open it (wire contract 10.1)", async () => {
  const socket = new WebSocket(`${t.server.url.replace("http", "ws")}/v1`, { origin: "https://example.org" });
  const greeting = await new Promise((resolve, reject) =>
    socket.once("message", (data) => resolve(String(data))).once("error", reject),
  );
  assert.deepEqual(JSON.parse(greeting as string), { type: "connected", version: "1.0" });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.close();
  await closed;
});
