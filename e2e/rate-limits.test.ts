/** Reliability 5.4: who comes too often is told when to come back, and nobody else is slowed down by it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Failure, USD } from "@modelyard/contract";
import { caller, mainStore, post, refused, startTestServer, type TestServer } from "@modelyard/testing";
import { WebSocket } from "ws";

let t: TestServer;
before(async () => {
  t = await startTestServer(mainStore(), { rateLimits: true, runRate: 2 });
});
after(() => t.close());

/** The last answer must be 429 with a time, as an envelope. */
function slowedDown(answer: { status: number; headers: Headers; body: unknown }): void {
  assert.equal(answer.status, 429);
  assert.match(answer.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
  assert.match(Failure.parse(answer.body).errors[0]?.message ?? "", /too many requests/i);
}

test("refused credentials: twenty, then 429; a good key from the same address goes on", async () => {
  const account = await t.account(10n * USD);
  const guess = (n: number) => post(`${t.server.url}/v1/Task/Stat`, { "x-api-key": `guess-${n}` });
  for (let n = 0; n < 20; n++) await refused(guess(n), { status: 401, code: 0, message: /not founded/ });
  slowedDown(await guess(20));
  assert.equal((await caller(t.server.url, account).call("Task/Stat")).status, 200);
});

test("runs: ten seconds' worth for each project, then 429", async () => {
  const [eager, calm] = [await t.account(1000n * USD), await t.account(1000n * USD)];
  const own = caller(t.server.url, eager);
  const answers = await Promise.all(Array.from({ length: 40 }, () => own.call("Run/test/noop")));
  const slowed = answers.filter(({ status }) => status === 429);
  // Two come back each second while they are being made.
  assert.ok(slowed.length >= 10 && slowed.length <= 20, `${slowed.length} of 40 were slowed down`);
  slowedDown(slowed[0] as (typeof answers)[number]);
  await own.call("Task/Stat");
  await caller(t.server.url, calm).run("test/noop");
});

test("sockets: fifty new ones at once from one address, then 429 before the handshake", async () => {
  const open = () =>
    new Promise<{ socket: WebSocket; status: number }>((resolve) => {
      const socket = new WebSocket(`${t.server.url.replace("http", "ws")}/v1`);
      socket.once("open", () => resolve({ socket, status: 101 }));
      socket.once("unexpected-response", (_request, response) => {
        assert.match(response.headers["retry-after"] ?? "", /^[1-9]\d*$/);
        response.resume();
        resolve({ socket, status: response.statusCode ?? 0 });
      });
      socket.on("error", () => {});
    });
  const all = await Promise.all(Array.from({ length: 80 }, open));
  const refusedOnes = all.filter(({ status }) => status === 429).length;
  assert.ok(refusedOnes >= 15 && refusedOnes <= 30, `${refusedOnes} of 80 were refused`);
  for (const { socket } of all) socket.terminate();
});
