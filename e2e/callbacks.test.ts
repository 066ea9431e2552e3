/** Wire contract 11 and reliability W1 to W3, (c) 44: callbacks at the end of a task. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { after, before, test } from "node:test";
import {
  type Callback,
  CallbackListResponse,
  CallbackSecretResponse,
  EmptyResponse,
  type OutputFile,
  TaskDetailResponse,
} from "@modelyard/contract";
import { audit } from "@modelyard/server";
import {
  type Caller,
  caller,
  refused,
  STORES,
  startPlatform,
  startTestServer,
  type TestServer,
  temporaryFolder,
  until,
} from "@modelyard/testing";
import { Webhook } from "standardwebhooks";

interface Received {
  path: string;
  headers: Record<string, string>;
  body: string;
  at: number;
}

/** A receiver that remembers what came and answers as `respond` says (200 by default). */
async function receiver(respond?: RequestListener) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = String(await buffer(request));
    const headers = request.headers as Record<string, string>;
    received.push({ path: request.url ?? "", headers, body, at: performance.now() });
    if (respond) respond(request, response);
    else response.end("thanks");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    received,
    url: `http://127.0.0.1:${port}`,
    taskOf: (index: number) => TaskDetailResponse.parse(JSON.parse(received[index]?.body ?? "")).tasklist[0],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

