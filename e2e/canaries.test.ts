/**
 * S7: nothing secret is in what server and worker print, in the metrics, in the traces, or in what is answered to others. Values that exist nowhere
 * else are sent through everything that takes one; then all output is searched for them.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import {
  apiCall,
  credentials,
  type Platform,
  post,
  shellModel,
  spanReceiver,
  startPlatform,
  subscribe,
  type TestVisitor,
  temporaryFolder,
  tokenIn,
  until,
  visitor,
} from "@modelyard/testing";

/** Everything that must not be found, by what it is. */
class Canaries {
  readonly values = new Map<string, string>();

  /** A new value; it stands for itself in any text. */
  make(what: string): string {
    return this.keep(what, `canary${randomBytes(9).toString("hex")}`);
  }

  keep(what: string, value: string | null | undefined): string {
    assert.ok(value && value.length >= 8, `${what} was made`);
    this.values.set(`${what} ${this.values.size}`, value);
    return value;
  }

  /** What of them is in a text, as it is or encoded. */
  in(text: string): string[] {
    return [...this.values].flatMap(([what, value]) => {
      const bytes = Buffer.from(value);
      const forms = [
        value,
        encodeURIComponent(value),
        bytes.toString("base64").replace(/=+$/, ""),
        bytes.toString("hex"),
      ];
      return forms.some((form) => text.includes(form)) ? [what] : [];
    });
  }
}

/** A warm model whose stderr holds its prompt when it dies, as a traceback would. */
function crashingModel(root: string): void {
  const dir = join(root, "test/crash");
  mkdirSync(dir, { recursive: true });
  const [manifest] = shellModel("crash", "");
  const service = "{ type: service, command: [node, run.js], concurrency: 2 }";
  const text = String(manifest?.text).replace("{ type: command, command: [sh, run.sh] }", service);
  writeFileSync(join(dir, "model.yaml"), text);
  writeFileSync(
    join(dir, "run.js"),
    `require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { inputs } = JSON.parse(line);
  if (!inputs) return;
  process.stderr.write("cannot digest " + inputs.prompt + "\\n", () => process.exit(9));
});
console.log('{"type":"ready"}');
`,
  );
}

