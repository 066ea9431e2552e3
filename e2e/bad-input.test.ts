/**
 * Reliability (c) 1 to 65, as one table over raw connections; where that list and the wire contract differ, the wire contract's answer
 * stands here. 18 is in auth.test.ts, 66 in socket-limits.test.ts. No row may cost the server anything: see the end of the file.
 */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { Failure } from "@modelyard/contract";
import { audit } from "@modelyard/server";
import {
  type Caller,
  caller,
  mainStore,
  rawExchange,
  refused,
  startTestServer,
  type TestServer,
  until,
} from "@modelyard/testing";
import { WebSocket } from "ws";
import { type Expected, e401, known, MARK, NONCE, no, ok, rows, wrong } from "./bad-input-rows.ts";

interface Project {
  id: number;
  apiKey: string;
  apiSecret?: string;
}

let t: TestServer;
let key: Project;
let signed: Project & { apiSecret: string };
let own: Caller;
let other: Caller;
const secrets: string[] = [];

async function project(auth: "signature" | "apikey", credit = 500_000_000_000n): Promise<Project> {
  const { accountId } = await t.account(credit);
  const made = await t.server.db.write((tx) => t.server.projects.create(tx, { accountId, name: auth, auth }));
  secrets.push(made.apiKey, ...(made.apiSecret ? [made.apiSecret] : []));
  return made;
}

before(async () => {
  t = await startTestServer(mainStore());
  await t.worker({ slots: 4 });
  key = await project("apikey");
  signed = (await project("signature")) as typeof signed;
  own = caller(t.server.url, key);
  other = caller(t.server.url, await project("apikey"));
  for (const { apiKey, apiSecret } of t.server.credentials?.projects ?? [])
    secrets.push(apiKey, ...(apiSecret ? [apiSecret] : []));
});
after(() => t.close());

const mac = (nonce = NONCE) =>
  createHmac("sha256", signed.apiKey)
    .update(signed.apiSecret + nonce)
    .digest("hex");
const keyLine = () => `x-api-key: ${key.apiKey}`;
const signedLines = (signature = mac(), nonce = NONCE) => [
  `x-api-key: ${signed.apiKey}`,
  `x-nonce: ${nonce}`,
  `x-signature: ${signature}`,
];

/** A whole request. `lines` replace the credentials of the key-only project. */
function http(path: string, body: string, lines?: string[], method = "POST"): Buffer {
  const bytes = Buffer.from(body);
  const head = [
    `${method} ${path} HTTP/1.1`,
    "Host: example.test",
    "Connection: close",
    `Content-Length: ${bytes.length}`,
    ...(lines ?? [keyLine()]),
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), bytes]);
}
const run = (fields: object | string, model = "echo", lines?: string[]) =>
  http(`/v1/Run/test/${model}`, typeof fields === "string" ? fields : JSON.stringify(fields), lines);
const detail = (lines: string[]) => http("/v1/Task/Detail", '{"tasktoken":"test"}', lines);
const task = (path: string, fields: object) => http(`/v1/Task/${path}`, JSON.stringify(fields));

async function exchange(bytes: Buffer): Promise<{ status: number; text: string; body: unknown }> {
  const text = await rawExchange(t.server.url, bytes, { enough: /(?!)/ });
  const start = text.indexOf("\r\n\r\n") + 4;
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(text.slice(start), "latin1").toString());
  } catch {
    body = undefined;
  }
  return { status: Number(text.slice(9, 12)), text, body };
}

async function check(bytes: Buffer, { status, code, message, success }: Expected): Promise<void> {
  const answer = await exchange(bytes);
  assert.ok([status].flat().includes(answer.status), `${answer.status}: ${answer.text.slice(0, 600)}`);
  assert.doesNotMatch(answer.text, /node_modules|\.ts:\d|\n\s+at /, "no stack trace");
  if (success) return assert.equal((answer.body as { result?: boolean })?.result, true, answer.text);
  if (code === undefined) return;
  const failure = Failure.parse(answer.body).errors[0] as { code: number; message: string };
  assert.equal(failure.code, code, failure.message);
  if (typeof message === "string") assert.equal(failure.message, message);
  else if (message) assert.match(failure.message, message);
}

const prompt = MARK;
let fds = 0;
const openFiles = () => readdirSync("/proc/self/fd").length;

test("the baseline: the server has worked and is at rest", async () => {
  const { taskid } = await own.run("test/echo", { prompt });
  assert.equal((await own.ended(taskid)).pexit, "0");
  await check(detail([keyLine()]), known);
  fds = openFiles();
});

for (const [item, name, request, expected] of rows({
  http,
  run,
  detail,
  task,
  keyLine,
  signedLines,
  mac,
  signed: () => signed,
}))
  test(`${item} ${name}`, () => check(request(), expected));