for (const store of STORES) {
  let t: TestServer;
  let own: Caller;
  let other: Caller;
  const title = (text: string) => `${text} (${store.kind})`;

  /** A task that has ended (cancelled), and so owes its callback. */
  const ended = async (callbackUrl: string, one = own) => {
    const { taskid } = await one.run("test/dollar", { callbackUrl });
    assert.equal((await one.call("Task/Cancel", { taskid })).status, 200);
    return taskid;
  };
  const list = async (fields: object, one = own) =>
    CallbackListResponse.parse((await one.call("Task/CallbackList", fields)).body);
  const callback = async (taskid: string) => (await list({ taskid })).callbacklist[0];
  const settled = async (taskid: string, tries: number) => {
    await until(
      async () => ((await callback(taskid))?.attempts.length ?? 0) >= tries,
      `${tries} attempts for ${taskid}`,
    );
    return (await callback(taskid)) as Callback;
  };
  const sql = (text: string, ...params: (string | number)[]) => t.server.db.write((tx) => tx.run(text, params));

  before(async () => {
    t = await startTestServer(store, { allowHosts: ["127.0.0.1"] });
    await t.worker({ slots: 4 });
    own = caller(
      t.server.url,
      t.server.credentials?.projects.find(({ auth }) => auth === "apikey") as { apiKey: string },
    );
    other = caller(t.server.url, await t.account(50_000_000_000n));
  });
  after(async () => {
    assert.deepEqual(await audit(t.server.db), []);
    await t.close();
  });

  test(title("11 the task comes as Task/Detail shows it, once, signed (W2)"), async () => {
    await using hook = await receiver();
    const { taskid } = await own.run("test/picture", { prompt: "a", callbackUrl: `${hook.url}/done?x=1` });
    const done = await settled(taskid, 1);
    assert.deepEqual(
      [done.status, done.attempts[0]?.httpstatus, done.attempts[0]?.response],
      ["delivered", "200", "thanks"],
    );
    assert.equal(hook.received.length, 1);
    const { headers, body, path } = hook.received[0] as Received;
    assert.equal(path, "/done?x=1");
    assert.equal(headers["content-type"], "application/json");
    assert.deepEqual(hook.taskOf(0), await own.detail(taskid));
    const output = hook.taskOf(0)?.outputs[0] as OutputFile;
    assert.equal((await fetch(output.url)).headers.get("content-type"), output.contenttype, "the address works");
    const { secret } = CallbackSecretResponse.parse((await own.call("Task/CallbackSecret")).body);
    new Webhook(secret).verify(body, headers);
    assert.throws(() => new Webhook(secret).verify(`${body} `, headers));
    assert.equal(headers["webhook-id"], done.webhookid);
    // The log has what was sent, to the letter, as nothing about the task has changed since.
    assert.equal(done.body, body);
    assert.equal(done.attempts[0]?.time, headers["webhook-timestamp"]);
    assert.deepEqual(
      (await list({})).callbacklist.map((one) => [one.body, one.attempts[0]?.response]),
      [[undefined, undefined]],
      "a list leaves the long parts out",
    );
  });

  test(title("11 a cancelled and a failed task call back too; one without an address writes nothing"), async () => {
    await using hook = await receiver();
    const cancelled = await ended(`${hook.url}/cancel`);
    const { taskid } = await own.run("test/echo", { prompt: "a", mode: "fail", callbackUrl: `${hook.url}/fail` });
    await settled(cancelled, 1);
    await settled(taskid, 1);
    const tasks = hook.received.map((_, index) => hook.taskOf(index));
    assert.equal(tasks.find((task) => task?.id === cancelled)?.status, "task_cancel");
    assert.equal(tasks.find((task) => task?.id === taskid)?.status, "task_postprocess_end");
    for (const callbackUrl of ["", "Optional: where to call back"]) {
      assert.deepEqual((await list({ taskid: await ended(callbackUrl) })).callbacklist, []);
    }
  });

  test(
    title("W2 attempts at 0, 2 and 4 s keep their id and get a fresh timestamp; then it takes minutes"),
    async () => {
      await using hook = await receiver((_request, response) => response.writeHead(500).end("x".repeat(100_000)));
      const id = await ended(hook.url);
      const failed = await settled(id, 3);
      const [first, second, third] = hook.received as [Received, Received, Received];
      assert.equal(new Set(hook.received.map(({ headers }) => headers["webhook-id"])).size, 1);
      assert.ok(Number(third.headers["webhook-timestamp"]) - Number(first.headers["webhook-timestamp"]) >= 3);
      const { secret } = CallbackSecretResponse.parse((await own.call("Task/CallbackSecret")).body);
      for (const { body, headers } of hook.received) new Webhook(secret).verify(body, headers);
      for (const wait of [second.at - first.at, third.at - second.at])
        assert.ok(wait > 1_500 && wait < 4_500, `${wait}`);
      const away = Number(failed.nexttime) - Date.now() / 1000;
      assert.ok(failed.status === "due" && away > 200 && away < 400, `next in ${away} s`);
      assert.equal(failed.attempts[0]?.error, "The receiver answered with status 500.");
      assert.equal(failed.attempts[0]?.response?.length, 16 * 1024);
      // The last of eight attempts gives up.
      await sql("update callback set tries = 7, next_at = 0 where task_id = ?", Number(id));
      assert.equal((await settled(id, 4)).status, "failed");
      assert.ok(t.logged.some((line) => line.includes(`callback of task ${id} was given up`)));
    },
  );

  test(title("W2 after a rotation both secrets verify"), async () => {
    await using hook = await receiver();
    const project = caller(t.server.url, await t.account(50_000_000_000n));
    const secret = async (body = {}) =>
      CallbackSecretResponse.parse((await project.call("Task/CallbackSecret", body)).body).secret;
    const old = await secret();
    assert.equal(await secret(), old);
    const fresh = await secret({ rotate: true });
    assert.notEqual(fresh, old);
    await ended(hook.url, project);
    await until(() => hook.received.length === 1, "the callback");
    const { body, headers } = hook.received[0] as Received;
    for (const key of [old, fresh]) new Webhook(key).verify(body, headers);
    assert.match(
      (await t.server.db.all<{ sealed: string }>("select sealed from callback_secret", []))[0]?.sealed ?? "",
      /^v1\./,
    );
  });

  test(title("11 redirects fail aloud, 410 stops, Retry-After is kept to"), async () => {
    let status = 302;
    await using hook = await receiver((_request, response) =>
      response.writeHead(status, { location: "/there", "retry-after": "1000" }).end(),
    );
    const redirected = await settled(await ended(hook.url), 1);
    assert.match(redirected.attempts[0]?.error ?? "", /redirects \(status 302\)/);
    assert.ok(t.logged.some((line) => line.includes("redirects (status 302)")));
    await sql("update callback set state = 'failed' where task_id = ?", Number(redirected.taskid));
    status = 410;
    assert.equal((await settled(await ended(hook.url), 1)).status, "failed");
    for (status of [429, 502, 503, 504]) {
      const { nexttime, status: state } = await settled(await ended(hook.url), 1);
      const away = Number(nexttime) - Date.now() / 1000;
      assert.ok(state === "due" && away > 900 && away < 1001, `${status}: ${away} s`);
    }
  });

  test(title("(c) 44 a private address is refused, and nothing is sent"), async () => {
    await using hook = await receiver();
    const elsewhere = hook.url.replace("127.0.0.1", "localhost");
    const { attempts, status } = await settled(await ended(elsewhere), 1);
    assert.deepEqual(
      [status, attempts[0]?.httpstatus, attempts[0]?.error],
      ["due", "", "The address does not point to a host on the public internet."],
    );
    assert.equal(hook.received.length, 0);
    for (const callbackUrl of [
      "javascript:alert(1)",
      "file:///etc/passwd",
      `http://a.example/${"x".repeat(3_000)}`,
      "http://user:secret@a.example/",
    ]) {
      await refused(own.call("Run/test/dollar", { callbackUrl }), { code: 0, message: /\[callbackUrl\]/ });
    }
  });

  test(title("list and replay: the own account's only"), async () => {
    let status = 410;
    await using hook = await receiver((_request, response) => response.writeHead(status).end());
    const id = await ended(hook.url);
    const before = await settled(id, 1);
    const page = await list({ limit: "2" });
    assert.ok(Number(page.total) > 2 && page.callbacklist.length === 2 && page.callbacklist[0]?.taskid === id);
    assert.equal(page.callbacklist[0]?.attempts[0]?.response, undefined);
    assert.deepEqual((await list({}, other)).callbacklist, []);
    for (const path of ["Task/CallbackList", "Task/CallbackReplay"])
      await refused(other.call(path, { taskid: id }), { code: 1, message: "There is no task yet." });
    status = 200;
    EmptyResponse.parse((await own.call("Task/CallbackReplay", { taskid: id })).body);
    const after = await settled(id, 2);
    assert.deepEqual([after.status, after.webhookid], ["delivered", before.webhookid]);
    const silent = await ended("");
    await refused(own.call("Task/CallbackReplay", { taskid: silent }), {
      code: 1,
      message: "There is no callback for this task.",
    });
  });

  test(title("W3 receivers that hang delay nobody else"), async () => {
    await using hanging = await receiver(() => {});
    await using healthy = await receiver();
    for (let n = 0; n < 30; n++) await ended(`${hanging.url}/${n}`);
    await until(() => hanging.received.length === 4, "four attempts hang");
    const waits: number[] = [];
    for (let n = 0; n < 20; n++) {
      const began = performance.now();
      await ended(healthy.url);
      await until(() => healthy.received.length === n + 1, "a healthy callback");
      waits.push(performance.now() - began);
    }
    assert.ok(Math.max(...waits) < 2_000, `slowest ${Math.max(...waits)} ms`);
    assert.equal(hanging.received.length, 4, "no more than four at a time");
  });
}