async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers as the first word of the path says: /500/…, /302/…, /410/…, anything else 200. */
const hooks = () =>
  createServer((request, response) => {
    request.resume();
    const status = Number(/^\/(\d{3})\//.exec(request.url ?? "")?.[1] ?? 200);
    response.writeHead(status, status === 302 ? { location: `http://127.0.0.1:1${request.url}` } : {}).end();
  });

interface Stage {
  platform: Platform;
  canaries: Canaries;
  hookUrl: string;
  /** What others than the one it belongs to were answered. */
  answers: string[];
}

/** Accounts, sessions, projects, keys: what is typed, and what is handed out. */
async function accounts({
  platform,
  canaries,
  answers,
}: Stage): Promise<{ operator: TestVisitor; member: TestVisitor }> {
  const { url, firstRun } = platform;
  const operator = visitor(url);
  const welcome = canaries.keep("welcome token", tokenIn(firstRun.welcome));
  const password = canaries.make("operator's password");
  await operator.account("Welcome", { token: welcome, email: "operator@test.example", password });
  canaries.keep("operator's session", operator.cookie.split("=")[1]);
  canaries.keep("bearer token", await operator.token());
  await operator.api("Admin/Settings", { signups: "open" });
  const invitation = tokenIn((await operator.api("Admin/Invite", { email: "ada@test.example" })).body.url);
  canaries.keep("invitation", invitation);
  const member = visitor(url);
  const adas = canaries.make("password");
  await member.account("SignUp", { email: "ada@test.example", password: adas, invitation });
  canaries.keep("session", member.cookie.split("=")[1]);
  // Waits for the operator in Admin/MailList: the links of confirmation and reset.
  await visitor(url).account("SignUp", { email: "bob@test.example", password: canaries.make("password") });
  await visitor(url).account("Forgot", { email: "ada@test.example" });
  await until(async () => (await operator.api("Admin/MailList")).body.mail.length >= 2, "mails that wait");
  for (const { text } of (await operator.api("Admin/MailList")).body.mail) canaries.keep("mailed link", tokenIn(text));
  // Refused ones: a wrong password, a made-up link, a made-up bearer and cookie.
  const stranger = visitor(url);
  answers.push(
    JSON.stringify([
      await stranger.account("SignIn", { email: "ada@test.example", password: canaries.make("wrong password") }),
      await stranger.account("Reset", { token: canaries.make("made-up token"), password: canaries.make("password") }),
      await apiCall(url, "Task/Stat", {}, { authorization: `Bearer ${canaries.make("made-up bearer")}` }),
      await apiCall(url, "Task/Stat", {}, { "x-api-key": canaries.make("made-up key") }),
    ]),
  );
  return { operator, member };
}

async function keys({ platform, canaries }: Stage, owner: TestVisitor): Promise<{ apiKey: string; apiSecret: string }> {
  const made = (await owner.api("Project/Create", { name: "Canary", authmethod: "signature" })).body;
  const apiKey = canaries.keep("api key", made.key.apikey);
  const apiSecret = canaries.keep("api secret", made.key.apisecret);
  const { id: projectid } = made.project;
  const { key } = (await owner.api("Project/KeyCreate", { projectid, name: "second" })).body;
  canaries.keep("second key", key.apikey);
  canaries.keep(
    "browser token",
    (await owner.api("Token/Create", { models: ["test/noop"], spend: 1, minutes: 60 })).body.token,
  );
  canaries.keep("callback secret", (await owner.api("Task/CallbackSecret", { projectid })).body.secret);
  const wrong = credentials({ apiKey, apiSecret: canaries.make("wrong secret") });
  await post(`${platform.url}/v1/Task/Stat`, wrong);
  for (const { apiKey: key, apiSecret: secret } of platform.firstRun.projects) {
    canaries.keep("first key", key);
    if (secret) canaries.keep("first secret", secret);
  }
  canaries.keep("owner's first password", platform.firstRun.owner.password);
  for (const name of ["master.key", "worker-token"])
    canaries.keep(name, readFileSync(join(platform.dataDir, name), "utf8").trim());
  return { apiKey, apiSecret };
}

/** A project of the other account, with money. */
async function project({ canaries }: Stage, operator: TestVisitor, member: TestVisitor): Promise<{ apiKey: string }> {
  const { uuid } = (await member.account("Me")).body.account;
  await operator.api("Admin/Credit", { uuid, amount: "20", note: "test", reference: "canaries" });
  const made = (await member.api("Project/Create", { name: "Other", authmethod: "apikey" })).body;
  return { apiKey: canaries.keep("the other's key", made.key.apikey) };
}

/** Runs of every kind, with secrets in inputs, files, names, addresses, headers and callbacks. */
async function runs(
  { platform, canaries, hookUrl, answers }: Stage,
  key: { apiKey: string; apiSecret: string },
  other: { apiKey: string },
): Promise<void> {
  const { url } = platform;
  const started: string[] = [];
  const call = (path: string, body: string | FormData, headers: Record<string, string> = {}) =>
    post(`${url}/v1/${path}`, { ...credentials(key), ...headers }, body);
  const json = (path: string, body: object, headers: Record<string, string> = {}) =>
    call(path, JSON.stringify(body), { "content-type": "application/json", ...headers });
  const detail = async (taskid: string) =>
    ((await json("Task/Detail", { taskid })).body as { tasklist: { status: string; outputs: { url: string }[] }[] })
      .tasklist[0];
  const run = async (model: string, body: object, headers: Record<string, string> = {}) => {
    const { body: answer } = await json(`Run/${model}`, body, headers);
    const { taskid, socketaccesstoken } = answer as { taskid?: string; socketaccesstoken?: string };
    assert.ok(taskid, JSON.stringify(answer));
    canaries.keep("socket token", socketaccesstoken);
    started.push(taskid);
    return { taskid, socketaccesstoken: socketaccesstoken as string };
  };
  const prompt = () => canaries.make("prompt");
  const callback = (status: string) =>
    `${hookUrl}/${status}/${canaries.make("callback path")}?token=${canaries.make("callback token")}`;

  const watched = await run(
    "test/echo",
    { prompt: prompt(), callbackUrl: callback("200") },
    { "idempotency-key": canaries.make("idempotency key") },
  );
  const socket = await subscribe(url);
  socket.follow(watched.socketaccesstoken);
  await run("test/echo", { prompt: prompt(), mode: "fail", callbackUrl: callback("410") });
  await run("test/echo", { prompt: prompt(), mode: "stderr", callbackUrl: callback("302") });
  await run(
    "test/talk",
    { prompt: prompt(), words: 2, callbackUrl: callback("500") },
    { tracestate: `a=${canaries.make("trace state")}` },
  );
  await run("test/chain", { prompt: prompt() });
  await run("test/broken", {}).catch(() => undefined);
  const refusedHook = `https://user:${canaries.make("callback password")}@example.org/hook`;
  answers.push(JSON.stringify((await json("Run/test/echo", { prompt: prompt(), callbackUrl: refusedHook })).body));

  // Files: as an upload, and as addresses of all kinds that cannot be had.
  const form = new FormData();
  form.set("prompt", prompt());
  form.set(
    "inputImage",
    new Blob([`\x89PNG\r\n\x1a\n${canaries.make("file content")}`]),
    `${canaries.make("file name")}.png`,
  );
  const { body: uploaded } = await call("Run/test/echo", form);
  started.push((uploaded as { taskid: string }).taskid);
  for (const address of [
    `http://127.0.0.1:1/${canaries.make("refused address")}.png`,
    `${hookUrl}/500/${canaries.make("failing address")}.png?sig=${canaries.make("signature")}`,
    `${hookUrl}/302/${canaries.make("redirected address")}.png`,
    `http://${canaries.make("host")}.invalid/x.png`,
    `http://user:${canaries.make("address password")}@127.0.0.1:1/x.png`,
  ]) {
    const { body } = await json("Run/test/echo", { prompt: prompt(), inputImage: address });
    const { taskid } = body as { taskid?: string };
    if (taskid) started.push(taskid);
  }

  // Bodies and addresses that are none.
  const malformed = { "content-type": "application/json" };
  await call("Run/test/echo", `{"prompt": "${prompt()}`, malformed);
  await call(`Run/test/${canaries.make("model name")}`, "{}", malformed);
  await call("Run/test/echo", prompt(), {
    "content-type": `multipart/form-data; boundary=${canaries.make("boundary")}`,
  });
  await fetch(`${url}/${canaries.make("path")}?key=${canaries.make("query")}`);
  await fetch(`${url}/account/Welcome?token=${canaries.make("query token")}`);

  // A model that dies of its input, until it is in a crash loop.
  for (let n = 0; n < 4; n++) {
    const { taskid } = await run("test/crash", { prompt: prompt() });
    await until(async () => (await detail(taskid))?.status === "task_postprocess_end", `task ${taskid}`);
  }
  const killed = await run("test/echo", { prompt: prompt(), mode: "sleep" });
  await json("Task/Kill", { taskid: killed.taskid });

  for (const taskid of started) {
    await until(
      async () => /^task_(postprocess_end|cancel)$/.test((await detail(taskid))?.status ?? ""),
      `task ${taskid}`,
    );
    for (const output of (await detail(taskid))?.outputs ?? []) {
      const [, token] = /\/v1\/File\/(\w{30})\//.exec(JSON.stringify(output)) ?? [];
      if (token !== undefined) canaries.keep("output's address", token);
    }
  }
  assert.ok(
    [...canaries.values.keys()].some((what) => what.startsWith("output's")),
    "a run had outputs",
  );
  await socket.close();
  // What another account learns of these tasks and models.
  for (const taskid of started)
    answers.push(
      JSON.stringify((await post(`${url}/v1/Task/Detail`, credentials(other), JSON.stringify({ taskid }))).body),
    );
  const late = await post(`${url}/v1/Run/test/crash`, credentials(other), JSON.stringify({ prompt: "hello" }));
  const { taskid } = late.body as { taskid: string };
  const seen = async () =>
    JSON.stringify((await post(`${url}/v1/Task/Detail`, credentials(other), JSON.stringify({ taskid }))).body);
  await until(async () => {
    answers.push(await seen());
    return /task_postprocess_end/.test(answers.at(-1) ?? "");
  }, "the other account's run");
}

for (const format of ["text", "json"] as const) {
  test(`S7: no secret and no input in what is printed, measured, traced or answered to others (${format})`, async (t) => {
    const canaries = new Canaries();
    const receiver = await spanReceiver();
    const hook = hooks();
    const hookUrl = await listening(hook);
    t.after(async () => {
      hook.closeAllConnections();
      hook.close();
      await receiver.close();
    });
    const models = temporaryFolder("canary-models");
    crashingModel(models);
    const metricsToken = canaries.make("metrics token");
    const platform = await startPlatform({
      dataDir: join(temporaryFolder("canary"), "data"),
      args: [
        `--log-format=${format}`,
        `--otlp-endpoint=${receiver.url}`,
        `--allow-hosts=${new URL(hookUrl).host}`,
        `--models=${models}`,
        `--metrics-token=${metricsToken}`,
        `--stripe-key=sk_test_${canaries.make("stripe key")}`,
        `--stripe-webhook-secret=whsec_${canaries.make("stripe webhook secret")}`,
      ],
    });
    t.after(() => platform.stop());
    const answers: string[] = [];
    const stage: Stage = { platform, canaries, hookUrl, answers };
    const { operator, member } = await accounts(stage);
    await runs(stage, await keys(stage, operator), await project(stage, operator, member));
    await fetch(`${platform.url}/hooks/stripe`, {
      method: "POST",
      headers: { "stripe-signature": `t=1,v1=${canaries.make("stripe signature")}` },
      body: canaries.make("stripe body"),
    });
    await until(() => /was given up/.test(platform.output()), "the callback that is given up");
    const metrics = await (
      await fetch(`${platform.url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } })
    ).text();
    await platform.stop();

    // The first start shows its keys on purpose, once, to a person: in text, on stdout.
    const shown = /^ {2}This is the first start[\s\S]*?^ {4}curl .*Task\/Detail.*$/m;
    assert.equal(shown.test(platform.output()), format === "text");
    const output = platform.output().replace(shown, "");
    const traces = receiver.bodies.join("\n");

    // They say something: what could have held a canary is there.
    for (const [text, said] of [
      [output, /callback of task \d+ was given up/],
      [output, /mail \d+ \(.*\) waits for the operator/],
      [output, /test\/crash: crash loop/],
      [output, /stripe: a message was refused/],
      [metrics, /modelyard_run_seconds_count\{model="test\/echo"/],
      [traces, /"exit code 9"/],
      [answers.join("\n"), /There is no task yet/],
      [answers.join("\n"), /crash loop: .*; last: exit code 9/],
    ] as const)
      assert.match(text, said);

    assert.ok(canaries.values.size > 80, `${canaries.values.size} canaries`);
    assert.deepEqual(canaries.in(output), [], output);
    assert.deepEqual(canaries.in(metrics), []);
    assert.deepEqual(canaries.in(traces), []);
    assert.deepEqual(canaries.in(answers.join("\n")), []);
    assert.doesNotMatch(output, /[?&]token=/);
    if (format === "json") {
      for (const line of output.trim().split("\n")) {
        const { time, level, part, message } = JSON.parse(line) as Record<string, unknown>;
        assert.equal(new Date(String(time)).toISOString(), time);
        assert.match(String(level), /^(info|warn|error)$/);
        assert.match(String(part), /^(serve|server|worker)$/);
        assert.ok(typeof message === "string" && message !== "", line);
      }
    }
    t.diagnostic(
      `${canaries.values.size} canaries, ${output.split("\n").length} lines, ${receiver.spans.length} spans, 0 found`,
    );
  });
}
