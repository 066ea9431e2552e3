/** Fault matrix: clients that open connections and say nothing, or say it slowly (S5). */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { allEnded } from "./support/load.ts";
import { choose, seeded } from "./support/mode.ts";
import { until } from "./support/programs.ts";
import { Site } from "./support/site.ts";

const idle = choose(1_000, 4_000);
/** Headers have 10 s, checked every second; room for a busy machine. Milliseconds. */
const HEADERS_LIMIT_MS = 20_000;

test(`${idle} connections that never finish their headers and ${idle} silent sockets: others are served, the caps hold`, async (t) => {
  const { random } = seeded(t);
  const site = await Site.start(t, { args: ["--no-rate-limits"] });
  await site.worker("w", 4);
  const client = site.client();
  const first = await client.run("fault/work", { ms: 0 });
  const { port } = new URL(site.url);

  const slow: Socket[] = [];
  let closed = 0;
  const answers: string[] = [];
  for (let n = 0; n < idle; n++) {
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => {});
    socket.on("data", (chunk) => answers.push(chunk.toString("latin1").split("\r\n")[0] as string));
    socket.on("close", () => closed++);
    socket.write("POST /v1/Task/Stat HTTP/1.1\r\nhost: x\r\n");
    slow.push(socket);
    if (n % 100 === 99) await sleep(10);
  }
  const opened = performance.now();
  // A header line now and then: what counts is when they are complete, not when the last byte came.
  const drip = setInterval(() => {
    for (let n = 0; n < 100; n++) {
      const socket = slow[random(slow.length)];
      if (socket?.writable) socket.write(`x-${n}: 1\r\n`);
    }
  }, 200);
  t.after(() => clearInterval(drip));

  const silent: WebSocket[] = [];
  let letGo = 0;
  for (let n = 0; n < idle; n++) {
    const socket = new WebSocket(`${site.url.replace("http", "ws")}/v1`);
    socket.on("error", () => {});
    socket.on("close", () => letGo++);
    silent.push(socket);
    if (n % 50 === 49) await sleep(20);
  }
  t.after(() => {
    for (const socket of slow) socket.destroy();
    for (const socket of silent) socket.terminate();
  });

  // Others meanwhile: every call is answered, and runs end.
  const ids = [first.taskid];
  const times: number[] = [];
  for (let n = 0; n < 30; n++) {
    const began = performance.now();
    ids.push((await client.run("fault/work", { ms: 0 })).taskid);
    times.push(performance.now() - began);
  }
  await allEnded(site, ids, 60_000);
  await until("the slow ones are let go", HEADERS_LIMIT_MS, () => closed === idle);
  const after = performance.now() - opened;
  await until("and the silent ones", HEADERS_LIMIT_MS, () => letGo === idle);
  assert.ok(
    answers.every((line) => /^HTTP\/1\.1 408 /.test(line)),
    answers.find((line) => !/ 408 /.test(line)),
  );
  await site.verdict(ids);
  times.sort((a, b) => a - b);
  t.diagnostic(
    `${idle} + ${idle} idle; 30 runs accepted meanwhile, slowest ${Math.round(times.at(-1) as number)} ms; the last slow one closed after ${Math.round(after)} ms`,
  );
});