test("W1 a server killed between the end of a task and its callback: the next one sends it", async () => {
  const dataDir = temporaryFolder("callback-kill");
  await using hook = await receiver();
  const start = () => startPlatform({ dataDir, args: ["--no-worker", "--allow-hosts", "127.0.0.1"] });
  let platform = await start();
  const project = platform.firstRun.projects.find(({ auth }) => auth === "apikey") as { apiKey: string };
  const owed = new Set<string>();
  for (let n = 0; n < 5; n++) {
    const one = caller(platform.url, project);
    const ids = await Promise.all(
      Array.from({ length: 8 }, () => one.run("test/dollar", { callbackUrl: hook.url }).then(({ taskid }) => taskid)),
    );
    const cancelled = ids.map((taskid) =>
      one.call("Task/Cancel", { taskid }).then(
        () => owed.add(taskid),
        () => undefined,
      ),
    );
    await Promise.race(cancelled);
    await platform.stop("SIGKILL");
    await Promise.all(cancelled);
    platform = await start();
  }
  const delivered = () => new Set(hook.received.map((_, index) => hook.taskOf(index)?.id));
  await until(() => [...owed].every((id) => delivered().has(id)), `${owed.size} callbacks`, 20_000);
  assert.ok(owed.size >= 5);
  await platform.stop();
});