test("11, 12, 14, 15 the policies of a project", async () => {
  const at = (seconds: number) => String(Math.floor(Date.now() / 1000) + seconds);
  const with_ = (nonce: string) => detail(signedLines(mac(nonce), nonce));
  await t.server.projects.setPolicy(signed.id, { noncePolicy: "window" });
  await check(with_(at(-400)), wrong);
  await check(with_(at(0)), known);
  await t.server.projects.setPolicy(signed.id, { noncePolicy: "strict" });
  const once = at(-1);
  await check(with_(once), known);
  await check(with_(once), wrong);
  await t.server.projects.setPolicy(signed.id, { noncePolicy: "compat", ipAllow: ["10.0.0.1"] });
  await check(
    detail([...signedLines(), "X-Forwarded-For: 10.0.0.1"]),
    e401(0, "Requested ip 127.0.0.1 is not allowed."),
  );
  await t.server.projects.setPolicy(signed.id, { ipAllow: ["::ffff:127.0.0.1"] });
  await check(detail(signedLines()), known);
});

test("17 a suspended account", async () => {
  const { accountId, apiKey } = await t.account(0n);
  secrets.push(apiKey);
  await t.server.db.write((tx) =>
    tx.q.updateTable("account").set({ suspended: 1 }).where("id", "=", accountId).execute(),
  );
  await check(detail([`x-api-key: ${apiKey}`]), no("Your account has been suspended. Please contact support."));
});

test("41, 42, 43 the wallet", async () => {
  const line = async (credit: bigint) => [`x-api-key: ${(await project("apikey", credit)).apiKey}`];
  await check(run({ prompt }, "echo", await line(490_000_000n)), no(/^Insufficient balance/, 97));
  await check(run({}, "dollar", await line(990_000_000n)), no(/^Insufficient balance/, 97));
  const rich = await line(12_000_000_000n);
  await check(run({}, "dollar", rich), ok);
  await check(
    run({}, "dollar", rich),
    no(
      /^You have reached your concurrent task limit\. With your current balance of \$12\.00, you can run up to 1 tasks/,
      96,
    ),
  );
});

test("48 the same Idempotency-Key with another body", async () => {
  const key = { "idempotency-key": "48" };
  const { taskid } = await own.run("test/dollar", { a: 1 }, key);
  await refused(own.call("Run/test/dollar", { a: 2 }, key), {
    code: 0,
    message: /^This Idempotency-Key was used before/,
  });
  await own.call("Task/Cancel", { taskid });
});

test("58 headers that never end", async () => {
  const text = await rawExchange(t.server.url, "POST /v1/Task/Detail HTTP/1.1\r\nHost: x\r\n", {
    enough: /(?!)/,
    timeoutMs: 60_000,
  });
  assert.match(text, /^(HTTP\/1\.1 408 |$)/);
});

test("61, 62, 63 tasks that are not the caller's, not queued, ended", async () => {
  const { taskid } = await own.run("test/wait", { seconds: 50 });
  await own.when(taskid, ({ status }) => status === "task_output");
  assert.equal(((await other.call("Task/Kill", { taskid })).body as { result: boolean }).result, false);
  await check(task("Cancel", { taskid }), no("Task is not in a cancellable state.", 1));
  await check(task("Kill", { taskid }), ok);
  await check(task("Cancel", { taskid }), no("Task is not in a cancellable state.", 1));
  for (let n = 0; n < 2; n++) await check(task("Kill", { taskid }), no(/^Task could not be killed: ./, 1));
});

test("67 a cookie opens nothing on the socket, and another page's script gets no more than its token", async () => {
  const socket = new WebSocket(`${t.server.url.replace("http", "ws")}/v1`, {
    origin: "https://evil.example",
    headers: { cookie: "__Host-session=abc" },
  });
  const greeting = await new Promise((resolve, reject) =>
    socket.once("message", (data) => resolve(String(data))).once("error", reject),
  );
  assert.equal(greeting, '{"type":"connected","version":"1.0"}');
  await new Promise((resolve) => socket.once("close", resolve).terminate());
});

test("after all of it: alive, nothing polluted, no file left open, nothing secret in the log, and every dollar in its place", async () => {
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  assert.equal((await exchange(http("/health", "", [], "GET"))).status, 200);
  const { taskid } = await own.run("test/echo", { prompt });
  assert.equal((await own.ended(taskid)).pexit, "0");
  await until(async () => {
    const open = await t.server.db.all<{ n: number }>(
      "select count(*) as n from task where status not in ('task_postprocess_end', 'task_cancel') and model_id <> (select id from model where slug = 'dollar')",
      [],
    );
    return Number(open[0]?.n) === 0 && openFiles() <= fds + 4;
  }, `tasks end and files are closed (${openFiles()} open, ${fds} before)`);
  for (const line of t.logged) {
    assert.ok(!line.includes(MARK), `a prompt in the log: ${line.slice(0, 300)}`);
    for (const secret of secrets) assert.ok(!line.includes(secret), "a key or secret in the log");
    assert.doesNotMatch(line, /internal error|unhandled/i);
  }
  assert.deepEqual(await audit(t.server.db), []);
});
